/**
 * A function that makes its value at the first call and then always gives that one: what a Worker's isolate may never need
 * costs nothing at its start.
 */
export function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
