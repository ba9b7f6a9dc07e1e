import { sql } from "drizzle-orm";
import {
  boolean,
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
import { IMPORT_KINDS, IMPORT_PHASES, IMPORT_STATES } from "#domain/closed-lists.ts";
import { people } from "./people.ts";
import { oneOf } from "./one-of.ts";

/** Data of another system that an administrator brings: the frame of its chunks. */
export const imports = pgTable(
  "imports",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    /** The administrator's name for it: the same name continues the same import. */
    name: text().notNull().unique(),
    /** The system whose ids the rows have. An id of it is imported once, whatever the import. */
    source: text().notNull(),
    /** Judges rows and writes none of them. Swept after some days. */
    dryRun: boolean().notNull(),
    /** Patients are notified of appointments to come. */
    notify: boolean().notNull(),
    phase: text({ enum: IMPORT_PHASES }).notNull().default("open"),
    actorId: uuid()
      .notNull()
      .references(() => people.id),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`clock_timestamp()`),
    undoneAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    check("imports_phase", oneOf(t.phase, IMPORT_PHASES)),
    check("imports_undone", sql`(${t.phase} = 'undone') = (${t.undoneAt} is not null)`),
    index("imports_age").on(t.createdAt, t.id),
  ],
);

/** A part of a file that was taken: the same part again gets the same report. */
export const importChunks = pgTable(
  "import_chunks",
  {
    importId: uuid()
      .notNull()
      .references(() => imports.id),
    kind: text({ enum: IMPORT_KINDS }).notNull(),
    firstRow: integer().notNull(),
    rows: integer().notNull(),
    /** SHA-256 of the part: another content under the same rows is refused. */
    hash: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.kind, t.firstRow] }),
    check("import_chunks_kind", oneOf(t.kind, IMPORT_KINDS)),
  ],
);

/** What became of a row of a file: ids and codes, no names and no contact data. */
export const importRows = pgTable(
  "import_rows",
  {
    importId: uuid()
      .notNull()
      .references(() => imports.id),
    kind: text({ enum: IMPORT_KINDS }).notNull(),
    rowNumber: integer().notNull(),
    /** Of the import, for the index below. */
    source: text().notNull(),
    dryRun: boolean().notNull(),
    sourceId: text(),
    state: text({ enum: IMPORT_STATES }).notNull(),
    /** Why it was refused, what was corrected, and records that may be of the same person. */
    findings: jsonb()
      .notNull()
      .default(sql`'[]'::jsonb`),
    /** The row's record; of a dry run, the id that it would have. */
    entityId: uuid(),
    /** Hashes of what tells persons apart. Kept until the rows themselves can be compared; of a dry run, until it is swept. */
    alike: text().array(),
    /** Of an appointment, kept as long as `alike`. */
    doctorId: uuid(),
    patientId: uuid(),
    startsAt: timestamp({ withTimezone: true }),
    endsAt: timestamp({ withTimezone: true }),
    /** A weekly session of a dry run. */
    session: jsonb(),
    /** The appointment's slot was made for it, and goes with it. */
    madeSlot: boolean().notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.kind, t.rowNumber] }),
    check("import_rows_kind", oneOf(t.kind, IMPORT_KINDS)),
    check("import_rows_state", oneOf(t.state, IMPORT_STATES)),
    uniqueIndex("import_rows_once")
      .on(t.source, t.kind, t.sourceId)
      .where(sql`${t.state} = 'accepted' and not ${t.dryRun}`),
    index("import_rows_draft")
      .on(t.importId, t.kind, t.sourceId)
      .where(sql`${t.dryRun}`),
    index("import_rows_entity")
      .on(t.entityId)
      .where(sql`${t.entityId} is not null`),
    index("import_rows_alike")
      .using("gin", t.alike)
      .where(sql`${t.alike} is not null`),
    index("import_rows_doctor")
      .on(t.importId, t.doctorId, t.startsAt)
      .where(sql`${t.startsAt} is not null`),
    index("import_rows_patient")
      .on(t.importId, t.patientId, t.startsAt)
      .where(sql`${t.startsAt} is not null`),
  ],
);
