import { fromBase64url, fromUtf8, toBase64url, utf8 } from "./encoding.ts";
import { readJson } from "./json.ts";

/** A position in a list as an opaque text for a URL. Instants are epoch milliseconds, dates `YYYY-MM-DD`. */
export function writeCursor(position: Record<string, string | number>): string {
  return toBase64url(utf8(JSON.stringify(position)));
}

/** The form of a member of a position. Any other value would fail in the database, as an internal error. */
type MemberForm = "instant" | "integer" | "date" | RegExp;

/** The members of a position in a list, each with its form. */
export type PositionForm = Record<string, MemberForm>;

export type Position<Form extends PositionForm> = {
  [Name in keyof Form]: Form[Name] extends "instant" | "integer" ? number : string;
};

/** The position that `writeCursor` wrote. Null if the text is not a cursor, or its members do not have the form. */
export function readCursor<Form extends PositionForm>(text: string, form: Form): Position<Form> | null {
  const bytes = fromBase64url(text);
  const parsed = bytes && readJson(fromUtf8(bytes));
  if (typeof parsed !== "object" || parsed === null) return null;
  const position = parsed as Record<string, unknown>;
  const fits = Object.entries(form).every(([name, member]) => hasForm(position[name], member));
  return fits ? (position as Position<Form>) : null;
}

function hasForm(value: unknown, form: MemberForm): boolean {
  if (form === "instant") return Number.isSafeInteger(value) && isWithinCalendar(dateOf(value as number));
  if (form === "integer") return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
  if (typeof value !== "string") return false;
  return form === "date" ? isWithinCalendar(value) && dateOf(Date.parse(value)) === value : form.test(value);
}

/** The UTC date of an instant in epoch milliseconds; empty if the instant has none. */
function dateOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}

/** Whether a date, `YYYY-MM-DD`, is in the years that the product calculates with: 1800 to 2199. */
export function isWithinCalendar(date: string): boolean {
  return /^(18|19|20|21)\d\d-\d\d-\d\d$/.test(date);
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
