import type { Hold } from "#contract/answers/holds.ts";
import { type Problem, isProblem } from "#kit/api/problem.ts";
import type { VersionedAppointment } from "#kit/appointments/queries.ts";

/**
 * The state that the page of a hold shows, decided once. `error` is the newest failure to report above the form; null if
 * none.
 */
export type HoldView =
  /** The hold is being read, or the page checks whether the time was booked in another tab. */
  | { kind: "loading" }
  /** The hold, or the appointment to move, could not be read. */
  | { kind: "unread"; error: unknown }
  /** The hold is over. */
  | { kind: "lost"; problem: Problem }
  /** A new appointment. */
  | { kind: "book"; hold: Hold; error: unknown }
  /** An appointment that moves to the held time. */
  | { kind: "change"; hold: Hold; old: VersionedAppointment; error: unknown };

/** Each failure as its request reports it; null without one. */
export interface HoldErrors {
  confirming: unknown;
  extending: unknown;
  readingHold: unknown;
  readingOld: unknown;
}

/** The problem that ended the hold. The answer to confirming is newer than that to extending, and that than reading's. */
export function endOf({ confirming, extending, readingHold }: HoldErrors): Problem | undefined {
  const end = [confirming, extending, readingHold].find((one) => isProblem(one, "hold-expired", "slot-taken"));
  return isProblem(end) ? end : undefined;
}

export interface HoldState {
  hold: Hold | undefined;
  /** The appointment to move; null when a new one is booked, undefined until it is read. */
  old: VersionedAppointment | null | undefined;
  errors: HoldErrors;
  /** Whether the page still checks that the same patient booked the time in another tab. */
  checking: boolean;
}

export function holdViewOf({ hold, old, errors, checking }: HoldState): HoldView {
  const end = endOf(errors);
  if (end && !checking) return { kind: "lost", problem: end };
  const reading = (hold ? null : errors.readingHold) ?? (old === undefined ? errors.readingOld : null);
  const error = [errors.confirming, errors.extending, reading].find((one) => one !== null && one !== end) ?? null;
  if (!hold || old === undefined) return error === null ? { kind: "loading" } : { kind: "unread", error };
  return old === null ? { kind: "book", hold, error } : { kind: "change", hold, old, error };
}
