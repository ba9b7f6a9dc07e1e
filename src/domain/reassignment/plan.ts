import { solveApart } from "./apart.ts";
import { explainer, surveyor } from "./explain.ts";
import { type Problem, openMarket } from "./market.ts";
import type { Move, Plan, Unplaceable } from "./model.ts";

/** A few seconds' worth of reading prices. */
const MOST_EFFORT = 100_000_000;

/**
 * The best plan for all displaced appointments at once: as many as possible get a slot, and of all such plans this one's
 * total cost is the least. No limit is broken, no slot given twice, and no patient expected in two places; what is frozen
 * or has no slot is left out and says why. Same input, same plan, in whatever order it comes: of plans that cost the same
 * it is the one found when appointments take their turn by old start and id, and slots by start and id.
 *
 * `proof.bound` is worked out from prices alone (bound.ts). It equals the cost unless branch and bound gave up (apart.ts);
 * it speaks of plans that place as many. Exact while displaced² x the dearest move stays below 2^53: 10,000 with every
 * weight at its highest.
 */
export function solve(problem: Problem, mostEffort = MOST_EFFORT): Plan {
  const market = openMarket(problem);
  const { assignment, cost, bound } = solveApart(market, mostEffort);
  const survey = surveyor(market);
  const explain = explainer(assignment);
  const moves: Move[] = [];
  const unplaced: { appointmentId: string; why: Unplaceable }[] = [];
  for (const { appointmentId } of market.frozen) unplaced.push({ appointmentId, why: { code: "frozen" } });
  for (const [row, { appointmentId }] of market.rows.entries()) {
    const slot = market.slots[assignment.slotOf[row] as number];
    const why = survey(row);
    if ("code" in why) unplaced.push({ appointmentId, why });
    else if (slot) moves.push({ appointmentId, slotId: slot.slotId, explanation: explain(row, why.possible) });
    else unplaced.push({ appointmentId, why: { code: "outbid", possible: why.possible } });
  }
  const leftOut = market.unplacedCost * (market.rows.length - moves.length);
  return {
    moves,
    unplaced,
    proof: { placed: moves.length, cost: cost - leftOut, bound: Math.max(0, bound - leftOut) },
  };
}
