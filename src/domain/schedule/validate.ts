import { parseZone } from "../clinic-time.ts";
import { issue, type ScheduleIssue } from "./issue.ts";
import type { ScheduleException, Session } from "./model.ts";
import { readSession, weeklyFormOf } from "./occurrence.ts";
import { firstOverlap, type PlacedSession } from "./overlap.ts";
import { dateIssues, hourIssues, locationIssues, type ScheduleRules, sessionIssues } from "./session-rules.ts";

/**
 * Sessions one doctor may have. Seven days with four sessions each, three times over (this season's template, the
 * next one, one to spare) are 84; a list beyond 100 is a program gone wrong, and every pair has to be compared.
 */
export const MOST_SESSIONS = 100;
/** Exceptions one doctor may have in one list: a year of single days off or extra sessions, and some. */
export const MOST_EXCEPTIONS = 400;
/**
 * Everything wrong with a doctor's weekly template; an empty list means it can be expanded without conflicts.
 * Pointers lead into `sessions`. Overlaps are looked for across locations, validity ranges and midnight, among the
 * sessions that are sound by themselves. Never throws.
 */
export function validateTemplate(sessions: readonly Session[], rules: ScheduleRules): ScheduleIssue[] {
  if (sessions.length > MOST_SESSIONS) {
    return [tooMany("sessions", sessions.length, MOST_SESSIONS)];
  }
  const placed: Placed[] = [];
  const issues: ScheduleIssue[] = [];
  for (const [index, session] of sessions.entries()) {
    const found = sessionIssues(session, `/${index}`, rules);
    issues.push(...found);
    if (found.length === 0) placed.push(place(session, `/${index}`, rules));
  }
  return [...issues, ...overlapIssues(placed, [])];
}

/**
 * Everything wrong with a doctor's exceptions, given a sound template; an empty list means that template and
 * exceptions together expand without conflicts. Pointers lead into `exceptions`. Absences may overlap one another and
 * anything else; extra sessions may not overlap a session or one another. Never throws.
 */
export function validateExceptions(
  exceptions: readonly ScheduleException[],
  template: readonly Session[],
  rules: ScheduleRules,
): ScheduleIssue[] {
  if (exceptions.length > MOST_EXCEPTIONS) {
    return [tooMany("exceptions", exceptions.length, MOST_EXCEPTIONS)];
  }
  const extras: Placed[] = [];
  const issues: ScheduleIssue[] = [];
  for (const [index, exception] of exceptions.entries()) {
    const pointer = `/${index}`;
    const dateField = exception.kind === "extra" ? "date" : "fromDate";
    const found = dateIssues(
      exception.kind === "extra" ? exception.date : exception.fromDate,
      `${pointer}/${dateField}`,
    );
    if (exception.kind === "extra") {
      // The weekly form can only be made from a date that exists.
      if (found.length === 0) found.push(...sessionIssues(weeklyFormOf(exception), pointer, rules));
      if (found.length === 0) extras.push(place(weeklyFormOf(exception), pointer, rules));
    } else {
      const until = dateIssues(exception.toDate, `${pointer}/toDate`);
      if (found.length + until.length === 0 && exception.toDate <= exception.fromDate) {
        until.push(issue(`${pointer}/toDate`, "inverted", "An absence must end after the date on which it starts."));
      }
      found.push(...until);
      if (exception.from != null || exception.to != null) {
        found.push(...hourIssues(exception.from ?? "", exception.to ?? "", pointer));
      }
      if (exception.locationId != null) found.push(...locationIssues(exception.locationId, pointer, rules));
    }
    issues.push(...found);
  }
  const sound = template.filter((session) => sessionIssues(session, "", rules).length === 0);
  return [
    ...issues,
    ...overlapIssues(
      extras,
      sound.map((session) => place(session, "", rules)),
    ),
  ];
}

type Placed = PlacedSession & { pointer: string; text: string };

function place(session: Session, pointer: string, rules: ScheduleRules): Placed {
  const zone = parseZone(rules.locations.get(session.locationId)!.zone);
  return { session: readSession(session), zone, pointer, text: `${session.from} to ${session.to}` };
}

/** Each session is compared with those before it in the list, then with the `others`, and reported at most once. */
function overlapIssues(list: readonly Placed[], others: readonly Placed[]): ScheduleIssue[] {
  const issues: ScheduleIssue[] = [];
  for (const [index, placed] of list.entries()) {
    for (const rival of [...list.slice(0, index), ...others]) {
      const date = firstOverlap(placed, rival);
      if (date === undefined) continue;
      const where = rival.pointer === "" ? "of the weekly schedule" : `at ${rival.pointer}`;
      const message = `${placed.text} overlaps the session ${where} (${rival.text}), first on ${date}.`;
      issues.push(issue(placed.pointer, "overlap", message));
      break;
    }
  }
  return issues;
}

function tooMany(what: string, count: number, most: number): ScheduleIssue {
  return issue("", "too-many", `${count} ${what} are too many; a doctor has at most ${most}.`);
}
