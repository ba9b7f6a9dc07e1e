import { costParts, totalCost } from "./cost.ts";
import { refusal } from "./limits.ts";
import type {
  CandidateSlot,
  DisplacedAppointment,
  Limits,
  MoveExplanation,
  RankedCandidate,
  Weights,
} from "./model.ts";

/**
 * The `count` best slots for one appointment alone, cheapest first, equal ones by earlier start and then by slot id. Slots
 * that a limit refuses are left out. It does not matter whether the appointment's old time is frozen, because staff decide
 * here. The caller relaxes the limits that staff may set aside (such as `freezeHours: 0`).
 */
export function rank(
  displaced: DisplacedAppointment,
  candidates: readonly CandidateSlot[],
  weights: Weights,
  limits: Limits,
  count: number,
): RankedCandidate[] {
  return candidates
    .filter((slot) => refusal(displaced, slot, limits) === undefined)
    .map((slot) => {
      const parts = costParts(displaced, slot, weights);
      return { slot, parts, cost: totalCost(parts) };
    })
    .sort((a, b) => a.cost - b.cost || bySlot(a.slot, b.slot))
    .slice(0, count)
    .map(({ slot, parts, cost }) => ({
      slotId: slot.slotId,
      cost,
      parts,
      reasons: reasons(difference(displaced, slot)),
    }));
}

/** The order of slots of equal cost: earlier start, then slot id. */
export function bySlot(a: CandidateSlot, b: CandidateSlot): number {
  return a.startsAt - b.startsAt || (a.slotId < b.slotId ? -1 : a.slotId > b.slotId ? 1 : 0);
}

type Difference = Pick<MoveExplanation, "daysMoved" | "minutesMoved" | "sameDoctor" | "sameLocation">;

/** The changes for the patient: whole days and minutes of day, signed, and whether doctor and location stay. */
export function difference(displaced: DisplacedAppointment, slot: CandidateSlot): Difference {
  return {
    daysMoved: slot.day - displaced.day,
    minutesMoved: slot.minute - displaced.minute,
    sameDoctor: slot.doctorId === displaced.doctorId,
    sameLocation: slot.locationId === displaced.locationId,
  };
}

/** The difference in short English sentences. Only a new location is mentioned, because many clinics have one location. */
export function reasons({ daysMoved, minutesMoved, sameDoctor, sameLocation }: Difference): string[] {
  const moved = (by: number, amount: string): string => `${amount} ${by < 0 ? "earlier" : "later"}`;
  const said = [
    sameDoctor ? "same doctor" : "another doctor of the specialty",
    daysMoved === 0 ? "same day" : moved(daysMoved, counted(Math.abs(daysMoved), "day")),
    minutesMoved === 0 ? "same time of day" : `${moved(minutesMoved, inHours(Math.abs(minutesMoved)))} in the day`,
  ];
  return sameLocation ? said : [...said, "another location"];
}

function inHours(minutes: number): string {
  const parts = [counted(Math.floor(minutes / 60), "hour"), counted(minutes % 60, "minute")];
  return parts.filter((part) => !part.startsWith("0 ")).join(" ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
