import type { PartOfDay } from "#domain/part-of-day.ts";
import { type CallerRef, runAs } from "../call.ts";
import type { Database } from "../client.ts";
import type { SlotRow } from "../rows.ts";

export type EmptyDayReason = "holiday" | "absent" | "full" | "not-released" | "past" | "limit";

type DatedSlot = SlotRow & { date: string };

/** `Slots`: one list of slots. */
interface AvailabilityOf<Slots> {
  /** The dates looked at, after defaults and bounds. */
  from: string;
  to: string;
  /** Free slots by clinic date, then start; one more than `limit` when there are more. */
  slots: Slots;
  /** Why each date of the window without a free slot is empty. */
  empty: { date: string; reason: EmptyDayReason | null }[];
}

export interface AvailabilityRow extends AvailabilityOf<DatedSlot[]> {
  next: DatedSlot | null;
}

/** As the database sends it; slots null: none. */
interface PackedAvailability extends AvailabilityOf<PackedSlots | null> {
  /** Null also where it is the first of the slots. */
  next: DatedSlot | null;
}

/**
 * A list for each column. Each doctor and location is sent once, and the slots have their places in those lists, counted
 * from 1. Written out, a week would be three times as long.
 */
interface PackedSlots {
  doctorIds: string[];
  locationIds: string[];
  /** Of the locations. */
  zones: string[];
  ids: string[];
  doctors: number[];
  locations: number[];
  startsAt: number[];
  endsAt: number[];
  dates: string[];
}

function unpacked(packed: PackedSlots | null): DatedSlot[] {
  if (packed === null) return [];
  const { doctorIds, locationIds, zones, ids, doctors, locations, startsAt, endsAt, dates } = packed;
  return ids.map((id, n) => ({
    id,
    doctorId: at(doctorIds, at(doctors, n) - 1),
    locationId: at(locationIds, at(locations, n) - 1),
    zone: at(zones, at(locations, n) - 1),
    startsAt: at(startsAt, n),
    endsAt: at(endsAt, n),
    date: at(dates, n),
  }));
}

function at<Item>(list: readonly Item[], index: number): Item {
  const item = list[index];
  if (item === undefined) throw new RangeError(`a list of ${list.length} has no place ${index}`);
  return item;
}

export interface AvailableDaysRow {
  /** The dates looked at, after defaults and bounds. */
  from: string;
  to: string;
  /** The number of times by date; a date without any is left out. */
  counts: Record<string, number>;
  empty: { date: string; reason: EmptyDayReason | null }[];
  next: string | null;
}

export interface TimesFilter {
  /** The patient for staff. Patients ask for themselves. */
  patientId?: string | undefined;
  /** The patient's appointment to move. Undefined: a new one is booked. */
  appointmentId?: string | undefined;
  doctorId?: string | undefined;
  specialty?: string | undefined;
  locationId?: string | undefined;
  /** ISO: 1 is Monday. */
  weekday?: number | undefined;
  partOfDay?: PartOfDay | undefined;
  /** Clinic dates, both included; defaults: today, and six days after `from`. At most 31 days are looked at. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface AvailabilityFilter extends TimesFilter {
  after?: { date: string; startsAt: number; id: string } | undefined;
  limit: number;
}

/** Longest window of one answer, days (api.md). */
export const AVAILABILITY_DAYS = 31;

/** No person at the clinic has an empty subject. */
const VISITOR: CallerRef = { subject: "", role: "patient", sessionVersion: null };

const actOf = (caller: CallerRef | null) => ({ caller: caller ?? VISITOR, requestId: "", idempotency: null });

function wantedOf({ patientId, appointmentId, doctorId, specialty, from, to, ...where }: TimesFilter) {
  return {
    for_patient: patientId ?? null,
    moving: appointmentId ?? null,
    doctor: doctorId ?? null,
    wanted_specialty: specialty ?? null,
    location: where.locationId ?? null,
    weekday: where.weekday ?? null,
    part_of_day: where.partOfDay ?? null,
    from_date: from ?? null,
    to_date: to ?? null,
  };
}

/**
 * Free slots in a window of clinic dates, with each empty day's reason and the next free slot: read_availability.sql. It
 * offers what a hold would take and confirming would not refuse. The own hold of a caller counts as free for them. A caller
 * that the database does not know in that role is a visitor.
 */
export async function readAvailability(
  db: Database,
  caller: CallerRef | null,
  { after, limit, ...filter }: AvailabilityFilter,
): Promise<AvailabilityRow> {
  const row = await runAs<PackedAvailability>(db, actOf(caller), "read_availability", {
    ...wantedOf(filter),
    after: after ?? null,
    max_count: limit,
  });
  const slots = unpacked(row.slots);
  return { ...row, slots, next: row.next ?? slots[0] ?? null };
}

/** How many times each date of a window has, for the same questions: read_available_days.sql. */
export function readAvailableDays(
  db: Database,
  caller: CallerRef | null,
  filter: TimesFilter,
): Promise<AvailableDaysRow> {
  const act = actOf(caller);
  return runAs(db, act, "read_available_days", wantedOf(filter));
}
