import { SIXTIETHS } from "./cost.ts";
import { type Network, at, outward, slotCost, timeCost } from "./network.ts";
import type { DisplacedAppointment } from "./model.ts";

/**
 * The least that any plan can cost, if a row left out costs `unplacedCost`. Holds for all dual prices that are not negative.
 *
 * It is the dual of the assignment problem: each row's cheapest slot (cost plus dual price), added up, less all dual prices.
 * Each slot's dual price is paid at most once, and those of slots without a row only lower the sum. The search contributes
 * the dual prices alone: wrong ones make the bound lower, never false.
 */
export function lowerBound(network: Network, rows: readonly DisplacedAppointment[], prices: Float64Array): number {
  const { problem, times, slots, byDoctor, timesFor, ownFor } = network;
  const dayCost = problem.weights.dayPoints * SIXTIETHS;
  const cheapestIn = times.map((time) =>
    time.slots.reduce((least, slot) => Math.min(least, prices[slot] as number), Number.POSITIVE_INFINITY),
  );
  let bound = 0;
  for (const price of prices) bound -= price;
  for (const [n, row] of rows.entries()) {
    let least = network.unplacedCost;
    outward(at(ownFor, n), row.day, (index, daysAway) => {
      const slot = byDoctor[index] as number;
      const cost = slotCost(row, at(slots, slot), problem);
      if (cost >= 0) least = Math.min(least, cost + (prices[slot] as number));
      return daysAway * dayCost < least;
    });
    outward(at(timesFor, n), row.day, (time, daysAway) => {
      const cost = timeCost(network, n, row, time);
      if (cost >= 0) least = Math.min(least, cost + at(cheapestIn, time));
      return daysAway * dayCost < least;
    });
    bound += least;
  }
  return bound;
}
