import { sql } from "drizzle-orm";
import { check, date, index, integer, pgTable, smallint, text, time, uuid } from "drizzle-orm/pg-core";
import { EXCEPTION_KINDS } from "#domain/closed-lists.ts";
import { locations } from "./clinic.ts";
import { doctors } from "./people.ts";
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
