import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
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
import { ITEM_STATES, OPERATION_PHASES } from "#domain/closed-lists.ts";
import { appointments } from "./appointments.ts";
import { patients, people } from "./people.ts";
import { oneOf } from "./one-of.ts";

/**
 * A change of the clinic's calendar, with the results for the appointments that it displaced. Written in the transaction of
 * the change; the reassignment that follows resumes from here after any interruption.
 */
export const operations = pgTable(
  "operations",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    /** The kind of the change (src/domain/calendar/change.ts). */
    kind: text().notNull(),
    /** The change as it was decided, and the values that take it back. */
    change: jsonb().notNull(),
    before: jsonb(),
    actorId: uuid()
      .notNull()
      .references(() => people.id),
    requestId: text().notNull(),
    /** The preview that the actor saw; null when no appointment was affected and there was no preview. */
    preview: jsonb(),
    /** The operation that this one takes back. */
    undoOf: uuid().references((): AnyPgColumn => operations.id),
    phase: text({ enum: OPERATION_PHASES }).notNull(),
    displaced: integer().notNull().default(0),
    /** The proof of the plan: its cost and a lower bound of any plan's. */
    proof: jsonb(),
    leaseId: uuid(),
    leaseUntil: timestamp({ withTimezone: true }),
    attempts: integer().notNull().default(0),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    finishedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    check("operations_phase", oneOf(t.phase, OPERATION_PHASES)),
    check("operations_done_is_finished", sql`(${t.phase} = 'done') = (${t.finishedAt} is not null)`),
    uniqueIndex("operations_one_undo")
      .on(t.undoOf)
      .where(sql`${t.undoOf} is not null`),
    index("operations_previewed")
      .on(t.createdAt)
      .where(sql`${t.preview} is not null`),
    index("operations_latest").on(t.createdAt, t.id),
    index("operations_unfinished")
      .on(t.createdAt)
      .where(sql`${t.phase} <> 'done'`),
  ],
);

/** One displaced appointment of an operation: where it was, and the one end it came to. */
export const operationItems = pgTable(
  "operation_items",
  {
    operationId: uuid()
      .notNull()
      .references(() => operations.id),
    appointmentId: uuid()
      .notNull()
      .references(() => appointments.id),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    /** The slot it lost, which may be gone, and where and when that was. */
    fromSlotId: uuid().notNull(),
    fromDoctorId: uuid().notNull(),
    fromLocationId: uuid().notNull(),
    fromStartsAt: timestamp({ withTimezone: true }).notNull(),
    fromEndsAt: timestamp({ withTimezone: true }).notNull(),
    /** Where the patient had agreed to be, if an earlier move of the clinic's was unanswered: `appointments.movedFrom`. */
    unansweredFrom: jsonb(),
    /** `kept`: an operation that takes another back leaves it where it is now. */
    state: text({ enum: ITEM_STATES }).notNull().default("pending"),
    toSlotId: uuid(),
    toDoctorId: uuid(),
    toLocationId: uuid(),
    toStartsAt: timestamp({ withTimezone: true }),
    toEndsAt: timestamp({ withTimezone: true }),
    /** The appointment's version as this operation left it: while it stands, the move can be taken back. */
    leftVersion: integer(),
    /** The parts of the move's cost, or the reason why there is none (src/domain/reassignment). */
    explanation: jsonb(),
    decidedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    primaryKey({ columns: [t.operationId, t.appointmentId] }),
    check("operation_items_state", oneOf(t.state, ITEM_STATES)),
    check("operation_items_decided", sql`(${t.state} = 'pending') = (${t.decidedAt} is null)`),
    check("operation_items_moved_has_place", sql`(${t.state} = 'moved') <= (${t.toSlotId} is not null)`),
    index("operation_items_appointment").on(t.appointmentId),
    index("operation_items_pending")
      .on(t.appointmentId)
      .where(sql`${t.state} = 'pending'`),
  ],
);

/** The content of a preview, under its token, for the operation that is applied with it. Deleted after some days. */
export const previews = pgTable(
  "previews",
  {
    token: text().primaryKey(),
    actorId: uuid()
      .notNull()
      .references(() => people.id),
    shown: jsonb().notNull(),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [index("previews_age").on(t.createdAt)],
);
