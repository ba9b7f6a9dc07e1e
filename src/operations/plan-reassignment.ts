import type { Database } from "#db/client.ts";
import { type Stock, readCandidates } from "#db/queries/reassignment.ts";
import type { CandidateSlot, Move, Plan, Proof } from "#domain/reassignment/model.ts";
import { isLeftToPerson } from "#domain/reassignment/limits.ts";
import { solve } from "#domain/reassignment/plan.ts";
import {
  type Batch,
  type Days,
  isPlaceholder,
  nextBatch,
  placeholders,
  reachOf,
  ring,
} from "#domain/reassignment/window.ts";

/**
 * Maximum number of free slots in one plan. A Worker's memory (128 MB) holds these together with the solver's tables for a
 * large clinic's day.
 */
const MAX_SLOTS = 20_000;

/** How the slots that can be taken differ from those that are stored and free. */
export interface Assumed {
  /** Stored slots that are about to change, and what a change makes of those and adds. */
  changing: ReadonlySet<string>;
  made: readonly CandidateSlot[];
  /** Slots that cannot be taken, made ones included. */
  taken: ReadonlySet<string>;
}

/** A move with its patient, and the slot as it was when it was chosen. */
export interface PlannedMove extends Move {
  readonly patientId: string;
  readonly slot: CandidateSlot;
}

export interface PlannedBatch extends Plan {
  readonly moves: readonly PlannedMove[];
}

/**
 * Plans the next batch of the appointments that wait: the best slots for all of them together. Where there are many
 * candidates they are read outward by days. Those further off are read only for appointments that have nothing nearer.
 * The proof's bound then says how much better a plan could be with what was not read. It is mostly the plan's own cost.
 * Null: no appointment waits.
 */
export async function planNext(
  db: Database,
  stock: Stock,
  assumed: Assumed,
  most = MAX_SLOTS,
): Promise<PlannedBatch | null> {
  const { limits, supply } = stock;
  const batch = nextBatch(stock.displaced, supply, limits, most);
  if (!batch) return null;
  let plan: PlannedBatch | null = null;
  let ideal: PlannedBatch | null = null;
  for (let inner = -1; inner < limits.reassignDays;) {
    const outer = reachOf(batch, inner, supply, limits, most);
    const days = ring(batch.days, inner, outer);
    const candidates = await candidatesOn(db, batch, days, assumed);
    if (plan) {
      plan = extended(plan, solved(stock, waitingOf(batch, plan), candidates));
    } else if (outer < limits.reassignDays) {
      ideal = solved(stock, batch.displaced, [...candidates, ...placeholders(batch.displaced, outer, limits)]);
      if (!ideal.moves.some(({ slotId }) => isPlaceholder(slotId))) return ideal;
    }
    plan ??= solved(stock, batch.displaced, candidates);
    if (waitingOf(batch, plan).length === 0) break;
    inner = outer;
  }
  return plan && ideal ? { ...plan, proof: boundedBy(plan.proof, ideal.proof) } : plan;
}

async function candidatesOn(db: Database, batch: Batch, days: Days[], assumed: Assumed): Promise<CandidateSlot[]> {
  const read = await readCandidates(db, batch.specialties, days);
  const stored = read.filter(({ slotId }) => !assumed.changing.has(slotId));
  const made = assumed.made.filter(
    ({ specialty, day }) =>
      batch.specialties.includes(specialty) && days.some(({ from, to }) => day >= from && day <= to),
  );
  return [...stored, ...made].filter(({ slotId }) => !assumed.taken.has(slotId));
}

/**
 * No plan that places as many can be below the ideal one, which had better slots. It is no bound for a plan that places
 * fewer.
 */
function boundedBy(proof: Proof, ideal: Proof): Proof {
  return { ...proof, bound: proof.placed < ideal.placed ? 0 : Math.min(proof.cost, ideal.bound) };
}

/** A plan with what was found further off for the appointments that it left out. */
function extended(plan: PlannedBatch, more: PlannedBatch): PlannedBatch {
  return {
    moves: [...plan.moves, ...more.moves],
    unplaced: [...plan.unplaced.filter(({ why }) => isLeftToPerson(why)), ...more.unplaced],
    proof: {
      placed: plan.proof.placed + more.proof.placed,
      cost: plan.proof.cost + more.proof.cost,
      bound: plan.proof.bound + more.proof.bound,
    },
  };
}

/** The appointments that a plan leaves out because slots are missing. */
function waitingOf(batch: Batch, plan: PlannedBatch): Batch["displaced"] {
  const out = new Set(plan.unplaced.filter(({ why }) => !isLeftToPerson(why)).map((one) => one.appointmentId));
  return batch.displaced.filter(({ appointmentId }) => out.has(appointmentId));
}

function solved(
  { weights, limits }: Stock,
  displaced: Batch["displaced"],
  candidates: readonly CandidateSlot[],
): PlannedBatch {
  const plan = solve({ displaced, candidates, weights, limits });
  const slots = new Map(candidates.map((slot) => [slot.slotId, slot]));
  const patients = new Map(displaced.map(({ appointmentId, patientId }) => [appointmentId, patientId]));
  const moves = plan.moves.map((move) => {
    const slot = slots.get(move.slotId);
    const patientId = patients.get(move.appointmentId);
    if (!slot || !patientId) throw new Error("a plan has an appointment or a slot that it was not given");
    return { ...move, patientId, slot };
  });
  return { ...plan, moves };
}
