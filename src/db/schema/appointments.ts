import { sql } from "drizzle-orm";
import {
  boolean,
  check,
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
import { APPOINTMENT_STATUSES, CANCELLED_BY } from "#domain/closed-lists.ts";
import { locations } from "./clinic.ts";
import { doctors, patients, people } from "./people.ts";
import { slots } from "./schedule.ts";
import { oneOf } from "./one-of.ts";

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
    // Few at any time: those who would rather have another one.
    index("appointments_unsettled")
      .on(t.status, t.doctorId, t.startsAt)
      .where(sql`${t.status} in ('to-place', 'moved')`),
  ],
);
