import { parseZone } from "#domain/clinic-time.ts";
import { issue, type ScheduleIssue } from "./issue.ts";
import type { Absence, ScheduleException, Session } from "./model.ts";
import { readSession, weeklyFormOf } from "./occurrence.ts";
import { firstOverlap, type PlacedSession } from "./overlap.ts";
import { dateIssues, hourIssues, locationIssues, type ScheduleRules, sessionIssues } from "./session-rules.ts";

/**
 * Maximum number of sessions of one doctor. Seven days with four sessions each, in three templates, are 84. A longer list
 * is a program's fault, and every pair of sessions has to be compared.
 */
export const MAX_SESSIONS = 100;
/** Maximum number of exceptions of one doctor: a year of single days, and some more. */
export const MAX_EXCEPTIONS = 400;
/**
 * The faults of a doctor's weekly template; without any it can be expanded without conflicts. Pointers lead into
 * `sessions`. Valid sessions are compared across locations, validity ranges and midnight. Never throws.
 */
export function validateTemplate(sessions: readonly Session[], rules: ScheduleRules): ScheduleIssue[] {
  if (sessions.length > MAX_SESSIONS) {
    return [tooMany("sessions", sessions.length, MAX_SESSIONS)];
  }
  const placed: Placed[] = [];
  const issues: ScheduleIssue[] = [];
  for (const [index, session] of sessions.entries()) {
    const found = place(session, `/${index}`, rules);
    if (Array.isArray(found)) issues.push(...found);
    else placed.push(found);
  }
  return [...issues, ...overlapIssues(placed, [])];
}

/**
 * The faults of a doctor's exceptions beside a valid template; without any, both together expand without conflicts.
 * Pointers lead into `exceptions`. Absences may overlap everything; extra sessions may not overlap a session or each
 * other. Never throws.
 */
export function validateExceptions(
  exceptions: readonly ScheduleException[],
  template: readonly Session[],
  rules: ScheduleRules,
): ScheduleIssue[] {
  if (exceptions.length > MAX_EXCEPTIONS) {
    return [tooMany("exceptions", exceptions.length, MAX_EXCEPTIONS)];
  }
  const extras: Placed[] = [];
  const issues: ScheduleIssue[] = [];
  for (const [index, exception] of exceptions.entries()) {
    const pointer = `/${index}`;
    if (exception.kind === "absence") {
      issues.push(...absenceIssues(exception, pointer, rules));
      continue;
    }
    // A weekly session can be made only from a date that exists.
    const dates = dateIssues(exception.date, `${pointer}/date`);
    const found = dates.length > 0 ? dates : place(weeklyFormOf(exception), pointer, rules);
    if (Array.isArray(found)) issues.push(...found.map((one) => ofExtra(one, exception.date, pointer)));
    else extras.push(found);
  }
  const sound = template.flatMap((session) => {
    const found = place(session, "", rules);
    return Array.isArray(found) ? [] : [found];
  });
  return [...issues, ...overlapIssues(extras, sound)];
}

/** An extra session has one date, so if it never takes place, its hours are those that the clocks skip. */
function ofExtra(found: ScheduleIssue, date: string, pointer: string): ScheduleIssue {
  if (found.code !== "never") return found;
  return issue(`${pointer}/from`, "never", `The clocks go forward over these hours on ${date}: they do not exist.`);
}

function absenceIssues(absence: Absence, pointer: string, rules: ScheduleRules): ScheduleIssue[] {
  const issues = [
    ...dateIssues(absence.fromDate, `${pointer}/fromDate`),
    ...dateIssues(absence.toDate, `${pointer}/toDate`),
  ];
  if (issues.length === 0 && absence.toDate < absence.fromDate) {
    issues.push(issue(`${pointer}/toDate`, "inverted", "The last date of an absence must not be before its first."));
  }
  const [from, to] = [absence.from ?? undefined, absence.to ?? undefined];
  if (from !== undefined || to !== undefined) issues.push(...hourIssues(from ?? "", to ?? "", pointer));
  const locationId = absence.locationId ?? undefined;
  if (locationId !== undefined) issues.push(...locationIssues(locationId, pointer, rules));
  return issues;
}

type Placed = PlacedSession & { pointer: string; text: string };

/** A valid session, parsed for comparing, or its faults. */
function place(session: Session, pointer: string, rules: ScheduleRules): Placed | ScheduleIssue[] {
  const issues = sessionIssues(session, pointer, rules);
  const location = rules.locations.get(session.locationId);
  if (issues.length > 0 || !location) return issues;
  const text = `${session.from} to ${session.to}`;
  return { session: readSession(session), zone: parseZone(location.zone), pointer, text };
}

/** Compares each session with those before it in the list, then with the `others`, and reports it at most once. */
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
