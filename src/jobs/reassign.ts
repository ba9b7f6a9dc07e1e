import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { type PlannedBatch, type PlannedMove, planNext } from "#db/queries/reassignment-plan.ts";
import type { Stock } from "#db/queries/reassignment.ts";
import { type Lease, finishOperation, leaseOperation, releaseOperation } from "#db/transactions/operation-lease.ts";
import { type PlanNotes, leaveToPerson, moveAppointments, takeStock } from "#db/transactions/reassign.ts";
import type { Services } from "#src/context.ts";

/** One operation, or, for the cron, whatever is unfinished and nobody is at. */
export const ReassignPayload = once(() => z.strictObject({ operationId: z.uuid().optional() }));

/**
 * A run takes nothing new in hand after so long, milliseconds. What runs after a reply may live for 30 s: this leaves room
 * for the longest step, a plan for thousands and the statements around it.
 */
const RUN_MS = 15_000;

/** So many moves a transaction: short enough that a patient who changes something else meanwhile hardly waits. */
const MOVES = 100;

const NONE: ReadonlySet<string> = new Set();

type Reassigning = Pick<Services, "db" | "queue" | "log">;

/**
 * Gives everybody whom an operation displaced the best slot there is for all of them together, or leaves them to a person
 * with the reason. Cut short anywhere it is gone on with: by the message it sends itself when its time is up, or by the
 * next minute's trigger. Repeating it is harmless, and two runs of one operation are one.
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
      log("reassign-failed", {
        operationId: lease.operationId,
        error: error instanceof Error ? error.name : "unknown",
      });
      // Should this fail as well, the lease runs out by itself.
      await releaseOperation(db, lease).catch(() => undefined);
      throw error;
    }
  }
}

/** True when there is no more to do for this run: the operation is done, or another run has it. */
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
    // A publish that fails is only late: the next minute's trigger finds what is due.
    await queue.publish("notify", {}, { notBefore: finished.dueAt, dedupe }).catch((error: Error) => {
      log("notification-not-scheduled", { error: error.name });
    });
  }
  return true;
}

/**
 * Plans and moves everybody of a stock, batch after batch: each reads the slots that are free by then, so who waits need not
 * be counted again in between. Whom a batch could not move are in the next stock.
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

/** Does what a plan says as far as it is still possible; whom it could not move wait for the next plan. */
async function apply(db: Services["db"], lease: Lease, plan: PlannedBatch, lost: LostSlots, end: number) {
  let notes: PlanNotes = {
    gap: plan.proof.cost - plan.proof.bound,
    outbid: plan.unplaced.filter(({ why }) => why.code === "outbid"),
  };
  let failed = 0;
  for (const [index, moves] of inTransactions(plan.moves).entries()) {
    // Something always comes of a plan, however long it took.
    if (index > 0 && Date.now() >= end) return "out of time";
    const moved = await moveAppointments(db, lease, moves, notes);
    if (!moved) return "lost";
    notes = NO_NOTES;
    const gone = moves.filter(({ appointmentId }) => !moved.has(appointmentId));
    for (const { slotId } of gone) lost.add(slotId);
    failed += gone.length;
  }
  // Where moves failed the next plan is another one, perhaps with room for these; whoever is frozen stays so.
  const left = plan.unplaced.filter(({ why }) => failed === 0 || why.code === "frozen");
  if (left.length > 0 && !(await leaveToPerson(db, lease, left))) return "lost";
  return "applied";
}

const NO_NOTES: PlanNotes = { gap: 0, outbid: [] };

/** Moves in groups of a transaction each, in each of which a patient is once: the next sees what the former did. */
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
 * Slots that a run wanted and did not get. Once is a rival's lock that may be gone by the next plan; what was lost twice is
 * not asked for again, so that a run comes to an end whatever keeps it from a slot.
 */
class LostSlots {
  readonly #once = new Set<string>();
  readonly forGood = new Set<string>();

  add(slotId: string): void {
    if (this.#once.has(slotId)) this.forGood.add(slotId);
    this.#once.add(slotId);
  }
}
