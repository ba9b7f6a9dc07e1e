import type { Appointment } from "#contract/answers/appointments.ts";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Hold } from "#contract/answers/holds.ts";
import type { CancellationReason } from "#contract/requests/appointments.ts";
import { isDecided, isProblem } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { changeOnBoard } from "#kit/board/change.ts";
import type { Mark } from "#kit/board/marks.ts";
import type { Rule } from "./judge.ts";

/** A change that staff have decided on. Performing the same object again is the same request. */
export type Write =
  | { kind: "move"; appointment: BoardAppointment; slotId: string; override?: { reason: string }; undoes?: true }
  | { kind: "attendance"; appointment: BoardAppointment; status: Mark }
  | { kind: "cancel"; appointment: BoardAppointment; reason: CancellationReason; override?: { reason: string } };

const keys = new WeakMap<Write, Map<string, string>>();

/** The Idempotency-Key of one request of a write: equal for each attempt, until the API has decided. */
function keyOf(write: Write, step: string): string {
  const own = keys.get(write) ?? new Map<string, string>();
  keys.set(write, own);
  const key = own.get(step) ?? crypto.randomUUID();
  own.set(step, key);
  return key;
}

/**
 * Performs a write, as often as the network needs. A move holds the new time first and then takes it. Until then the
 * appointment keeps its old time.
 * @returns the appointment as it is now, and its version
 * @throws {Problem} the refusal; the next attempt is then a new request
 */
export async function perform(write: Write, onWaiting: (waiting: Waiting) => void): Promise<[Appointment, number]> {
  try {
    return await attempt(write, onWaiting);
  } catch (error) {
    if (isDecided(error)) keys.delete(write);
    // The network was away for longer than a hold lasts: hold it again, once.
    if (write.kind !== "move" || !isProblem(error, "hold-expired") || error.details["slotFree"] !== true) throw error;
    return attempt(write, onWaiting);
  }
}

async function attempt(write: Write, onWaiting: (waiting: Waiting) => void): Promise<[Appointment, number]> {
  const { appointment } = write;
  const change = (verb: Parameters<typeof changeOnBoard>[1], body: object) =>
    changeOnBoard(appointment, verb, body, { idempotencyKey: keyOf(write, verb), onWaiting });
  if (write.kind === "attendance") return change("attendance", { status: write.status });
  const override = write.override ? { override: write.override } : {};
  if (write.kind === "cancel") return change("cancel", { reason: write.reason, ...override });
  const body = { slotId: write.slotId, patientId: appointment.patientId, ...override };
  const held = await send<Hold>("/holds", { method: "POST", body, idempotencyKey: keyOf(write, "hold"), onWaiting });
  try {
    return await change("reschedule", { holdId: held.data.id, ...override });
  } catch (error) {
    // Nothing was moved, so no patient must wait for the time to come free.
    if (isDecided(error)) void send(`/holds/${held.data.id}`, { method: "DELETE" }).catch(() => undefined);
    throw error;
  }
}

/** The rule that a refusal names, where a reason sets it aside. */
export function ruleOf(error: unknown): Rule | null {
  if (isProblem(error, "frozen")) return "frozen";
  if (isProblem(error, "change-budget-spent")) return "budget";
  return isProblem(error, "overlaps-own-appointment") ? "overlap" : null;
}
