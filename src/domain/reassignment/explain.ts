import type { Assignment } from "./assignment.ts";
import { SIXTIETHS, costParts, totalCost } from "./cost.ts";
import { refusal } from "./limits.ts";
import { type Network, at, outward, slotCost, timeCost } from "./network.ts";
import type { MoveExplanation, Unplaceable } from "./model.ts";
import { difference } from "./rank.ts";

/** The number of free slots that the limits leave for an appointment; if none, the limits that refused them. */
type Survey = { possible: number } | Extract<Unplaceable, { code: "no-slot" }>;

/** Counts the possible slots of a row, once for all rows that the limits treat alike. */
export function surveyor(network: Network): (row: number) => Survey {
  const known = new Map<string, Survey>();
  return (row) => {
    const { specialty, day, startsAt, endsAt, keepsLocation, locationId, busy } = at(network.rows, row);
    const key = JSON.stringify([specialty, day, endsAt - startsAt, keepsLocation && locationId, busy]);
    const before = known.get(key);
    if (before) return before;
    const possible = countPossible(network, row);
    const survey = possible > 0 ? { possible } : noSlot(network, row);
    known.set(key, survey);
    return survey;
  };
}

function countPossible(network: Network, row: number): number {
  const displaced = at(network.rows, row);
  const { from, to } = at(network.timesFor, row);
  let possible = 0;
  for (let time = from; time < to; time++) {
    if (timeCost(network, row, displaced, time) >= 0) possible += network.columns.slots[time] as number;
  }
  return possible;
}

function noSlot({ rows, times, timesFor, problem }: Network, row: number): Survey {
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
export function explainer({ network, slotOf, rowOf }: Assignment): (row: number, possible: number) => MoveExplanation {
  const { problem, rows, slots, times, timesFor } = network;
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
      // A slot of the appointment's own doctor costs less than its time by the points for a change of doctor.
      const least = timeCost(network, row, displaced, time) - problem.weights.doctorPoints * SIXTIETHS;
      if (least >= cost) return true;
      for (const other of taken) {
        const price = slotCost(displaced, at(slots, other), problem);
        if (price >= 0 && price < cost) cheaperTakenByOthers++;
      }
      return true;
    });
    return { cost, parts, ...difference(displaced, slot), possible, cheaperTakenByOthers };
  };
}
