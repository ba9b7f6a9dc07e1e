/** A position in a list as an opaque text for a URL. Instants are epoch milliseconds, dates `YYYY-MM-DD`. */
export function writeCursor(position: Record<string, string | number>): string {
  return btoa(JSON.stringify(position)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What a member of a position must be. Anything else would fail in the database, as an error of ours. */
type MemberForm = "instant" | "integer" | "date" | RegExp;

/** Which members a position in a list has, and of what form. */
export type PositionForm = Record<string, MemberForm>;

export type Position<Form extends PositionForm> = {
  [Name in keyof Form]: Form[Name] extends "instant" | "integer" ? number : string;
};

/** The position that `writeCursor` wrote. Null for anything that is not a cursor of ours: it must have that form. */
export function readCursor<Form extends PositionForm>(text: string, form: Form): Position<Form> | null {
  try {
    const parsed: unknown = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    if (typeof parsed !== "object" || parsed === null) return null;
    const position = parsed as Record<string, unknown>;
    if (!Object.entries(form).every(([name, member]) => fits(position[name], member))) return null;
    return position as Position<Form>;
  } catch {
    return null;
  }
}

function fits(value: unknown, form: MemberForm): boolean {
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
