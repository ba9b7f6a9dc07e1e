import type { IMPORT_KINDS, IMPORT_PHASES, IMPORT_STATES } from "#domain/closed-lists.ts";
import type { ImportRules } from "#domain/import-sessions.ts";
import { type CallerRef, type Found, read } from "../call.ts";
import type { Database } from "../client.ts";

type Kind = (typeof IMPORT_KINDS)[number];

/** An import. Instants are epoch milliseconds. */
export interface ImportRow {
  id: string;
  name: string;
  source: string;
  dryRun: boolean;
  notify: boolean;
  phase: (typeof IMPORT_PHASES)[number];
  createdAt: number;
  undoneAt: number | null;
  zone: string;
}

/** What became of a row; `recordId` is the record that it is now. */
export interface ImportedRow {
  kind: Kind;
  row: number;
  sourceId: string | null;
  state: (typeof IMPORT_STATES)[number];
  recordId: string | null;
  findings: ({ code: string } & Record<string, unknown>)[];
}

/** An import with its counts and a page of its rows. */
export interface ImportReport extends ImportRow {
  counts: { kind: Kind; state: ImportedRow["state"]; rows: number; corrected: number; duplicates: number }[];
  chunks: { kind: Kind; fromRow: number; rows: number }[];
  rows: ImportedRow[];
}

export interface ImportFilter {
  state: ImportedRow["state"] | undefined;
  findings: boolean;
  after: { kind: string; row: number } | undefined;
  limit: number;
}

/** An import and what became of its rows: find_import.sql. */
export function findImport(
  db: Database,
  caller: CallerRef,
  id: string,
  { state, findings, after, limit }: ImportFilter,
  requestId: string,
): Promise<Found<ImportReport>> {
  const position = { after_kind: after?.kind ?? null, after_row: after?.row ?? null };
  const args = { which: id, of_state: state ?? null, with_findings: findings, ...position, batch: limit };
  return read(db, caller, "find_import", args, requestId);
}

/** What the weekly sessions of a chunk are judged with: import_rules.sql. */
export function importRules(
  db: Database,
  caller: CallerRef,
  asked: object,
  doctorIds: string[],
): Promise<Found<ImportRules>> {
  return read(db, caller, "import_rules", { asked, doctor_ids: doctorIds });
}
