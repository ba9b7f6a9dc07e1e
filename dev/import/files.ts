import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { MAX_ROWS } from "#contract/requests/imports.ts";
import { IMPORT_KINDS } from "#domain/closed-lists.ts";
import { csvRecords } from "#lib/read-csv.ts";

export type Kind = (typeof IMPORT_KINDS)[number];

/** A part of a file, as it is sent. `firstRow` is the line that a spreadsheet or an editor shows. */
export interface Part {
  kind: Kind;
  format: "csv" | "jsonl";
  firstRow: number;
  content: string;
}

/** Longest part, UTF-16 code units: below the limit of `POST /imports`. */
const MAX_CONTENT = 300_000;

/**
 * The parts of the files, in the order in which rows may name others: doctors, patients, schedules, appointments.
 * @throws Error for a file whose name does not begin with its kind, or does not end in .csv or .jsonl
 */
export function partsOf(paths: readonly string[]): Part[] {
  const files = paths.map((path) => {
    const kind = IMPORT_KINDS.find((one) => basename(path).startsWith(one));
    const ending = extname(path).toLowerCase();
    const format = ending === ".csv" ? ("csv" as const) : ending === ".jsonl" ? ("jsonl" as const) : null;
    if (!kind || !format) {
      const names = IMPORT_KINDS.map((one) => `${one}*.csv`).join(", ");
      throw new Error(`${path}: call it by what it has (${names}, or .jsonl).`);
    }
    return { kind, format, records: csvRecords(readFileSync(path, "utf8")) };
  });
  const order = (kind: Kind) => IMPORT_KINDS.indexOf(kind);
  return files.sort((a, b) => order(a.kind) - order(b.kind)).flatMap(split);
}

function split({ kind, format, records }: { kind: Kind; format: Part["format"]; records: string[] }): Part[] {
  const header = format === "csv" ? `${records[0] ?? ""}\n` : "";
  const parts: Part[] = [];
  let rows: string[] = [];
  let size = 0;
  let firstRow = format === "csv" ? 2 : 1;
  const end = () => {
    if (rows.length === 0) return;
    parts.push({ kind, format, firstRow, content: header + rows.join("\n") });
    firstRow += rows.length;
    rows = [];
    size = 0;
  };
  for (const record of format === "csv" ? records.slice(1) : records) {
    if (rows.length === MAX_ROWS || size + record.length > MAX_CONTENT) end();
    rows.push(record);
    size += record.length + 1;
  }
  end();
  return parts;
}
