import { branchAndBound } from "./branch-and-bound.ts";
import { explainer, surveyor } from "./explain.ts";
import { whyLeftToPerson } from "./limits.ts";
import { type Problem, openNetwork } from "./network.ts";
import type { Move, Plan, Unplaceable } from "./model.ts";

/** Maximum number of costs read: a few seconds of work. */
const MAX_EFFORT = 100_000_000;

/**
 * The best plan for all displaced appointments together. As many as possible get a slot, and of all such plans this one
 * has the least total cost. It breaks no limit, gives no slot twice, and gives no patient two appointments at once.
 * Appointments that are a person's to place, or get no slot, are left out, each with its reason.
 *
 * The same input gives the same plan, in any order. Of plans with equal cost it is the first one found. Appointments are
 * added by old start and id. Slots are ordered by start and id.
 *
 * `proof.bound` follows from dual prices alone (bound.ts). It equals the cost unless branch and bound stopped early
 * (branch-and-bound.ts), and it compares with plans that place as many. The arithmetic is exact while displaced² times the
 * cost of the most expensive move is below 2^53: 10,000 appointments with every weight at its maximum.
 */
export function solve(problem: Problem, maxEffort = MAX_EFFORT): Plan {
  const network = openNetwork(problem);
  const { assignment, cost, bound } = branchAndBound(network, maxEffort);
  const survey = surveyor(network);
  const explain = explainer(assignment);
  const moves: Move[] = [];
  const unplaced: { appointmentId: string; why: Unplaceable }[] = [];
  for (const displaced of network.leftToPerson) {
    const code = whyLeftToPerson(displaced, problem.limits);
    if (code) unplaced.push({ appointmentId: displaced.appointmentId, why: { code } });
  }
  for (const [row, { appointmentId }] of network.rows.entries()) {
    const slot = network.slots[assignment.slotOf[row] as number];
    const why = survey(row);
    if ("code" in why) unplaced.push({ appointmentId, why });
    else if (slot) moves.push({ appointmentId, slotId: slot.slotId, explanation: explain(row, why.possible) });
    else unplaced.push({ appointmentId, why: { code: "outbid", possible: why.possible } });
  }
  const leftOut = network.unplacedCost * (network.rows.length - moves.length);
  return {
    moves,
    unplaced,
    proof: { placed: moves.length, cost: cost - leftOut, bound: Math.max(0, bound - leftOut) },
  };
}
