import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { type PlannedBatch, type PlannedMove, planNext } from "#operations/plan-reassignment.ts";
import type { Stock } from "#db/queries/reassignment.ts";
import { type Lease, finishOperation, leaseOperation, releaseOperation } from "#db/verbs/reassignment.ts";
import { type PlanNotes, leaveToPerson, moveAppointments, takeStock } from "#db/verbs/reassignment.ts";
import { isLeftToPerson } from "#domain/reassignment/limits.ts";
import { causeOf } from "#lib/cause.ts";
import type { Services } from "#src/context.ts";

/** One operation, or, for the cron, all unfinished operations that no run holds. */
export const ReassignPayload = once(() => z.strictObject({ operationId: z.uuid().optional() }));

/**
 * A run starts no new step after this time, milliseconds. Work after a reply may take 30 s. The rest is for the longest
 * step: a plan for thousands of appointments and its statements.
 */
const RUN_MS = 15_000;

/** Maximum number of moves in a transaction: it must be short, because patients who change these rows wait for it. */
const MOVES = 100;

const NONE: ReadonlySet<string> = new Set();

type Reassigning = Pick<Services, "db" | "queue" | "log">;

/**
 * Moves the appointments that an operation displaced to the best slots for all of them together. Those that get none become
 * placement cases, with the reason. An interrupted run is continued by the message it publishes when its time is over, or by
 * the next minute's trigger. Repeating it is harmless, and two runs of one operation do not overlap.
 */
export async function runOnce(services: Reassigning, { operationId }: Infer<typeof ReassignPayload>): Promise<void> {
  const { db, queue, log } = services;
  const end = Date.now() + RUN_MS;
  for (;;) {
    const lease = await leaseOperation(db, operationId ?? null);
    if (!lease) return;
    try {
      if (await reassign(services, lease, end)) {
        if (operationId !== undefined || Date.now() >= end) return;
        continue;
      }
      await releaseOperation(db, lease);
      const ids = { operationId: lease.operationId };
      await queue.publish("reassign", ids, { notBefore: 0, dedupe: `${lease.operationId}-${lease.attempt}` });
      return;
    } catch (error) {
      log("reassign-failed", { operationId: lease.operationId, ...causeOf(error) });
      // If this fails as well, the lease expires by itself.
      await releaseOperation(db, lease).catch(() => undefined);
      throw error;
    }
  }
}

/** True if this run has nothing more to do: the operation is done, or another run holds it. */
async function reassign({ db, queue, log }: Reassigning, lease: Lease, end: number): Promise<boolean> {
  const lost = new LostSlots();
  for (let plans = 0; ; plans++) {
    if (plans > 0 && Date.now() >= end) return false;
    const stock = await takeStock(db, lease);
    if (!stock) return true;
    if (stock.displaced.length === 0) break;
    const ended = await place(db, lease, stock, lost, end);
    if (ended !== "applied") return ended === "lost";
  }
  const finished = await finishOperation(db, lease);
  if (!finished) return true;
  log("reassigned", { operationId: lease.operationId });
  if (finished.dueAt !== null) {
    const dedupe = `${lease.operationId}-done`;
    // After a failed publish, the next minute's trigger finds the due notifications.
    await queue.publish("notify", {}, { notBefore: finished.dueAt, dedupe }).catch((error: unknown) => {
      log("notification-not-scheduled", causeOf(error));
    });
  }
  return true;
}

/**
 * Plans and moves all appointments of a stock, batch after batch. Each batch reads the slots that are free at that time.
 * Appointments that a batch could not move are in the next stock.
 */
async function place(db: Services["db"], lease: Lease, stock: Stock, lost: LostSlots, end: number) {
  for (let waiting = stock.displaced; ;) {
    const plan = await planNext(
      db,
      { ...stock, displaced: waiting },
      { changing: NONE, made: [], taken: lost.forGood },
    );
    if (!plan) return "applied";
    const ended = await apply(db, lease, plan, lost, end);
    if (ended !== "applied") return ended;
    const planned = new Set([...plan.moves, ...plan.unplaced].map(({ appointmentId }) => appointmentId));
    waiting = waiting.filter(({ appointmentId }) => !planned.has(appointmentId));
    if (waiting.length > 0 && Date.now() >= end) return "out of time";
  }
}

/** Applies a plan as far as it is still possible. Appointments that it could not move wait for the next plan. */
async function apply(db: Services["db"], lease: Lease, plan: PlannedBatch, lost: LostSlots, end: number) {
  let notes: PlanNotes = {
    gap: plan.proof.cost - plan.proof.bound,
    outbid: plan.unplaced.filter(({ why }) => why.code === "outbid"),
  };
  let failed = 0;
  for (const [index, moves] of inTransactions(plan.moves).entries()) {
    // At least one group of each plan is applied, so that every run makes progress.
    if (index > 0 && Date.now() >= end) return "out of time";
    const moved = await moveAppointments(db, lease, moves, notes);
    if (!moved) return "lost";
    notes = NO_NOTES;
    const gone = moves.filter(({ appointmentId }) => !moved.has(appointmentId));
    for (const { slotId } of gone) lost.add(slotId);
    failed += gone.length;
  }
  // After failed moves the next plan may have room for these. It has none for those that staff must place.
  const left = plan.unplaced.filter(({ why }) => failed === 0 || isLeftToPerson(why));
  if (left.length > 0 && !(await leaveToPerson(db, lease, left))) return "lost";
  return "applied";
}

const NO_NOTES: PlanNotes = { gap: 0, outbid: [] };

/** Moves in groups, one transaction each. A patient is in a group once, so that the next group sees the first move. */
function inTransactions(moves: readonly PlannedMove[]): PlannedMove[][] {
  const groups: PlannedMove[][] = [];
  for (let waiting = [...moves]; waiting.length > 0;) {
    const patients = new Set<string>();
    const later: PlannedMove[] = [];
    const group = waiting.filter((move) => {
      const fits = patients.size < MOVES && !patients.has(move.patientId);
      if (fits) patients.add(move.patientId);
      else later.push(move);
      return fits;
    });
    groups.push(group);
    waiting = later;
  }
  return groups;
}

/**
 * Slots that a run planned for and did not get. The first time a competitor's lock may be the cause, and it may be gone
 * before the next plan. A slot that was lost twice is not planned again, so that every run ends.
 */
class LostSlots {
  readonly #once = new Set<string>();
  readonly forGood = new Set<string>();

  add(slotId: string): void {
    if (this.#once.has(slotId)) this.forGood.add(slotId);
    this.#once.add(slotId);
  }
}
