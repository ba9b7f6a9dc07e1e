import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { REMINDER_STATES, SUPPRESSION_REASONS, TASK_KINDS, TASK_STATUSES } from "#domain/closed-lists.ts";
import { appointments } from "./appointments.ts";
import { bytea } from "./ledger.ts";
import { doctors, patients, people } from "./people.ts";
import { oneOf } from "./one-of.ts";

/**
 * One reminder of one appointment at one start. The row makes it impossible to remind twice. It is written when the reminder
 * is claimed, so an appointment that changes before leaves no row to take back.
 */
export const reminders = pgTable(
  "reminders",
  {
    appointmentId: uuid()
      .notNull()
      .references(() => appointments.id),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    startsAt: timestamp({ withTimezone: true }).notNull(),
    leadHours: integer().notNull(),
    state: text({ enum: REMINDER_STATES }).notNull(),
    leaseId: uuid(),
    leaseUntil: timestamp({ withTimezone: true }),
    attempts: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.appointmentId, t.patientId, t.startsAt, t.leadHours] }),
    check("reminders_state", oneOf(t.state, REMINDER_STATES)),
  ],
);

/** An address to which no mail goes any more: it bounced for good, or its owner complained. Lower case. */
export const suppressions = pgTable(
  "suppressions",
  {
    address: text().primaryKey(),
    reason: text({ enum: SUPPRESSION_REASONS }).notNull(),
    since: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [check("suppressions_reason", oneOf(t.reason, SUPPRESSION_REASONS))],
);

/** Something about notifications that staff must see to: ids and codes only, open until staff say it is done. */
export const tasks = pgTable(
  "tasks",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    kind: text({ enum: TASK_KINDS }).notNull(),
    patientId: uuid().references(() => patients.id),
    appointmentId: uuid().references(() => appointments.id),
    detail: jsonb().notNull().default({}),
    status: text({ enum: TASK_STATUSES }).notNull().default("open"),
    version: integer().notNull().default(1),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    doneAt: timestamp({ withTimezone: true }),
    doneBy: uuid().references(() => people.id),
  },
  (t) => [
    check("tasks_kind", oneOf(t.kind, TASK_KINDS)),
    check("tasks_done", sql`(${t.status} = 'done') = (${t.doneAt} is not null)`),
    // The same problem again is the same task.
    uniqueIndex("tasks_one_open")
      .on(t.kind, sql`coalesce(${t.patientId}, ${t.appointmentId}, '00000000-0000-0000-0000-000000000000'::uuid)`)
      .where(sql`${t.status} = 'open' and ${t.kind} <> 'job-failed'`),
    index("tasks_queue").on(t.status, t.createdAt, t.id),
    index("tasks_by_time").on(t.createdAt, t.id),
  ],
);

/** A calendar address that needs no login: its secret gives access to one patient's or one doctor's appointments. */
export const calendarFeeds = pgTable(
  "calendar_feeds",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    patientId: uuid()
      .unique("calendar_feeds_one_per_patient")
      .references(() => patients.id),
    doctorId: uuid()
      .unique("calendar_feeds_one_per_doctor")
      .references(() => doctors.id),
    /** SHA-256 of the secret, which is shown once and kept nowhere. */
    secretHash: bytea().notNull().unique("calendar_feeds_secret"),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [check("calendar_feeds_of_one", sql`(${t.patientId} is null) <> (${t.doctorId} is null)`)],
);
