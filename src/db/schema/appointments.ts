import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import {
  APPOINTMENT_STATUSES,
  CANCELLED_BY,
  CLOSED_BY,
  HAND_MARKS,
  SLOT_ORIGINS,
  SLOT_STATUSES,
} from "#domain/closed-lists.ts";
import { locations } from "./clinic.ts";
import { doctors, patients, people } from "./people.ts";
import { oneOf } from "./one-of.ts";

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
    // Two more over all slots, free or not, of one doctor and of all: for a day's reason without free slots.
    index("slots_by_day").on(t.clinicDate, t.closedBy, t.startsAt),
    index("slots_by_doctor").on(t.doctorId, t.clinicDate, t.closedBy, t.startsAt),
    // The past slots that retention deletes. The bookable ones have an index already.
    index("slots_closed_by_date")
      .on(t.clinicDate)
      .where(sql`${t.status} = 'closed' and ${t.appointmentId} is null`),
    index("slots_appointment")
      .on(t.appointmentId)
      .where(sql`${t.appointmentId} is not null`),
  ],
);

/**
 * Which slot a hold is of. A trigger on `slots` writes it, so that `slots` needs no index on its hold. Then an update of a
 * hold alone changes no index (PostgreSQL, "Heap-Only Tuples"). The slot itself says whether the hold still stands.
 */
export const holds = pgTable("holds", {
  /** The hold's id has its time (UUID version 7), so the key finds old holds. */
  id: uuid().primaryKey(),
  slotId: uuid().notNull(),
});

/**
 * A patient in a slot. Times, doctor and location are copied from the slot. So a constraint can guard the patient's own
 * calendar, and a placement case still knows the lost place. Without a slot: to-place or cancelled.
 */
export const appointments = pgTable(
  "appointments",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    doctorId: uuid()
      .notNull()
      .references(() => doctors.id),
    locationId: uuid()
      .notNull()
      .references(() => locations.id),
    slotId: uuid().references(() => slots.id),
    startsAt: timestamp({ withTimezone: true }).notNull(),
    endsAt: timestamp({ withTimezone: true }).notNull(),
    status: text({ enum: APPOINTMENT_STATUSES }).notNull().default("booked"),
    /** In the patient's words; health data, never leaves the clinic's screens. */
    reason: text(),
    /** Changes made by the patient; what the clinic does never counts. */
    changesUsed: smallint().notNull().default(0),
    /** Staff allowed it beside another appointment at the same time, with a reason in the audit trail. */
    overlapAllowed: boolean().notNull().default(false),
    /** Why it was cancelled: whose reason, which of the closed list, and a note seen by the clinic only. */
    cancelledBy: text({ enum: CANCELLED_BY }),
    cancelCode: text(),
    cancelNote: text(),
    /** When the clinic moved it, and from where (doctorId, locationId, startsAt, endsAt); null unless it is `moved`. */
    movedAt: timestamp({ withTimezone: true }),
    movedFrom: jsonb(),
    /**
     * The patient's answer "I will come" by a link in a mail: {patientId, startsAt, locationId}; start in epoch
     * milliseconds. It holds while these are the appointment's.
     */
    promise: jsonb(),
    /**
     * The person who changed it last; null for the system itself. It is kept here because a rival locks and reads this row.
     */
    changedBy: uuid().references(() => people.id),
    version: integer().notNull().default(1),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    check("appointments_status", oneOf(t.status, APPOINTMENT_STATUSES)),
    check("appointments_cancelled_by", oneOf(t.cancelledBy, CANCELLED_BY)),
    check(
      "appointments_cancelled_has_reason",
      sql`(${t.cancelledBy} is null) = (${t.cancelCode} is null) and (${t.cancelledBy} is null or ${t.status} = 'cancelled')`,
    ),
    check("appointments_moved_is_whole", sql`(${t.movedAt} is null) = (${t.movedFrom} is null)`),
    check("appointments_order", sql`${t.startsAt} < ${t.endsAt}`),
    check("appointments_slot_while_live", sql`(${t.slotId} is null) = (${t.status} in ('to-place', 'cancelled'))`),
    uniqueIndex("appointments_one_per_slot")
      .on(t.slotId)
      .where(sql`${t.slotId} is not null`),
    index("appointments_patient").on(t.patientId, t.startsAt),
    index("appointments_doctor").on(t.doctorId, t.startsAt),
    index("appointments_starts").on(t.startsAt),
    index("appointments_with_words")
      .on(t.startsAt)
      .where(sql`${t.reason} is not null or ${t.cancelNote} is not null`),
    // Few rows at any time: those that wait for another time, or for the patient's answer.
    index("appointments_unsettled")
      .on(t.status, t.doctorId, t.startsAt)
      .where(sql`${t.status} in ('to-place', 'moved')`),
  ],
);
