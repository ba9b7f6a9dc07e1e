import type { PartOfDay } from "#domain/part-of-day.ts";
import { type CallerRef, runAs } from "../call.ts";
import type { Database } from "../client.ts";
import type { SlotRow } from "../rows.ts";

export type EmptyDayReason = "holiday" | "absent" | "full" | "not-released" | "past" | "limit";

export interface AvailabilityRow {
  /** The dates looked at, after defaults and bounds. */
  from: string;
  to: string;
  /** Free slots by clinic date, then start; one more than `limit` when there are more. */
  slots: (SlotRow & { date: string })[];
  /** Why each date of the window without a free slot is empty. */
  empty: { date: string; reason: EmptyDayReason | null }[];
  next: (SlotRow & { date: string }) | null;
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
export function readAvailability(
  db: Database,
  caller: CallerRef | null,
  { after, limit, ...filter }: AvailabilityFilter,
): Promise<AvailabilityRow> {
  const act = actOf(caller);
  return runAs(db, act, "read_availability", {
    ...wantedOf(filter),
    after: after ?? null,
    max_count: limit,
  });
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
