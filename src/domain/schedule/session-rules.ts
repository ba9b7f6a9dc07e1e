import { addDays, epochDay, minuteOfDay, parseZone } from "#domain/clinic-time.ts";
import { issue, type ScheduleIssue, validSlotMinutes } from "./issue.ts";
import type { Session } from "./model.ts";
import { LONGEST_SLOT, SHORTEST_SLOT, slotMinutesOf } from "./model.ts";
import { instantsOn, readSession, startsOn, wallMinutes } from "./occurrence.ts";

/**
 * Maximum length of a session across midnight, in hours. "13:00 to 09:00" is a mistake for "09:00 to 13:00". Without a limit
 * it would be a night shift of twenty hours. No roster plans more than 16 hours without a break.
 */
export const LONGEST_NIGHT_HOURS = 16;
/** Dates that a schedule may have, `[from, to)`: other years are typing errors. */
export const SCHEDULE_DATES = { from: "2000-01-01", to: "2100-01-01" } as const;

export interface ScheduleRules {
  /** All locations with their IANA zones. */
  readonly locations: ReadonlyMap<string, { readonly zone: string }>;
  readonly doctorSlotMinutes?: number | null;
  readonly policySlotMinutes: number;
}

/** The faults of one session alone; `pointer` leads to it. Never throws. */
export function sessionIssues(session: Session, pointer: string, rules: ScheduleRules): ScheduleIssue[] {
  const issues = hourIssues(session.from, session.to, pointer);
  const minutes = slotMinutesOf(session, rules.doctorSlotMinutes, rules.policySlotMinutes);
  if (!Number.isInteger(minutes) || minutes < SHORTEST_SLOT || minutes > LONGEST_SLOT) {
    const message = `A slot lasts ${SHORTEST_SLOT} to ${LONGEST_SLOT} whole minutes, not ${minutes}.`;
    issues.push(issue(`${pointer}/slotMinutes`, "bad-slot-length", message));
  } else if (issues.length === 0) {
    issues.push(...multipleIssues(session, minutes, pointer));
  }
  if (!Number.isInteger(session.weekday) || session.weekday < 1 || session.weekday > 7) {
    const message = "A weekday is a number from 1 (Monday) to 7 (Sunday).";
    issues.push(issue(`${pointer}/weekday`, "bad-weekday", message));
  }
  const validity = dateIssues(session.validFrom, `${pointer}/validFrom`);
  const validTo = session.validTo ?? undefined;
  if (validTo !== undefined) validity.push(...dateIssues(validTo, `${pointer}/validTo`));
  if (validity.length === 0 && validTo !== undefined && validTo <= session.validFrom) {
    validity.push(issue(`${pointer}/validTo`, "inverted", "A session must be valid for at least one day."));
  }
  issues.push(...validity, ...locationIssues(session.locationId, pointer, rules));
  return issues.length > 0 ? issues : neverIssues(session, minutes, pointer, rules);
}

/** The fault of a session that is on no date of its validity, or only in an hour that the clocks skip. */
function neverIssues(session: Session, minutes: number, pointer: string, rules: ScheduleRules): ScheduleIssue[] {
  const zone = rules.locations.get(session.locationId)?.zone;
  const { validTo = null } = session;
  if (validTo === null || zone === undefined) return [];
  const read = readSession(session);
  for (let day = read.firstDay; day < read.endDay; day++) {
    if (!startsOn(read, day)) continue;
    if (instantsOn(read, day, zone).some(({ start, end }) => end - start >= minutes * 60_000)) return [];
  }
  const message = `There is no such session from ${session.validFrom} to ${addDays(validTo, -1)}.`;
  return [issue(`${pointer}/validTo`, "never", message)];
}

function multipleIssues(session: Session, minutes: number, pointer: string): ScheduleIssue[] {
  const { fromMinute, toMinute } = wallMinutes(session.from, session.to);
  const length = toMinute - fromMinute;
  if (length % minutes === 0) return [];
  const valid = validSlotMinutes(length);
  const advice = valid.length > 0 ? `Slot lengths that fit: ${valid.join(", ")}.` : "No slot length fits.";
  return [
    {
      ...issue(
        `${pointer}/slotMinutes`,
        "not-a-multiple",
        `${session.from} to ${session.to} is ${length} minutes, no multiple of ${minutes}. ${advice}`,
      ),
      validSlotMinutes: valid,
    },
  ];
}

/** The faults of the wall hours `[from, to)`, which may cross midnight. */
export function hourIssues(from: string, to: string, pointer: string): ScheduleIssue[] {
  const issues: ScheduleIssue[] = [];
  const read = (text: string, member: string, latest: number) => {
    try {
      const minute = minuteOfDay(text);
      if (minute <= latest) return minute;
    } catch {
      // Reported below, together with a start at 24:00, which belongs to the next day.
    }
    issues.push(
      issue(`${pointer}/${member}`, "bad-time", `"${text}" is not a time from 00:00 to 23:59 or, as an end, 24:00.`),
    );
    return undefined;
  };
  const start = read(from, "from", 1439);
  const end = read(to, "to", 1440);
  if (start === undefined || end === undefined || end > start) return issues;
  if (end === start) {
    issues.push(issue(`${pointer}/to`, "inverted", `${from} to ${to} lasts no time; a whole day is 00:00 to 24:00.`));
  } else if (end + 1440 - start > LONGEST_NIGHT_HOURS * 60) {
    const message = `${from} to ${to} would end on the next day, after more than ${LONGEST_NIGHT_HOURS} hours.`;
    issues.push(issue(`${pointer}/to`, "inverted", message));
  }
  return issues;
}

/** The faults of a date in a schedule. */
export function dateIssues(date: string, pointer: string): ScheduleIssue[] {
  try {
    epochDay(date);
  } catch {
    return [issue(pointer, "bad-date", `"${date}" is not a date in the form YYYY-MM-DD.`)];
  }
  if (date >= SCHEDULE_DATES.from && date < SCHEDULE_DATES.to) return [];
  const last = addDays(SCHEDULE_DATES.to, -1);
  return [issue(pointer, "date-out-of-bounds", `${date} is not between ${SCHEDULE_DATES.from} and ${last}.`)];
}

/** The faults of a location's id or zone. */
export function locationIssues(locationId: string, pointer: string, rules: ScheduleRules): ScheduleIssue[] {
  const location = rules.locations.get(locationId);
  const at = `${pointer}/locationId`;
  if (!location) return [issue(at, "unknown-location", `There is no location "${locationId}".`)];
  try {
    parseZone(location.zone);
    return [];
  } catch {
    return [issue(at, "unknown-zone", `The location's time zone "${location.zone}" does not exist.`)];
  }
}
