import type { CandidateSlot, CostParts, DisplacedAppointment, Weights } from "./model.ts";

/** Costs are counted in sixtieths of a point, so that hours are charged to the minute in whole numbers. */
export const SIXTIETHS = 60;

/**
 * The cost of a new slot for an appointment, by parts, in sixtieths of a point. They are whole numbers, so sums and
 * comparisons are exact. Days are clinic dates and minutes are of the wall clock. So a clock change between the two times
 * costs nothing.
 */
export function costParts(displaced: DisplacedAppointment, slot: CandidateSlot, weights: Weights): CostParts {
  return {
    days: Math.abs(slot.day - displaced.day) * weights.dayPoints * SIXTIETHS,
    timeOfDay: Math.abs(slot.minute - displaced.minute) * weights.hourPoints,
    earlier: slot.startsAt < displaced.startsAt ? weights.earlierPoints * SIXTIETHS : 0,
    doctor: slot.doctorId === displaced.doctorId ? 0 : weights.doctorPoints * SIXTIETHS,
    location: slot.locationId === displaced.locationId ? 0 : weights.locationPoints * SIXTIETHS,
  };
}

/** The sum of the parts, in sixtieths of a point. */
export function totalCost({ days, timeOfDay, earlier, doctor, location }: CostParts): number {
  return days + timeOfDay + earlier + doctor + location;
}
