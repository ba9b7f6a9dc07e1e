import { t } from "@lingui/core/macro";
import type { Doctor } from "#contract/answers/clinic.ts";
import type { ScheduleException } from "#contract/answers/schedule.ts";
import type { WeeklySessions } from "./queries.ts";
import type { Change } from "./useChange.ts";
import { dateSpan, dateWords, hoursWords } from "./words.ts";

type Named = Pick<Doctor, "id" | "name">;
type NewAbsence = Omit<Extract<ScheduleException, { kind: "absence" }>, "id">;
type NewExtra = Omit<Extract<ScheduleException, { kind: "extra" }>, "id">;
export type NewException = NewAbsence | NewExtra;

/** `4 December 2026, 09:00–11:00`: when an absence or an extra session is. */
export function whenOfException(exception: NewException): string {
  if (exception.kind === "extra") return `${dateWords(exception.date)}, ${hoursWords(exception)}`;
  const { fromDate, toDate, from, to } = exception;
  const days = dateSpan(fromDate, toDate);
  return from && to ? `${days}, ${hoursWords({ from, to })}` : days;
}

/** Replaces a doctor's weekly sessions. @param etag the version that the user edited */
export function scheduleChange({ id, name }: Named, sessions: WeeklySessions, etag: string): Change {
  const path = `/doctors/${id}/schedule`;
  return {
    title: t`Change the weekly schedule`,
    what: t`${name} gets this weekly schedule. Times that it no longer has are removed.`,
    preview: { path: `${path}/preview`, body: sessions },
    apply: { method: "PUT", path, body: sessions, ifMatch: etag },
  };
}

/** Adds an absence or an extra session. */
export function exceptionAdded({ id, name }: Named, exception: NewException): Change {
  const path = `/doctors/${id}/exceptions`;
  const when = whenOfException(exception);
  return {
    title: exception.kind === "absence" ? t`Add an absence` : t`Add an extra session`,
    what: exception.kind === "absence" ? t`${name} is away: ${when}.` : t`${name} has an extra session: ${when}.`,
    preview: { path: `${path}/preview`, body: exception },
    apply: { method: "POST", path, body: exception },
  };
}

/** Removes an absence or an extra session. */
export function exceptionRemoved({ id, name }: Named, exception: ScheduleException): Change {
  const path = `/doctors/${id}/exceptions/${exception.id}`;
  const when = whenOfException(exception);
  const absence = exception.kind === "absence";
  return {
    title: absence ? t`Remove the absence` : t`Remove the extra session`,
    what: absence ? t`${name} is here after all: ${when}.` : t`${name} no longer has the extra session: ${when}.`,
    preview: { path: `${path}/preview` },
    apply: { method: "DELETE", path },
  };
}

/** The doctor leaves the clinic. @param from the first date without them */
export function doctorLeaves({ id, name }: Named, from: string): Change {
  const path = `/doctors/${id}/leave`;
  const date = dateWords(from);
  return {
    title: t`Leave the clinic`,
    what: t`From ${date} on ${name} no longer works here.`,
    preview: { path: `${path}/preview`, body: { from } },
    apply: { method: "POST", path, body: { from } },
  };
}

export interface NewHoliday {
  date: string;
  name: string;
  /** All locations without it. */
  locationId?: string;
}

/** Closes a date at one location or all. */
export function holidayAdded(holiday: NewHoliday): Change {
  const [date, name] = [dateWords(holiday.date), holiday.name];
  return {
    title: t`Add a holiday`,
    what: t`The clinic is closed on ${date}: ${name}.`,
    preview: { path: "/holidays/preview", body: holiday },
    apply: { method: "POST", path: "/holidays", body: holiday },
  };
}

/** Opens a date again at one location. */
export function holidayRemoved(holiday: { id: string; date: string; name: string }, place: string | undefined): Change {
  const [date, name] = [dateWords(holiday.date), holiday.name];
  const path = `/holidays/${holiday.id}`;
  return {
    title: t`Remove the holiday`,
    what: [t`${date} (${name}) is an ordinary day again. Times that the holiday alone had closed open.`, place]
      .filter(Boolean)
      .join(" · "),
    preview: { path: `${path}/preview` },
    apply: { method: "DELETE", path },
  };
}

export interface HolidayImport {
  country: string;
  region?: string;
  year: number;
  locationId?: string;
  /** Dates of the list that are no public holidays. */
  also?: readonly string[];
}

/** Adds the public holidays of a country or region in a year. @param added how many dates are new */
export function holidaysImported(wanted: HolidayImport, added: number): Change {
  const { year } = wanted;
  return {
    title: t`Import public holidays`,
    what: t`New dates of ${year} on which the clinic closes: ${added}.`,
    preview: { path: "/holidays/import/preview", body: wanted },
    apply: { method: "POST", path: "/holidays/import", body: wanted },
  };
}

/** Closes or opens one time. @param when the time in words */
export function slotStatusChanged(slotId: string, status: "open" | "closed", when: string): Change {
  const path = `/slots/${slotId}`;
  return {
    title: status === "closed" ? t`Close this time` : t`Open this time`,
    what: when,
    preview: { path: `${path}/preview`, body: { status } },
    apply: { method: "PATCH", path, body: { status } },
  };
}

/** Removes one time. @param when the time in words */
export function slotRemoved(slotId: string, when: string): Change {
  const path = `/slots/${slotId}`;
  return {
    title: t`Remove this time`,
    what: when,
    preview: { path: `${path}/preview`, body: { remove: true } },
    apply: { method: "DELETE", path },
  };
}

/** Adds one time. Instants are RFC 3339. @param when the time in words */
export function slotAdded(
  slot: { doctorId: string; locationId: string; startsAt: string; endsAt: string },
  when: string,
): Change {
  return {
    title: t`Add a time`,
    what: when,
    preview: { path: "/slots/preview", body: slot },
    apply: { method: "POST", path: "/slots", body: slot },
  };
}
