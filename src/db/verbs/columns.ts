/** Named members as columns for a function's jsonb argument. Undefined members are left out. Null empties a column. */
export function columnsOf(members: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
