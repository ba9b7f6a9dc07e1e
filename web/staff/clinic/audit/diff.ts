/** A member of a thing that a change touched. Null: it was not there. */
export interface Difference {
  member: string;
  before: string | null;
  after: string | null;
}

/** Compares what the trail keeps from before and after a change. Equal members are left out, and so is the version. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const [was, is] = [membersOf(before), membersOf(after)];
  const members = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((member) => member !== "version");
  return members.flatMap((member) => {
    const [one, other] = [textOf(was[member]), textOf(is[member])];
    return one === other ? [] : [{ member, before: one, after: other }];
  });
}

function membersOf(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : { "": value };
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
