/**
 * A function that makes its value at the first call and returns the same one later. A value that an isolate never needs
 * then costs nothing at its start.
 */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
