import type { CandidateSlot, DisplacedAppointment, Limits } from "./model.ts";

/** The number of free slots of a specialty on a day. */
export interface Supply {
  readonly specialty: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly free: number;
}

/** Clinic dates as day numbers, both included. */
export interface Days {
  readonly from: number;
  readonly to: number;
}

/** Appointments that are planned together. */
export interface Batch {
  /** In alphabetical order. */
  readonly specialties: readonly string[];
  readonly displaced: readonly DisplacedAppointment[];
  /** The days of their old times. */
  readonly days: Days;
}

/**
 * The next appointments to plan together: those of one specialty, because specialties share no slot. Specialties that share
 * a patient are planned together, because a patient cannot be in two places. If more than `max` free slots are within their
 * reach, the batch ends after the first days. It has at least those of one day.
 */
export function nextBatch(
  displaced: readonly DisplacedAppointment[],
  supply: readonly Supply[],
  limits: Limits,
  max: number,
): Batch | null {
  const specialties = firstJoined(displaced);
  if (specialties.length === 0) return null;
  const all = displaced.filter((one) => specialties.includes(one.specialty)).sort((a, b) => a.day - b.day);
  const from = all[0]?.day ?? 0;
  let to = from;
  for (const { day } of all) {
    const reach = { from: from - limits.reassignDays, to: day + limits.reassignDays };
    if (day > to && freeOn(supply, specialties, [reach]) > max) break;
    to = day;
  }
  return { specialties, displaced: all.filter(({ day }) => day <= to), days: { from, to } };
}

/** The first specialty, and every other that patients of the appointments join to it. */
function firstJoined(displaced: readonly DisplacedAppointment[]): string[] {
  const first = displaced.map((one) => one.specialty).sort()[0];
  if (first === undefined) return [];
  const ofPatient = Map.groupBy(displaced, ({ patientId }) => patientId);
  const bySpecialty = Map.groupBy(displaced, ({ specialty }) => specialty);
  const joined = new Set([first]);
  // The loop also visits members that it adds on the way.
  for (const specialty of joined) {
    for (const { patientId } of bySpecialty.get(specialty) ?? []) {
      for (const other of ofPatient.get(patientId) ?? []) joined.add(other.specialty);
    }
  }
  return [...joined].sort();
}

/**
 * How many days around a batch can be read together with at most `max` candidates. It is more than `inner`, the distance
 * read before (-1: none), and at most the policy's `reassignDays`.
 */
export function reachOf(batch: Batch, inner: number, supply: readonly Supply[], limits: Limits, max: number): number {
  let outer = limits.reassignDays;
  while (outer > inner + 1 && freeOn(supply, batch.specialties, ring(batch.days, inner, outer)) > max) outer--;
  return outer;
}

/** The days at a distance of more than `inner` and at most `outer` days from `days`; `days` themselves are at distance 0. */
export function ring(days: Days, inner: number, outer: number): Days[] {
  if (inner < 0) return [{ from: days.from - outer, to: days.to + outer }];
  return [
    { from: days.from - outer, to: days.from - inner - 1 },
    { from: days.to + inner + 1, to: days.to + outer },
  ];
}

function freeOn(supply: readonly Supply[], specialties: readonly string[], days: readonly Days[]): number {
  const within = (one: Supply): boolean =>
    specialties.includes(one.specialty) && days.some(({ from, to }) => one.day >= from && one.day <= to);
  return supply.reduce((sum, one) => (within(one) ? sum + one.free : sum), 0);
}

/** The start of a placeholder's id; no slot's id starts like this. */
const PLACEHOLDER = "placeholder ";

/** An instant from which on no patient has an appointment, epoch milliseconds (the year 2200). */
const FAR_FUTURE = 7_258_118_400_000;

/** No appointment is longer, milliseconds. */
const DAY = 86_400_000;

/**
 * Placeholders for the slots beyond `reach` days, which have not been read. There is one for each appointment, at most as
 * expensive as any of those slots. If the best plan with them uses none, it is the best plan of all. The cost of the best
 * plan with them is a lower bound for every plan of real slots.
 */
export function placeholders(
  displaced: readonly DisplacedAppointment[],
  reach: number,
  limits: Limits,
): CandidateSlot[] {
  return displaced.map((one, n) => ({
    slotId: `${PLACEHOLDER}${one.appointmentId}`,
    doctorId: one.doctorId,
    specialty: one.specialty,
    locationId: one.locationId,
    // Each at a time of its own: two of one patient must not be in each other's way.
    startsAt: FAR_FUTURE + n * DAY,
    endsAt: FAR_FUTURE + n * DAY + one.endsAt - one.startsAt,
    day: one.day + reach + 1 <= limits.lastDay ? one.day + reach + 1 : one.day - reach - 1,
    minute: one.minute,
  }));
}

export function isPlaceholder(slotId: string): boolean {
  return slotId.startsWith(PLACEHOLDER);
}
