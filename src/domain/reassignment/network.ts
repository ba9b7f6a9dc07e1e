import { SIXTIETHS, costParts, totalCost } from "./cost.ts";
import { refusal, spansOverlap, tooSoonUntil, whyLeftToPerson } from "./limits.ts";
import type { CandidateSlot, DisplacedAppointment, Limits, Span, Weights } from "./model.ts";
import { bySlot } from "./rank.ts";

export interface Problem {
  readonly displaced: readonly DisplacedAppointment[];
  readonly candidates: readonly CandidateSlot[];
  readonly weights: Weights;
  readonly limits: Limits;
}

/** The slots of one specialty that start and end together at one location: they differ in their doctor only. */
export interface Time {
  /** One of them, which stands for all. */
  readonly sample: CandidateSlot;
  /** Indexes of slots, ascending. */
  readonly slots: Int32Array;
}

/** The numbers of the times in columns, because the search reads them some hundred million times. */
interface Columns {
  readonly startsAt: Float64Array;
  readonly length: Float64Array;
  readonly day: Int32Array;
  readonly minute: Int32Array;
  /** A number for each location. */
  readonly location: Int32Array;
  /** Number of slots. */
  readonly slots: Int32Array;
}

/** Indexes [from, to) of a list, sorted by day within the range; `days` has the day of each element. */
interface Range {
  readonly days: Int32Array;
  readonly from: number;
  readonly to: number;
}

/**
 * The assignment network of a problem, in an order that does not depend on the order of the input. Rows are appointments
 * that may be moved, by old start and then id; slots are by start and then id. A row reaches a slot of its own doctor
 * directly, and any other through the slot's time. So the network grows with rows and slots, never with their product.
 */
export interface Network {
  readonly problem: Problem;
  readonly rows: readonly DisplacedAppointment[];
  /** Those that no plan may move. */
  readonly leftToPerson: readonly DisplacedAppointment[];
  /** Rows of one kind have the same cost and the same limits at every time. */
  readonly kindOf: Int32Array;
  readonly slots: readonly CandidateSlot[];
  readonly timeOf: Int32Array;
  /** By specialty, then day. */
  readonly times: readonly Time[];
  readonly columns: Columns;
  /** Locations of the rows, numbered as in the columns; -1 for a location without a time. */
  readonly locationOf: Int32Array;
  readonly timesFor: readonly Range[];
  /** Slots by doctor and specialty, then day. */
  readonly byDoctor: Int32Array;
  readonly ownFor: readonly Range[];
  /** Latest start that is too soon, epoch milliseconds. */
  readonly tooSoon: number;
  /** Cost of leaving a row out: more than all moves together, so that the most rows possible are placed. */
  readonly unplacedCost: number;
}

const NOWHERE: Range = { days: new Int32Array(), from: 0, to: 0 };

export function openNetwork(problem: Problem): Network {
  const sharingNames = nameSharer();
  const slots = problem.candidates.toSorted(bySlot).map(sharingNames);
  const sorted = problem.displaced
    .toSorted((a, b) => a.startsAt - b.startsAt || compare(a.appointmentId, b.appointmentId))
    .map(sharingNames);
  const byPerson = Map.groupBy(sorted, (row) => whyLeftToPerson(row, problem.limits) !== undefined);
  const rows = byPerson.get(false) ?? [];

  const byTime = Map.groupBy(slots.keys(), (n) => timeKey(at(slots, n)));
  const times = [...byTime.values()]
    .map((indexes) => ({ sample: at(slots, at(indexes, 0)), slots: Int32Array.from(indexes) }))
    .sort((a, b) => compare(a.sample.specialty, b.sample.specialty) || a.sample.day - b.sample.day);
  const timeOf = new Int32Array(slots.length);
  for (const [t, time] of times.entries()) for (const slot of time.slots) timeOf[slot] = t;

  const ofOwner = Map.groupBy(slots.keys(), (n) => ownerKey(at(slots, n)));
  const byDoctor = Int32Array.from(
    [...ofOwner.values()].flatMap((own) => own.sort((a, b) => at(slots, a).day - at(slots, b).day || a - b)),
  );
  const samples = times.map(({ sample }) => sample);
  const specialties = ranges(samples, ({ specialty }) => specialty);
  const owners = ranges(
    Array.from(byDoctor, (slot) => at(slots, slot)),
    ownerKey,
  );

  const locations = [...new Set(samples.map(({ locationId }) => locationId))];

  return {
    problem,
    rows,
    leftToPerson: byPerson.get(true) ?? [],
    kindOf: kinds(rows, slots),
    slots,
    timeOf,
    times,
    columns: {
      startsAt: Float64Array.from(samples, ({ startsAt }) => startsAt),
      length: Float64Array.from(samples, ({ startsAt, endsAt }) => endsAt - startsAt),
      day: Int32Array.from(samples, ({ day }) => day),
      minute: Int32Array.from(samples, ({ minute }) => minute),
      location: Int32Array.from(samples, ({ locationId }) => locations.indexOf(locationId)),
      slots: Int32Array.from(times, (time) => time.slots.length),
    },
    locationOf: Int32Array.from(rows, ({ locationId }) => locations.indexOf(locationId)),
    timesFor: rows.map((row) => specialties.get(row.specialty) ?? NOWHERE),
    byDoctor,
    ownFor: rows.map((row) => owners.get(ownerKey(row)) ?? NOWHERE),
    tooSoon: tooSoonUntil(problem.limits),
    unplacedCost: rows.length * maxMoveCost(problem, rows) + 1,
  };
}

