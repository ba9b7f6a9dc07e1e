import type { Act, Outcome } from "#db/call.ts";
import type { Database } from "#db/client.ts";
import type { SlotRow } from "#db/rows.ts";
import { runOperation } from "#db/operation.ts";
import type { Transaction } from "#db/transaction.ts";
import {
  type CasesToPlace,
  type Choice,
  type NotPlaced,
  casesToPlace,
  lockFreeSlots,
  placeChosen,
} from "#db/verbs/bulk-placement.ts";
import { limitsOfStaff } from "#domain/placement.ts";
import type { Plan } from "#domain/reassignment/model.ts";
import { solve } from "#domain/reassignment/plan.ts";
import { reasons } from "#domain/reassignment/rank.ts";

/** The result for one named case; `appointmentId` is null when there is no such case. */
export interface PlacedCase {
  caseId: string;
  appointmentId: string | null;
  slot: SlotRow | null;
  doctorName: string | null;
  /** The differences for the patient. */
  reasons: string[];
  why: NotPlaced | null;
}

/** Maximum number of free slots in one plan: what a Worker's memory holds with the solver's tables. */
const MAX_SLOTS = 20_000;

/** Maximum number of plans. A slot can be lost between reading and locking it, then all are planned again without it. */
const ROUNDS = 5;

/**
 * Places the best matches of several cases at once: as many as possible, at the lowest cost by the policy's weights. The
 * limits are staff's, but no new time is within the freeze or the minimum notice. Slots are locked `SKIP LOCKED`. If another
 * statement has locked a slot, the plan is made again without it. All in one transaction. Cases that another person has
 * claimed are left to them.
 */
export function placeCases(db: Database, act: Act, ids: readonly string[]): Promise<Outcome<PlacedCase[]>> {
  return runOperation<PlacedCase[], never>(db, act, async (tx) => {
    const cases = await casesToPlace(tx, act, ids, MAX_SLOTS);
    const plan = await choose(tx, act, cases);
    const { placed, dueAt } =
      plan.choices.length > 0 ? await placeChosen(tx, act, plan.choices) : { placed: [], dueAt: null };
    const result = cases.named.map(({ caseId, appointmentId, why }): PlacedCase => {
      const found = placed.find((one) => one.appointmentId === appointmentId);
      const said = plan.reasons.get(appointmentId ?? "");
      if (!found || !said) {
        const none = why ?? plan.why.get(appointmentId ?? "") ?? { code: "slot-taken" };
        return { caseId, appointmentId, slot: null, doctorName: null, reasons: [], why: none };
      }
      return { caseId, appointmentId, slot: found.slot, doctorName: found.doctorName, reasons: said, why: null };
    });
    return { result, dueAt };
  });
}

/** Solves and locks the chosen slots, again without those that are lost, until all are locked. */
async function choose(tx: Transaction, act: Act, { named, candidates, rules: { weights, limits } }: CasesToPlace) {
  const displaced = named.flatMap((one) => (one.why === null ? [one.displaced] : []));
  const ours = new Set<string>();
  const lost = new Set<string>();
  let plan: Plan = { moves: [], unplaced: [], proof: { placed: 0, cost: 0, bound: 0 } };
  let atFirst: Plan | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const free = candidates.filter(({ slotId }) => !lost.has(slotId));
    plan = solve({ displaced, candidates: free, weights, limits: limitsOfStaff(limits) });
    atFirst ??= plan;
    const chosen = new Set(plan.moves.map(({ slotId }) => slotId));
    const wanted = free.filter(({ slotId }) => chosen.has(slotId) && !ours.has(slotId));
    if (wanted.length === 0) break;
    for (const id of await lockFreeSlots(tx, act, wanted)) ours.add(id);
    const missed = wanted.map(({ slotId }) => slotId).filter((slotId) => !ours.has(slotId));
    if (missed.length === 0) break;
    for (const slotId of missed) lost.add(slotId);
  }
  const moves = plan.moves.filter(({ slotId }) => ours.has(slotId));
  return {
    choices: moves.map(({ appointmentId, slotId }): Choice => ({ appointmentId, slotId })),
    reasons: new Map(moves.map(({ appointmentId, explanation }) => [appointmentId, reasons(explanation)])),
    // The first plan gives the reason. If only a lost slot would have fitted, the reason is that it was taken.
    why: new Map(atFirst?.unplaced.map(({ appointmentId, why }) => [appointmentId, why])),
  };
}
