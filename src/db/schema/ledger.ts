import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { DELIVERY_STATES, MESSAGE_KINDS } from "#domain/closed-lists.ts";
import { appointments } from "./appointments.ts";
import { patients, people } from "./people.ts";

export const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/**
 * The audit trail: actor, patient, action, values before and after. Append-only by grants and by trigger, which also note
 * each row as waiting to be sealed. A new column belongs in the seal as well: see `canonical_row` in
 * src/db/functions/lib/seal.sql.
 */
export const audit = pgTable(
  "audit",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    at: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    /** Null for the system itself (jobs). */
    actorId: uuid().references(() => people.id),
    /** The patient concerned; null where there is none. No reference: the trail outlives a record that was imported and taken back. */
    patientId: uuid(),
    action: text().notNull(),
    entity: text().notNull(),
    entityId: uuid().notNull(),
    before: jsonb(),
    after: jsonb(),
    /** Why staff set a rule aside; null where none was. */
    reason: text(),
    requestId: text().notNull(),
  },
  (t) => [
    index("audit_at").on(t.at, t.id),
    index("audit_actor").on(t.actorId, t.at),
    index("audit_action").on(t.action, t.at),
    index("audit_entity").on(t.entityId, t.at),
    index("audit_patient").on(t.patientId, t.at),
    // Reads of several patients at once name them in `after`.
    index("audit_patients_seen")
      .using("gin", sql`(${t.after} -> 'patientIds')`)
      .where(sql`${t.patientId} is null and ${t.after} ? 'patientIds'`),
  ],
);

/**
 * Entries whose personal values were erased with their patient's (docs/decisions/0026-erasing-a-patient.md). The sealed
 * entry `patient.erase` has the erasure's id, and the number and a digest of its entries.
 */
export const auditErased = pgTable("audit_erased", {
  auditId: uuid().primaryKey(),
  erasureId: uuid().notNull(),
});

/**
 * Rows of the audit trail that no seal covers yet. A trigger adds them in the writer's own transaction. So the row is here
 * after the commit, even if later rows were sealed before. No references: a deleted row must still show.
 */
export const auditUnsealed = pgTable("audit_unsealed", { auditId: uuid().primaryKey() });

/**
 * The hash chain over the audit trail, a batch of rows a link; append-only as the trail itself. `hash` covers the
 * previous hash, the number, the time, and every row's hash in the order of `rowIds` (src/db/functions/lib/seal.sql).
 */
export const auditSeals = pgTable(
  "audit_seals",
  {
    number: bigint({ mode: "number" }).primaryKey(),
    sealedAt: timestamp({ withTimezone: true }).notNull(),
    previousHash: bytea().notNull(),
    hash: bytea().notNull(),
    rowIds: uuid().array().notNull(),
    rowHashes: bytea().array().notNull(),
  },
  (t) => [check("audit_seals_whole", sql`cardinality(${t.rowIds}) = cardinality(${t.rowHashes})`)],
);

/**
 * Notifications to patients: one row for an appointment and the patient concerned. `version` rises with every change. The
 * row is due while `dueAt` is set. `lastNotified` is the last notified state (null: none yet). The net change is stated
 * against it, and an empty one is dropped.
 */
export const outbox = pgTable(
  "outbox",
  {
    appointmentId: uuid()
      .notNull()
      .references(() => appointments.id),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    version: integer().notNull().default(1),
    firstDirtyAt: timestamp({ withTimezone: true }),
    dueAt: timestamp({ withTimezone: true }),
    lastNotified: jsonb(),
    lastNotifiedAt: timestamp({ withTimezone: true }),
    /** iCalendar SEQUENCE of the last message; rises with every notified change (RFC 5545 3.8.7.4). */
    sequence: integer().notNull().default(-1),
    leaseId: uuid(),
    leaseUntil: timestamp({ withTimezone: true }),
    attempts: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.appointmentId, t.patientId] }),
    check("outbox_dirty_is_due", sql`(${t.firstDirtyAt} is null) = (${t.dueAt} is null)`),
    // The last notifications of a record, for a merge into another one.
    index("outbox_patient").on(t.patientId),
    // In the order in which they are claimed, so that a backlog is not sorted again for every batch.
    index("outbox_due")
      .on(t.attempts, t.dueAt)
      .where(sql`${t.dueAt} is not null`),
  ],
);

/** One attempt to notify: written as `sending` before SES is called and settled after, so a crash between shows. */
export const deliveries = pgTable(
  "deliveries",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    appointmentId: uuid()
      .notNull()
      .references(() => appointments.id),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    version: integer().notNull(),
    sequence: integer().notNull(),
    kind: text({ enum: MESSAGE_KINDS }).notNull(),
    /** `sent`: SES accepted it. The later states are events of SES: delivered, bounced, or complained about. */
    state: text({ enum: DELIVERY_STATES }).notNull().default("sending"),
    /** Why it failed or came back: a code, never an address. */
    why: text(),
    feedbackAt: timestamp({ withTimezone: true }),
    messageId: text(),
    startedAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    finishedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    index("deliveries_appointment").on(t.appointmentId, t.startedAt),
    // How many mails a patient has had within a day.
    index("deliveries_patient").on(t.patientId, t.startedAt),
    index("deliveries_message_age")
      .on(t.startedAt)
      .where(sql`${t.messageId} is not null`),
    index("deliveries_message")
      .on(t.messageId)
      .where(sql`${t.messageId} is not null`),
  ],
);

/**
 * The first answer to a request: what was done, or why nothing was. The verb's own statement writes it, so that a retry
 * after a lost reply gets it again.
 */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    personId: uuid()
      .notNull()
      .references(() => people.id),
    key: text().notNull(),
    requestHash: text().notNull(),
    result: jsonb(),
    refusal: jsonb(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.personId, t.key] }),
    index("idempotency_keys_age").on(t.createdAt),
    check("idempotency_keys_done_or_refused", sql`num_nonnulls(${t.result}, ${t.refusal}) = 1`),
  ],
);
