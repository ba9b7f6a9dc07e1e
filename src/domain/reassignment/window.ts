import type { CandidateSlot, DisplacedAppointment, Limits } from "./model.ts";

/** How many free slots a specialty has on a day. */
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

/** Appointments of one specialty that are planned together. */
export interface Batch {
  readonly specialty: string;
  readonly displaced: readonly DisplacedAppointment[];
  /** The days on which they were. */
  readonly days: Days;
}

/**
 * The next appointments to plan together: of one specialty, for specialties share no slot; and of these all, unless more
 * than `most` free slots lie within reach of them, in which case those of the first days, and those of one day at least.
 */
export function nextBatch(
  displaced: readonly DisplacedAppointment[],
  supply: readonly Supply[],
  limits: Limits,
  most: number,
): Batch | null {
  const specialty = displaced.map((one) => one.specialty).sort()[0];
  if (specialty === undefined) return null;
  const all = displaced.filter((one) => one.specialty === specialty).sort((a, b) => a.day - b.day);
  const from = all[0]?.day ?? 0;
  let to = from;
  for (const { day } of all) {
    const reach = { from: from - limits.reassignDays, to: day + limits.reassignDays };
    if (day > to && freeOn(supply, specialty, [reach]) > most) break;
    to = day;
  }
  return { specialty, displaced: all.filter(({ day }) => day <= to), days: { from, to } };
}

/**
 * How far around a batch's days candidates can be read at once without being more than `most`: a distance in days, beyond
 * `inner` (everything up to it has been read; -1: nothing) and within the policy's.
 */
export function reachOf(batch: Batch, inner: number, supply: readonly Supply[], limits: Limits, most: number): number {
  let outer = limits.reassignDays;
  while (outer > inner + 1 && freeOn(supply, batch.specialty, ring(batch.days, inner, outer)) > most) outer--;
  return outer;
}

/** The days that are further than `inner` and at most `outer` days from `days`, which are themselves 0 from it. */
export function ring(days: Days, inner: number, outer: number): Days[] {
  if (inner < 0) return [{ from: days.from - outer, to: days.to + outer }];
  return [
    { from: days.from - outer, to: days.from - inner - 1 },
    { from: days.to + inner + 1, to: days.to + outer },
  ];
}

function freeOn(supply: readonly Supply[], specialty: string, days: readonly Days[]): number {
  const within = (one: Supply): boolean =>
    one.specialty === specialty && days.some(({ from, to }) => one.day >= from && one.day <= to);
  return supply.reduce((sum, one) => (within(one) ? sum + one.free : sum), 0);
}

/** What a stand-in is called; no slot's id begins so. */
const STAND_IN = "stand-in ";

/** An instant at which nobody is busy yet, epoch milliseconds (the year 2200). */
const SOME_DAY = 7_258_118_400_000;

/**
 * Stand-ins for the slots further than `reach` days, which have not been read: one for each appointment, and no dearer
 * than any of those could be. A plan that is the best with them and uses none is the best of all, for what it was spared
 * could not have made it better; and what the best plan with them costs, no plan of real slots can be below.
 */
export function standIns(displaced: readonly DisplacedAppointment[], reach: number, limits: Limits): CandidateSlot[] {
  return displaced.map((one) => ({
    slotId: `${STAND_IN}${one.appointmentId}`,
    doctorId: one.doctorId,
    specialty: one.specialty,
    locationId: one.locationId,
    startsAt: SOME_DAY,
    endsAt: SOME_DAY + one.endsAt - one.startsAt,
    day: one.day + reach + 1 <= limits.lastDay ? one.day + reach + 1 : one.day - reach - 1,
    minute: one.minute,
  }));
}

export function isStandIn(slotId: string): boolean {
  return slotId.startsWith(STAND_IN);
}
