import { SIXTIETHS } from "./cost.ts";
import { type Market, at, outward, priceOf, timePrice } from "./market.ts";
import type { DisplacedAppointment } from "./model.ts";

/**
 * What no plan can cost less than, where leaving a row out costs `unplacedCost`; for any prices that are not negative.
 *
 * A plan costs at least what the rows would pay if each had the cheapest slot to itself, cost and price together, less all
 * prices: whoever takes a slot pays its price once, and prices of slots that nobody takes only lower the sum (the dual of
 * the assignment problem). Nothing is taken over from the search but the prices: wrong ones make a lower bound, never a
 * false one.
 */
export function lowerBound(market: Market, rows: readonly DisplacedAppointment[], prices: Float64Array): number {
  const { problem, times, slots, byDoctor, timesFor, ownFor } = market;
  const dayCost = problem.weights.dayPoints * SIXTIETHS;
  const cheapestIn = times.map((time) =>
    time.slots.reduce((least, slot) => Math.min(least, prices[slot] as number), Number.POSITIVE_INFINITY),
  );
  let bound = 0;
  for (const price of prices) bound -= price;
  for (const [n, row] of rows.entries()) {
    let least = market.unplacedCost;
    outward(at(ownFor, n), row.day, (index, daysAway) => {
      const slot = byDoctor[index] as number;
      const cost = priceOf(row, at(slots, slot), problem);
      if (cost >= 0) least = Math.min(least, cost + (prices[slot] as number));
      return daysAway * dayCost < least;
    });
    outward(at(timesFor, n), row.day, (time, daysAway) => {
      const cost = timePrice(market, n, row, time);
      if (cost >= 0) least = Math.min(least, cost + at(cheapestIn, time));
      return daysAway * dayCost < least;
    });
    bound += least;
  }
  return bound;
}
