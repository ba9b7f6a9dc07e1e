import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { CASE_REASONS, CASE_STATUSES } from "#domain/closed-lists.ts";
import { appointments } from "./appointments.ts";
import { operations } from "./operations.ts";
import { people } from "./people.ts";
import { oneOf } from "./one-of.ts";

/**
 * A placement case: an appointment that lost its slot and that a person must place. The appointment still says when and
 * where it was. A trigger closes the case when the appointment leaves `to-place`, in any way.
 */
export const cases = pgTable(
  "cases",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    appointmentId: uuid()
      .notNull()
      .references(() => appointments.id),
    /** The clinic's change. */
    reason: text({ enum: CASE_REASONS }).notNull(),
    status: text({ enum: CASE_STATUSES }).notNull().default("open"),
    /** The request whose change it was, as in the audit trail. */
    requestId: text().notNull(),
    /** The operation that displaced it. */
    operationId: uuid().references(() => operations.id),
    /** Why the machine did not place it (domain/reassignment); null while the operation has yet to decide. */
    why: jsonb(),
    /** The person who works on it, and the end of their claim. */
    claimedBy: uuid().references(() => people.id),
    claimExpiresAt: timestamp({ withTimezone: true }),
    /** When staff must call the patient again, and their note about it. */
    contactAfter: timestamp({ withTimezone: true }),
    contactNote: text(),
    version: integer().notNull().default(1),
    /** The person who changed it last, and when; null for the system itself. */
    changedBy: uuid().references(() => people.id),
    updatedAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    /** The time by which the patient should know their new time: the start of the freeze before the lost one, or now. */
    dueAt: timestamp({ withTimezone: true }).notNull(),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    closedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    check("cases_reason", oneOf(t.reason, CASE_REASONS)),
    check("cases_status", oneOf(t.status, CASE_STATUSES)),
    check("cases_open_is_not_closed", sql`(${t.status} = 'open') = (${t.closedAt} is null)`),
    check("cases_claim_is_whole", sql`(${t.claimedBy} is null) = (${t.claimExpiresAt} is null)`),
    uniqueIndex("cases_one_open")
      .on(t.appointmentId)
      .where(sql`${t.status} = 'open'`),
    index("cases_queue").on(t.status, t.dueAt, t.id),
    index("cases_by_time").on(t.dueAt, t.id),
    index("cases_closed")
      .on(t.closedAt)
      .where(sql`${t.closedAt} is not null`),
  ],
);
