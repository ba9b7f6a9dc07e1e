import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  smallint,
  text,
  time,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { CLOSED_BY, EXCEPTION_KINDS, HAND_MARKS, SLOT_ORIGINS, SLOT_STATUSES } from "#domain/closed-lists.ts";
import { appointments } from "./appointments.ts";
import { locations } from "./clinic.ts";
import { doctors, patients } from "./people.ts";
import { oneOf } from "./one-of.ts";

/** One weekly session of a doctor at a location: wall-clock times in the location's zone, valid between two dates. */
export const schedules = pgTable(
  "schedules",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    doctorId: uuid()
      .notNull()
      .references(() => doctors.id),
    locationId: uuid()
      .notNull()
      .references(() => locations.id),
    /** ISO weekday, Monday is 1. */
    weekday: smallint().notNull(),
    /** Wall-clock; `toTime` at or before `fromTime` means the session ends on the next day. */
    fromTime: time().notNull(),
    toTime: time().notNull(),
    slotMinutes: integer(),
    validFrom: date().notNull(),
    /** The first date on which it no longer applies; open-ended when null. */
    validTo: date(),
  },
  (t) => [
    check("schedules_weekday", sql`${t.weekday} between 1 and 7`),
    check("schedules_slot_minutes", sql`${t.slotMinutes} between 5 and 120`),
    index("schedules_doctor").on(t.doctorId),
  ],
);

/**
 * A dated absence or extra session of a doctor, in wall-clock readings of the location. An absence is for the whole days
 * from `fromDate` to `toDate`, both included, or for hours of each of them. An extra session is on `fromDate`, which is its
 * `toDate` as well. `toTime` at or before `fromTime` is on the next day.
 */
export const exceptions = pgTable(
  "exceptions",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    doctorId: uuid()
      .notNull()
      .references(() => doctors.id),
    kind: text({ enum: EXCEPTION_KINDS }).notNull(),
    /** Where; null for an absence everywhere. */
    locationId: uuid().references(() => locations.id),
    fromDate: date().notNull(),
    toDate: date().notNull(),
    fromTime: time(),
    toTime: time(),
    slotMinutes: integer(),
    note: text(),
  },
  (t) => [
    check("exceptions_kind", oneOf(t.kind, EXCEPTION_KINDS)),
    check("exceptions_dates", sql`${t.fromDate} <= ${t.toDate}`),
    check("exceptions_hours", sql`(${t.fromTime} is null) = (${t.toTime} is null)`),
    check(
      "exceptions_extra_is_whole",
      sql`${t.kind} = 'absence' or (${t.locationId} is not null and ${t.fromTime} is not null)`,
    ),
    index("exceptions_doctor").on(t.doctorId, t.fromDate),
  ],
);

/**
 * A stored, bookable interval of one doctor, half-open [startsAt, endsAt). The row is the lock, the hold and the
 * booking: free = open, not booked, not past, no live hold. Constraints the builder cannot say (no two open slots of a
 * doctor overlap) stand in the migration, under the guards.
 */
export const slots = pgTable(
  "slots",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    doctorId: uuid()
      .notNull()
      .references(() => doctors.id),
    locationId: uuid()
      .notNull()
      .references(() => locations.id),
    startsAt: timestamp({ withTimezone: true }).notNull(),
    endsAt: timestamp({ withTimezone: true }).notNull(),
    /** The clinic date of the start, stored so that days need no zone arithmetic in SQL. */
    clinicDate: date().notNull(),
    status: text({ enum: SLOT_STATUSES }).notNull().default("open"),
    /** `removed`: the mark that a deleted or moved slot leaves, so that the schedule does not put it there again. */
    closedBy: text({ enum: CLOSED_BY }),
    /** The state that staff gave this slot by hand; null while the schedule alone shapes it. */
    byHand: text({ enum: HAND_MARKS }),
    origin: text({ enum: SLOT_ORIGINS }).notNull().default("template"),
    /** Freed inside the freeze: staff fill it by hand unless policy offers it to patients. */
    lateOpening: boolean().notNull().default(false),
    /** The slot became free and fits an open placement case: before this time only staff can take it. */
    offeredUntil: timestamp({ withTimezone: true }),
    appointmentId: uuid().references((): AnyPgColumn => appointments.id),
    holdId: uuid(),
    heldBy: uuid().references(() => patients.id),
    holdExpiresAt: timestamp({ withTimezone: true }),
    holdExtensions: smallint().notNull().default(0),
    version: bigint({ mode: "number" }).notNull().default(1),
  },
  (t) => [
    check("slots_order", sql`${t.startsAt} < ${t.endsAt}`),
    check("slots_length", sql`${t.endsAt} <= ${t.startsAt} + interval '1 day'`),
    check("slots_status", oneOf(t.status, SLOT_STATUSES)),
    check("slots_closed_by", sql`(${t.status} = 'closed') = (${t.closedBy} is not null)`),
    check("slots_by_hand", oneOf(t.byHand, HAND_MARKS)),
    check(
      "slots_removed_is_closed",
      sql`(${t.byHand} is not distinct from 'removed') = (${t.closedBy} is not distinct from 'removed')`,
    ),
    check(
      "slots_hold_is_whole",
      sql`(${t.holdId} is null) = (${t.heldBy} is null) and (${t.holdId} is null) = (${t.holdExpiresAt} is null)`,
    ),
    check("slots_booked_is_not_held", sql`${t.appointmentId} is null or ${t.holdId} is null`),
    // Two access paths, both in the order in which slots are offered: of one doctor, and of all.
    index("slots_bookable_by_doctor")
      .on(t.doctorId, t.clinicDate, t.startsAt, t.id)
      .where(sql`${t.status} = 'open' and ${t.appointmentId} is null`),
    index("slots_bookable")
      .on(t.clinicDate, t.startsAt, t.id)
      .where(sql`${t.status} = 'open' and ${t.appointmentId} is null`),
    index("slots_late_opening")
      .on(t.clinicDate, t.startsAt, t.id)
      .where(sql`${t.lateOpening} and ${t.status} = 'open' and ${t.appointmentId} is null`),
    index("slots_offered")
      .on(t.offeredUntil)
      .where(sql`${t.offeredUntil} is not null and ${t.status} = 'open' and ${t.appointmentId} is null`),
    // Two more over all slots, free or not, of one doctor and of all: for the reason why a day has nothing free.
    index("slots_by_day").on(t.clinicDate, t.closedBy, t.startsAt),
    index("slots_by_doctor").on(t.doctorId, t.clinicDate, t.closedBy, t.startsAt),
    index("slots_hold")
      .on(t.holdId)
      .where(sql`${t.holdId} is not null`),
    index("slots_appointment")
      .on(t.appointmentId)
      .where(sql`${t.appointmentId} is not null`),
  ],
);
