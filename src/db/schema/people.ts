import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { INACTIVE_REASONS, ROLES } from "#domain/closed-lists.ts";
import { oneOf } from "./one-of.ts";

/** The version that a change must name, and who made the last one and when. */
const edited = {
  version: integer().notNull().default(1),
  changedBy: uuid().references((): AnyPgColumn => people.id),
  updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
};

/** A person who can log in: `subject` is the identity provider's `sub`. */
export const people = pgTable(
  "people",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    subject: text().notNull().unique(),
    role: text({ enum: ROLES }).notNull(),
    name: text().notNull(),
    active: boolean().notNull().default(true),
    /** Staff who run the clinic: accounts, policy, API clients, merging. */
    administrator: boolean().notNull().default(false),
    /** Raised by "log out everywhere" and by a change of role; every write compares it with the session's. */
    sessionVersion: integer().notNull().default(1),
    /** When `sessionVersion` was last raised; a trigger keeps it. Tokens issued before are refused. */
    sessionsEndedAt: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    ...edited,
  },
  (t) => [
    check("people_role", oneOf(t.role, ROLES)),
    check("people_administrator_is_staff", sql`${t.role} = 'staff' or not ${t.administrator}`),
  ],
);

export const doctors = pgTable(
  "doctors",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    personId: uuid()
      .unique()
      .references(() => people.id),
    name: text().notNull(),
    specialty: text().notNull(),
    /** Own slot length, minutes; the policy's when null. */
    slotMinutes: integer(),
    active: boolean().notNull().default(true),
    /** The first clinic date on which the doctor no longer works here; the record is switched off then. */
    leavesOn: date(),
    /** Rises with every change of the weekly schedule: its ETag. */
    scheduleVersion: integer().notNull().default(1),
    ...edited,
  },
  (t) => [check("doctors_slot_minutes", sql`${t.slotMinutes} between 5 and 120`)],
);

/**
 * People who are treated. The migration adds two generated columns for searching, `name_search` and `number_search`, with
 * their indexes. The one of `number_search` is unique.
 */
export const patients = pgTable(
  "patients",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    personId: uuid()
      .unique()
      .references(() => people.id),
    /** The clinic's own number for the patient. */
    number: text().notNull().unique(),
    name: text().notNull(),
    dateOfBirth: date().notNull(),
    email: text(),
    /** As it was typed, and the same in E.164. */
    phone: text(),
    e164: text(),
    /** The language of this patient's mails: one of the clinic's locales. */
    language: text().notNull().default("en"),
    /** The patient wants reminders. Changes are notified in any case. */
    reminders: boolean().notNull().default(true),
    /** The clinic moves this patient to no other location: they need the one they booked. */
    keepsLocation: boolean().notNull().default(false),
    /** Staff ended the login for good: no verified address opens this record until they allow it again. */
    loginBlocked: boolean().notNull().default(false),
    active: boolean().notNull().default(true),
    /** Why staff switched it off; null if they did not say, and for a merged record. */
    inactiveBecause: text({ enum: INACTIVE_REASONS }),
    mergedInto: uuid().references((): AnyPgColumn => patients.id),
    /** When the values that tell who it was were erased. The row stays, since appointments refer to it. */
    erasedAt: timestamp({ withTimezone: true }),
    /** Slots this patient has asked to hold, oldest first. The slots themselves say which are still held. */
    holdSlotIds: uuid().array().notNull().default([]),
    /** The time when this patient's used holding time is refilled in full (a token bucket kept as one instant). */
    holdQuotaRestoredAt: timestamp({ withTimezone: true }),
    /** When this patient moved or cancelled, oldest first, as far back as the budget looks. */
    changeTimes: timestamp({ withTimezone: true }).array().notNull().default([]),
    /** When this patient booked, oldest first, as far back as the budget of bookings looks. */
    bookingTimes: timestamp({ withTimezone: true }).array().notNull().default([]),
    ...edited,
  },
  (t) => [
    check("patients_merged_is_inactive", sql`${t.mergedInto} is null or not ${t.active}`),
    check(
      "patients_inactive_because",
      sql`${t.inactiveBecause} is null or (not ${t.active} and ${oneOf(t.inactiveBecause, INACTIVE_REASONS)})`,
    ),
    index("patients_born").on(t.dateOfBirth),
    // For the trail of a target, which includes its sources'.
    index("patients_merged")
      .on(t.mergedInto)
      .where(sql`${t.mergedInto} is not null`),
    // For the records that a verified address may be linked to.
    index("patients_email")
      .on(sql`lower(${t.email})`)
      .where(sql`${t.email} is not null`),
    // For other records with this telephone number.
    index("patients_phone")
      .on(t.e164)
      .where(sql`${t.e164} is not null`),
  ],
);