/** The cost of a slot for an appointment, in sixtieths of a point; -1 if a limit refuses it. */
export function slotCost(displaced: DisplacedAppointment, slot: CandidateSlot, { weights, limits }: Problem): number {
  return refusal(displaced, slot, limits) === undefined ? totalCost(costParts(displaced, slot, weights)) : -1;
}

/**
 * The cost of any slot of a time for an appointment of another doctor, or -1. It is `slotCost` again, over columns, because
 * the solver spends most of its time here. An appointment of the slot's own doctor also reaches it directly, for less. The
 * row `displaced` may have further instants to avoid.
 */
export function timeCost(network: Network, row: number, displaced: DisplacedAppointment, time: number): number {
  const { columns, locationOf, problem, times, tooSoon } = network;
  const { weights, limits } = problem;
  const startsAt = columns.startsAt[time] as number;
  const day = columns.day[time] as number;
  const days = Math.abs(day - displaced.day);
  const elsewhere = columns.location[time] !== locationOf[row];
  if (startsAt <= tooSoon || days > limits.reassignDays || day > limits.lastDay) return -1;
  if ((columns.length[time] as number) < displaced.endsAt - displaced.startsAt) return -1;
  if (elsewhere && displaced.keepsLocation) return -1;
  if (displaced.busy.length > 0 && refusal(displaced, at(times, time).sample, limits) !== undefined) return -1;
  return (
    (days * weights.dayPoints +
      weights.doctorPoints +
      (startsAt < displaced.startsAt ? weights.earlierPoints : 0) +
      (elsewhere ? weights.locationPoints : 0)) *
      SIXTIETHS +
    Math.abs((columns.minute[time] as number) - displaced.minute) * weights.hourPoints
  );
}

/** Visits a range from a day onwards, then backwards from it; each direction ends when `visit` returns false. */
export function outward(
  { days, from, to }: Range,
  day: number,
  visit: (index: number, daysAway: number) => boolean,
): void {
  let [middle, high] = [from, to];
  while (middle < high) {
    const half = (middle + high) >>> 1;
    if ((days[half] as number) < day) middle = half + 1;
    else high = half;
  }
  for (let index = middle; index < to && visit(index, (days[index] as number) - day); index++);
  for (let index = middle - 1; index >= from && visit(index, day - (days[index] as number)); index--);
}

/** The element at an index that the caller knows to exist. */
export function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}

/** Copies with one string object for each name: comparing an object with itself is fast, and happens millions of times. */
function nameSharer(): <T extends { doctorId: string; specialty: string; locationId: string }>(one: T) => T {
  const names = new Map<string, string>();
  const shared = (name: string): string => names.get(name) ?? (names.set(name, name), name);
  return (one) => ({
    ...one,
    doctorId: shared(one.doctorId),
    specialty: shared(one.specialty),
    locationId: shared(one.locationId),
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function ownerKey({ doctorId, specialty }: { doctorId: string; specialty: string }): string {
  return JSON.stringify([doctorId, specialty]);
}

function timeKey({ specialty, locationId, startsAt, endsAt, day, minute }: CandidateSlot): string {
  return JSON.stringify([specialty, locationId, startsAt, endsAt, day, minute]);
}

function ranges(list: readonly CandidateSlot[], keyOf: (slot: CandidateSlot) => string): Map<string, Range> {
  const days = Int32Array.from(list, ({ day }) => day);
  const found = new Map<string, Range>();
  for (const [index, slot] of list.entries()) {
    const key = keyOf(slot);
    found.set(key, { days, from: found.get(key)?.from ?? index, to: index + 1 });
  }
  return found;
}

function kinds(rows: readonly DisplacedAppointment[], slots: readonly CandidateSlot[]): Int32Array {
  const [first] = slots;
  const window: Span = {
    startsAt: first?.startsAt ?? 0,
    endsAt: slots.reduce((latest, { endsAt }) => Math.max(latest, endsAt), 0),
  };
  const known = new Map<string, number>();
  return Int32Array.from(rows, (row) => {
    const busy = row.busy
      .filter((span) => spansOverlap(span, window))
      .map(({ startsAt, endsAt }) => [startsAt, endsAt]);
    const { specialty, locationId, keepsLocation, startsAt, endsAt, day, minute } = row;
    const key = JSON.stringify([specialty, locationId, keepsLocation, startsAt, endsAt, day, minute, busy]);
    const kind = known.get(key) ?? known.size;
    known.set(key, kind);
    return kind;
  });
}

/** An upper bound of the cost of one move. */
function maxMoveCost({ candidates, weights, limits }: Problem, rows: readonly DisplacedAppointment[]): number {
  const days = [...rows, ...candidates].map(({ day }) => day);
  const first = days.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const last = days.reduce((a, b) => Math.max(a, b), first);
  const span = Math.max(0, Math.min(last - first, limits.reassignDays)) || 0;
  const once = span * weights.dayPoints + weights.earlierPoints + weights.doctorPoints + weights.locationPoints;
  return once * SIXTIETHS + 1440 * weights.hourPoints;
}
