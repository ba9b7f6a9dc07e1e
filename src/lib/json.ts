/** The value of a JSON text (RFC 8259); undefined if it is not JSON, which every schema refuses. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The value of a JSON text, if no object in it names a member twice. Parsers differ in which of two members counts. So such
 * a text may mean different things to its issuer and to us (RFC 8259 4). Undefined for such a text and for one that is no
 * JSON.
 */
export function readUnambiguousJson(text: string): unknown {
  const value = readJson(text);
  // In JSON a string that a colon follows is a member's name, and quotes stand nowhere but around strings.
  const named = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
  return value !== undefined && countMembers(value) === named ? value : undefined;
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inside = Object.values(value).reduce<number>((sum, member) => sum + countMembers(member), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}
