import type { Assignment } from "./assignment.ts";
import { SIXTIETHS, costParts, totalCost } from "./cost.ts";
import { refusal } from "./limits.ts";
import { type Market, at, outward, priceOf, timePrice } from "./market.ts";
import type { MoveExplanation, Unplaceable } from "./model.ts";
import { difference } from "./rank.ts";

/** What the limits leave of the free slots of an appointment's specialty; if nothing, what refused them. */
type Survey = { possible: number } | Extract<Unplaceable, { code: "no-slot" }>;

/** Counts what is possible for a row; once for all rows whom the limits treat alike. */
export function surveyor(market: Market): (row: number) => Survey {
  const known = new Map<string, Survey>();
  return (row) => {
    const { specialty, day, startsAt, endsAt, keepsLocation, locationId, busy } = at(market.rows, row);
    const key = JSON.stringify([specialty, day, endsAt - startsAt, keepsLocation && locationId, busy]);
    const before = known.get(key);
    if (before) return before;
    const possible = countPossible(market, row);
    const survey = possible > 0 ? { possible } : noSlot(market, row);
    known.set(key, survey);
    return survey;
  };
}

function countPossible(market: Market, row: number): number {
  const displaced = at(market.rows, row);
  const { from, to } = at(market.timesFor, row);
  let possible = 0;
  for (let time = from; time < to; time++) {
    if (timePrice(market, row, displaced, time) >= 0) possible += market.columns.slots[time] as number;
  }
  return possible;
}

function noSlot({ rows, times, timesFor, problem }: Market, row: number): Survey {
  const refused = { tooShort: 0, otherLocation: 0, patientBusy: 0, tooFar: 0, tooSoon: 0 };
  const { from, to } = at(timesFor, row);
  let free = 0;
  for (const { sample, slots } of times.slice(from, to)) {
    const why = refusal(at(rows, row), sample, problem.limits);
    free += slots.length;
    if (why !== undefined && why !== "otherSpecialty") refused[why] += slots.length;
  }
  return { code: "no-slot", free, refused };
}

/** Explains the moves of a solved assignment. */
export function explainer({ market, slotOf, rowOf }: Assignment): (row: number, possible: number) => MoveExplanation {
  const { problem, rows, slots, times, timesFor } = market;
  const isTaken = (slot: number): boolean => rowOf[slot] !== -1;
  const takenIn = times.map((time) => time.slots.filter(isTaken));
  return (row, possible) => {
    const displaced = at(rows, row);
    const slot = at(slots, slotOf[row] as number);
    const parts = costParts(displaced, slot, problem.weights);
    const cost = totalCost(parts);
    let cheaperTakenByOthers = 0;
    outward(at(timesFor, row), displaced.day, (time, daysAway) => {
      if (daysAway * problem.weights.dayPoints * SIXTIETHS >= cost) return false;
      const taken = at(takenIn, time);
      if (taken.length === 0) return true;
      // A slot of the own doctor costs so much less than its time costs others.
      const least = timePrice(market, row, displaced, time) - problem.weights.doctorPoints * SIXTIETHS;
      if (least >= cost) return true;
      for (const other of taken) {
        const price = priceOf(displaced, at(slots, other), problem);
        if (price >= 0 && price < cost) cheaperTakenByOthers++;
      }
      return true;
    });
    return { cost, parts, ...difference(displaced, slot), possible, cheaperTakenByOthers };
  };
}
