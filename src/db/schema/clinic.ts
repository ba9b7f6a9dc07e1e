import { sql } from "drizzle-orm";
import { boolean, check, date, integer, pgTable, smallint, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";

/** The one clinic this deployment serves. */
export const clinic = pgTable(
  "clinic",
  {
    id: smallint().primaryKey().default(1),
    name: text().notNull(),
    phone: text().notNull(),
    timeZone: text().notNull(),
    locales: text().array().notNull(),
    /** Mails name the doctor only when the clinic switches it on (privacy by default). */
    mailNamesDoctor: boolean().notNull().default(false),
  },
  (t) => [check("clinic_one_row", sql`${t.id} = 1`)],
);

/** Every number of the clinic's policy. Bounds are checked here as well as at the edge; one row. */
export const policy = pgTable(
  "policy",
  {
    id: smallint().primaryKey().default(1),
    slotMinutes: integer().notNull().default(15),
    freezeHours: integer().notNull().default(24),
    holdSeconds: integer().notNull().default(300),
    holdExtensions: integer().notNull().default(10),
    holdsPerPatient: integer().notNull().default(1),
    /** Holding time that one patient may use up at once, minutes; it comes back evenly within a day. */
    holdMinutesPerDay: integer().notNull().default(600),
    /** Moves of one appointment by its patient. */
    changeBudget: integer().notNull().default(3),
    /** Moves and cancellations by one patient within `changeWindowDays`, over all appointments. */
    patientChangeBudget: integer().notNull().default(10),
    changeWindowDays: integer().notNull().default(30),
    quietSeconds: integer().notNull().default(60),
    maxDelaySeconds: integer().notNull().default(600),
    horizonDays: integer().notNull().default(90),
    reminderHours: integer().array().notNull().default([24]),
    sessionMinutes: integer().notNull().default(30),
    minNoticeMinutes: integer().notNull().default(60),
    lateOpenings: text({ enum: ["staff", "patients"] })
      .notNull()
      .default("staff"),
    version: integer().notNull().default(1),
  },
  (t) => [
    check("policy_one_row", sql`${t.id} = 1`),
    check("policy_slot_minutes", sql`${t.slotMinutes} between 5 and 120`),
    check("policy_freeze_hours", sql`${t.freezeHours} between 0 and 336`),
    check("policy_hold_seconds", sql`${t.holdSeconds} between 1 and 1800`),
    check("policy_hold_extensions", sql`${t.holdExtensions} between 0 and 100`),
    check("policy_holds_per_patient", sql`${t.holdsPerPatient} between 1 and 5`),
    check(
      "policy_hold_minutes_per_day",
      sql`${t.holdMinutesPerDay} between 5 and 14400 and ${t.holdMinutesPerDay} * 60 >= ${t.holdSeconds}`,
    ),
    check("policy_change_budget", sql`${t.changeBudget} between 0 and 100`),
    check("policy_patient_change_budget", sql`${t.patientChangeBudget} between 0 and 1000`),
    check("policy_change_window_days", sql`${t.changeWindowDays} between 1 and 366`),
    check("policy_quiet_seconds", sql`${t.quietSeconds} between 0 and 3600`),
    check("policy_max_delay_seconds", sql`${t.maxDelaySeconds} between ${t.quietSeconds} and 86400`),
    check("policy_horizon_days", sql`${t.horizonDays} between 1 and 366`),
    check("policy_session_minutes", sql`${t.sessionMinutes} between 1 and 1440`),
    check("policy_min_notice_minutes", sql`${t.minNoticeMinutes} between 0 and 10080`),
    check("policy_late_openings", sql`${t.lateOpenings} in ('staff', 'patients')`),
  ],
);

export const locations = pgTable("locations", {
  id: uuid()
    .primaryKey()
    .default(sql`uuidv7()`),
  name: text().notNull().unique(),
  address: text().notNull(),
  timeZone: text().notNull(),
  /** ISO 3166-1 alpha-2 country, and the region as date-holidays names it: whose public holidays apply here. */
  country: text().notNull(),
  region: text(),
  position: smallint().notNull().default(0),
});

/** A public holiday at one location; `source` says where it came from (a person, or a library and its version). */
export const holidays = pgTable(
  "holidays",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    locationId: uuid()
      .notNull()
      .references(() => locations.id),
    date: date().notNull(),
    name: text().notNull(),
    source: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [unique("holidays_once_a_day").on(t.locationId, t.date)],
);
