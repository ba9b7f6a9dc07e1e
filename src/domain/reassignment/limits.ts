import type { CandidateSlot, DisplacedAppointment, Limits, Span } from "./model.ts";

/** Which limit refuses a slot; the first that does, in this order: when, then for whom. */
export type Refusal = "tooSoon" | "tooFar" | "tooShort" | "otherLocation" | "patientBusy" | "otherSpecialty";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** True when a person has to speak to the patient: the old start is within the freeze, whose edge belongs to it. */
export function isFrozen({ startsAt }: Span, { now, freezeHours }: Limits): boolean {
  return startsAt <= now + freezeHours * HOUR;
}

/** Latest start, epoch milliseconds, that is still too soon for a new time: inside the freeze or the minimum notice. */
export function tooSoonUntil({ now, freezeHours, minNoticeMinutes }: Limits): number {
  return now + Math.max(freezeHours * HOUR, minNoticeMinutes * MINUTE);
}

/** True when some instant lies in both of two half-open spans. */
export function spansOverlap(a: Span, b: Span): boolean {
  return a.startsAt < b.endsAt && b.startsAt < a.endsAt;
}

/** Says which hard limit keeps an appointment out of a free slot, or nothing if it could go there. */
export function refusal(displaced: DisplacedAppointment, slot: CandidateSlot, limits: Limits): Refusal | undefined {
  if (slot.specialty !== displaced.specialty) return "otherSpecialty";
  if (slot.startsAt <= tooSoonUntil(limits)) return "tooSoon";
  if (slot.day > limits.lastDay || Math.abs(slot.day - displaced.day) > limits.reassignDays) return "tooFar";
  if (slot.endsAt - slot.startsAt < displaced.endsAt - displaced.startsAt) return "tooShort";
  if (displaced.keepsLocation && slot.locationId !== displaced.locationId) return "otherLocation";
  if (displaced.busy.some((span) => spansOverlap(span, slot))) return "patientBusy";
  return undefined;
}
