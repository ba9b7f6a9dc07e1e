import type { CandidateSlot, DisplacedAppointment, Limits, Span, Unplaceable } from "./model.ts";

/** The limit that refuses a slot: the first that does, in the order of `refusal`. */
export type Refusal = "tooSoon" | "tooFar" | "tooShort" | "otherLocation" | "patientBusy" | "otherSpecialty";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** True if the old start is within the freeze, edge included: then a person must speak to the patient. */
export function isFrozen({ startsAt }: Span, { now, freezeHours }: Limits): boolean {
  return startsAt <= now + freezeHours * HOUR;
}

/** Why no plan may move an appointment into any slot; undefined if a plan may. */
export function whyLeftToPerson(displaced: DisplacedAppointment, limits: Limits): PersonOnly | undefined {
  if (displaced.patientInactive) return "patient-inactive";
  return isFrozen(displaced, limits) ? "frozen" : undefined;
}

type PersonOnly = "patient-inactive" | "frozen";

/** True if the reason stays when slots become free. */
export function isLeftToPerson({ code }: Unplaceable): boolean {
  return code === "patient-inactive" || code === "frozen";
}

/** Latest start, epoch milliseconds, that is still too soon for a new time: inside the freeze or the minimum notice. */
export function tooSoonUntil({ now, freezeHours, minNoticeMinutes }: Limits): number {
  return now + Math.max(freezeHours * HOUR, minNoticeMinutes * MINUTE);
}

/** True if two half-open spans share an instant. */
export function spansOverlap(a: Span, b: Span): boolean {
  return a.startsAt < b.endsAt && b.startsAt < a.endsAt;
}

/** The hard limit that keeps an appointment out of a free slot; undefined if it could have it. */
export function refusal(displaced: DisplacedAppointment, slot: CandidateSlot, limits: Limits): Refusal | undefined {
  if (slot.specialty !== displaced.specialty) return "otherSpecialty";
  if (slot.startsAt <= tooSoonUntil(limits)) return "tooSoon";
  if (slot.day > limits.lastDay || Math.abs(slot.day - displaced.day) > limits.reassignDays) return "tooFar";
  if (slot.endsAt - slot.startsAt < displaced.endsAt - displaced.startsAt) return "tooShort";
  if (displaced.keepsLocation && slot.locationId !== displaced.locationId) return "otherLocation";
  if (displaced.busy.some((span) => spansOverlap(span, slot))) return "patientBusy";
  return undefined;
}
