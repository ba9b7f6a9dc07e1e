import { validSlotMinutes } from "#domain/schedule/issue.ts";
import type { WeeklySessions } from "./queries.ts";

/** A weekly session as it is edited: all texts, as the fields of a form have them. */
export interface SessionDraft {
  key: string;
  /** 1 Monday to 7 Sunday. */
  weekday: string;
  from: string;
  to: string;
  /** Minutes; empty: the doctor's own, then the clinic's. */
  slotMinutes: string;
  locationId: string;
  validFrom: string;
  /** The last day, included; empty: no end. */
  lastDay: string;
}

/** The draft of a session of the API. */
export function draftOf(session: WeeklySessions[number]): SessionDraft {
  const { weekday, from, to, slotMinutes, locationId, validFrom, validTo } = session;
  return {
    key: crypto.randomUUID(),
    weekday: String(weekday),
    from,
    // A time field has no 24:00.
    to: to === "24:00" ? "00:00" : to,
    slotMinutes: slotMinutes ? String(slotMinutes) : "",
    locationId,
    validFrom,
    lastDay: validTo ?? "",
  };
}

/** The session that a draft stands for. */
export function sessionOf(draft: SessionDraft): WeeklySessions[number] {
  return {
    weekday: Number(draft.weekday),
    from: draft.from,
    to: draft.to === "00:00" ? "24:00" : draft.to,
    slotMinutes: draft.slotMinutes === "" ? null : Number(draft.slotMinutes),
    locationId: draft.locationId,
    validFrom: draft.validFrom,
    validTo: draft.lastDay === "" ? null : draft.lastDay,
  };
}

/** The next row: the last one a weekday later, or Monday morning. @param today `YYYY-MM-DD` at the clinic */
export function nextDraft(last: SessionDraft | undefined, today: string, locationId: string): SessionDraft {
  const key = crypto.randomUUID();
  if (last) return { ...last, key, weekday: String((Number(last.weekday) % 7) + 1) };
  const hours = { from: "09:00", to: "13:00", slotMinutes: "", lastDay: "" };
  return { key, weekday: "1", ...hours, locationId, validFrom: today };
}

/** Minutes since midnight of `09:30`. */
const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** The slot lengths that divide the session's hours, minutes; all usual ones while its hours are incomplete. */
export function fittingLengths({ from, to }: Pick<SessionDraft, "from" | "to">, usual: readonly number[]): number[] {
  if (from === "" || to === "") return [...usual];
  const length = (minuteOf(to) - minuteOf(from) + 24 * 60) % (24 * 60);
  const fitting = validSlotMinutes(length);
  const known = usual.filter((minutes) => fitting.includes(minutes));
  return known.length > 0 ? known : fitting;
}

/** Sessions by weekday and hour. */
export function inOrder(sessions: WeeklySessions): WeeklySessions {
  return sessions.toSorted(
    (a, b) => a.weekday - b.weekday || a.from.localeCompare(b.from) || a.validFrom.localeCompare(b.validFrom),
  );
}
