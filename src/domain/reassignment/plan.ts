import { solveApart } from "./apart.ts";
import type { Assignment } from "./assignment.ts";
import { SIXTIETHS, costParts, totalCost } from "./cost.ts";
import { refusal } from "./limits.ts";
import { type Market, type Problem, at, openMarket, outward, priceOf, timePrice } from "./market.ts";
import type { Move, MoveExplanation, Plan, Unplaceable } from "./model.ts";
import { difference } from "./rank.ts";

/**
 * The best plan for all displaced appointments at once: as many as possible get a slot, and of all such plans this one's
 * total cost is the least. No limit is broken, no slot given twice, and no patient expected in two places; what is frozen
 * or has no slot is left out and says why. Same input, same plan, in whatever order it comes; of plans that cost the same
 * it is one in which ties go to the earlier start, then the smaller slot id, as appointments take their turn by old start
 * and id.
 *
 * `proof.bound` is worked out from prices alone (bound.ts). It equals the cost unless branch and bound gave up (apart.ts);
 * it speaks of plans that place as many. Exact while displaced² x the dearest move stays below 2^53: 10,000 with every
 * weight at its highest.
 */
export function solve(problem: Problem): Plan {
  const market = openMarket(problem);
  const { assignment, cost, bound } = solveApart(market);
  const possible = countPossible(market);
  const moves: Move[] = [];
  const unplaced: { appointmentId: string; why: Unplaceable }[] = [];
  for (const { appointmentId } of market.frozen) unplaced.push({ appointmentId, why: { code: "frozen" } });
  for (const [row, displaced] of market.rows.entries()) {
    const { appointmentId } = displaced;
    const slot = market.slots[assignment.slotOf[row] as number];
    const choice = possible[market.kindOf[row] as number] as number;
    if (slot) moves.push({ appointmentId, slotId: slot.slotId, explanation: explain(assignment, row, choice) });
    else if (choice > 0) unplaced.push({ appointmentId, why: { code: "outbid", possible: choice } });
    else unplaced.push({ appointmentId, why: noSlot(market, row) });
  }
  const leftOut = market.unplacedCost * (market.rows.length - moves.length);
  return {
    moves,
    unplaced,
    proof: { placed: moves.length, cost: cost - leftOut, bound: Math.max(0, bound - leftOut) },
  };
}

/** How many slots no limit refuses, by kind of row. */
function countPossible({ rows, kindOf, times, timesFor, problem }: Market): Int32Array {
  const possible = new Int32Array(rows.length).fill(-1);
  for (const [row, displaced] of rows.entries()) {
    const kind = kindOf[row] as number;
    if (possible[kind] !== -1) continue;
    const { from, to } = at(timesFor, row);
    let count = 0;
    for (let time = from; time < to; time++) {
      const { sample, slots } = at(times, time);
      if (refusal(displaced, sample, problem.limits) === undefined) count += slots.length;
    }
    possible[kind] = count;
  }
  return possible;
}

function noSlot({ rows, times, timesFor, problem }: Market, row: number): Unplaceable {
  const refused = { tooShort: 0, otherLocation: 0, patientBusy: 0, tooFar: 0, tooSoon: 0 };
  const { from, to } = at(timesFor, row);
  let free = 0;
  for (let time = from; time < to; time++) {
    const { sample, slots } = at(times, time);
    const why = refusal(at(rows, row), sample, problem.limits);
    free += slots.length;
    if (why !== undefined && why !== "otherSpecialty") refused[why] += slots.length;
  }
  return { code: "no-slot", free, refused };
}

function explain({ market, slotOf, rowOf }: Assignment, row: number, possible: number): MoveExplanation {
  const { problem, rows, slots, times, timesFor } = market;
  const displaced = at(rows, row);
  const slot = at(slots, slotOf[row] as number);
  const parts = costParts(displaced, slot, problem.weights);
  const cost = totalCost(parts);
  let cheaperTakenByOthers = 0;
  outward(at(timesFor, row), displaced.day, (time, daysAway) => {
    if (daysAway * problem.weights.dayPoints * SIXTIETHS >= cost) return false;
    const asOthers = timePrice(displaced, at(times, time), problem);
    // Only a slot of the own doctor can cost less than what the time costs others.
    if (asOthers < 0 || asOthers - problem.weights.doctorPoints * SIXTIETHS >= cost) return true;
    for (const other of at(times, time).slots) {
      if (rowOf[other] !== -1 && priceOf(displaced, at(slots, other), problem) < cost) cheaperTakenByOthers++;
    }
    return true;
  });
  return { cost, parts, ...difference(displaced, slot), possible, cheaperTakenByOthers };
}
