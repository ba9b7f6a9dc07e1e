/** A position in a list as an opaque text for a URL. Instants are epoch milliseconds, dates `YYYY-MM-DD`. */
export function writeCursor(position: Record<string, string | number>): string {
  return btoa(JSON.stringify(position)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What a member of a cursor must be. Anything else would fail in the database, as an error of ours. */
type Form = "instant" | "integer" | "date" | RegExp;

/**
 * The position that `writeCursor` wrote. Null for anything that is not a cursor of ours: `fields` says which members it
 * must have and of what form.
 */
export function readCursor<Shape extends Record<string, Form>>(
  text: string,
  fields: Shape,
): { [Name in keyof Shape]: Shape[Name] extends "instant" | "integer" ? number : string } | null {
  try {
    const parsed: unknown = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    if (typeof parsed !== "object" || parsed === null) return null;
    const position = parsed as Record<string, unknown>;
    if (!Object.entries(fields).every(([name, form]) => fits(position[name], form))) return null;
    return position as { [Name in keyof Shape]: Shape[Name] extends "instant" | "integer" ? number : string };
  } catch {
    return null;
  }
}

function fits(value: unknown, form: Form): boolean {
  if (form === "instant") return Number.isSafeInteger(value) && isWithinCalendar(dateOf(value as number));
  if (form === "integer") return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
  if (typeof value !== "string") return false;
  return form === "date" ? isWithinCalendar(value) && dateOf(Date.parse(value)) === value : form.test(value);
}

/** The UTC date of an instant, epoch milliseconds; empty for one that has none. */
function dateOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}

/** Whether a date, `YYYY-MM-DD`, is in the years in which the clinic reckons: 1800 to 2199. */
export function isWithinCalendar(date: string): boolean {
  return /^(18|19|20|21)\d\d-\d\d-\d\d$/.test(date);
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
