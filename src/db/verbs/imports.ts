import type { IMPORT_KINDS } from "#domain/closed-lists.ts";
import { newId } from "#lib/sealing.ts";
import { UUID } from "#lib/cursor.ts";
import { type Act, type Outcome, call, run } from "../call.ts";
import type { Database } from "../client.ts";
import type { ImportedRow, ImportRow } from "../queries/imports.ts";
import type { AdministrationRefusal } from "./record-refusal.ts";

/** The import that a chunk is a part of. */
export interface ImportAsked {
  name: string;
  source: string;
  dryRun: boolean;
  notify: boolean;
}

/** A finding about a row: a code of ours and the member of the row; `refuses`: the row is not imported. */
export interface Finding {
  code: string;
  field?: string;
  refuses?: boolean;
  detail?: string;
}

/** A row as the Worker has read it. `data`: columns, or what names other records; null for a row that it refuses. */
export interface GivenRow {
  n: number;
  sourceId: string | null;
  data: Record<string, unknown> | null;
  findings: Finding[];
}

export interface ChunkInput {
  asked: ImportAsked;
  kind: (typeof IMPORT_KINDS)[number];
  firstRow: number;
  /** SHA-256 of the part as it was sent. */
  hash: string;
  rows: GivenRow[];
}

export type ImportRefusal =
  | AdministrationRefusal
  | { code: "wrong-state"; current: "other-options" | "other-content" | "undoing" | "undone" };

export type UndoImportRefusal =
  | AdministrationRefusal
  | { code: "not-found" }
  | { code: "wrong-state"; current: "dry-run" | "built-on"; builtOn?: { kind: string; row: number; why: string }[] };

/** An administrator brings a part of a file: import_chunk.sql. Answers what became of its rows. */
export async function importChunk(
  db: Database,
  act: Act,
  { asked, kind, firstRow, hash, rows }: ChunkInput,
): Promise<Outcome<{ import: ImportRow; rows: ImportedRow[] }, ImportRefusal>> {
  const given = kind === "appointments" ? await Promise.all(rows.map((row) => sealed(db, row))) : rows;
  const args = { asked, of_kind: kind, from_row: firstRow, content_hash: hash, given: JSON.stringify(given) };
  return call(db, act, "import_chunk", args);
}

/** An appointment's row with its id, and its texts sealed for that id. A source's id that is a UUID is the id. */
async function sealed({ fields }: Database, row: GivenRow): Promise<GivenRow> {
  if (row.data === null) return row;
  const { sourceId, data } = row;
  const id = sourceId !== null && UUID.test(sourceId) ? sourceId : newId(Date.now());
  const textOf = (member: string): string | null => (typeof data[member] === "string" ? data[member] : null);
  const reason = await fields.seal("appointments.reason", id, textOf("reason"));
  const note = await fields.seal("appointments.cancel_note", id, textOf("cancel_note"));
  return { ...row, data: { ...data, id, reason, cancel_note: note } };
}

/** An administrator takes an import back, one batch of rows at a call: undo_import.sql. */
export function undoImport(
  db: Database,
  act: Act,
  { id, batch }: { id: string; batch: number },
): Promise<Outcome<ImportRow & { remaining: number }, UndoImportRefusal>> {
  return call(db, act, "undo_import", { which: id, batch });
}

/** Forgets up to `limit` rows of dry runs that are older than `days`; answers how many: forget_dry_runs.sql. */
export function forgetDryRuns(db: Database, days: number, limit: number): Promise<number> {
  return run(db, "forget_dry_runs", { days, max_count: limit });
}
