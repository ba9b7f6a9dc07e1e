import type { ImportChunk } from "#contract/requests/imports.ts";
import { MAX_ROWS } from "#contract/requests/imports.ts";
import { IMPORT_ROWS, NUMBERS, TRUTHS } from "#contract/requests/import-rows.ts";
import { columnsOf } from "#db/verbs/columns.ts";
import type { Finding, GivenRow } from "#db/verbs/imports.ts";
import type { SessionRow } from "#domain/import-sessions.ts";
import { readJson } from "#lib/json.ts";
import { csvCells, csvRecords, delimiterOf } from "#lib/read-csv.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { isKeepable } from "#http/validate.ts";

/** A row as its file has it; a text where it cannot be read, which says why. */
type Raw = Record<string, unknown> | string;

/** A row that has been read. `value` is null for a row that is refused. */
interface ReadRow extends Omit<GivenRow, "data"> {
  value: Record<string, unknown> | null;
}

/**
 * Reads the rows of a part of a file by the same schemas as registering. Every text of a row passes through here before it
 * goes to the database.
 * @throws {ProblemError} `invalid-request` for a part with too many rows or without any
 */
export function readRows({ kind, format, content, firstRow }: ImportChunk): ReadRow[] {
  const raw = format === "csv" ? csvRows(content) : csvRecords(content).map(jsonRow);
  if (raw.length === 0 || raw.length > MAX_ROWS) {
    const errors = [{ pointer: "/content", detail: `1 to ${MAX_ROWS} rows, not ${raw.length}` }];
    throw new ProblemError("invalid-request", { errors });
  }
  const schema = IMPORT_ROWS[kind]();
  return raw.map((given, index) => {
    const n = firstRow + index;
    if (typeof given === "string") return { n, sourceId: null, value: null, findings: [fault("", given)] };
    const sourceId = typeof given["id"] === "string" ? given["id"].slice(0, 100) : null;
    const read = schema.safeParse(given);
    if (!isKeepable(given)) {
      return { n, sourceId: null, value: null, findings: [fault("", "Text must be whole characters, without NUL")] };
    }
    if (!read.success) return { n, sourceId, value: null, findings: read.error.issues.map(faultOf) };
    const value = read.data as Record<string, unknown>;
    const corrected = Object.keys(value).filter((name) => value[name] !== given[name]);
    return {
      n,
      sourceId: String(value["id"]),
      value,
      findings: corrected.map((field) => ({ code: "corrected", field })),
    };
  });
}

/** What the database is given of a row that needs no more than itself; of a session, see `sessionRowOf`. */
export function givenRow({ value, ...row }: ReadRow): GivenRow {
  if (value === null) return { ...row, data: null };
  const { id: _, ...members } = value;
  if (members["status"] === "moved") {
    members["status"] = "booked";
    row.findings.push({ code: "corrected", field: "status" });
  }
  return { ...row, data: columnsOf({ ...("startsAt" in members ? { status: "booked" } : {}), ...members }) };
}

/** The weekly session that a row says. Its schema has been checked. */
export function sessionRowOf(value: Record<string, unknown>): SessionRow {
  const { id: _, ...session } = value;
  return session as unknown as SessionRow;
}

/** A fault that the Worker finds, with the sentence that registering would give. */
function fault(field: string, detail: string): Finding {
  return { code: "invalid-request", field, detail, refuses: true };
}

function faultOf(issue: { code?: string; path: PropertyKey[]; message: string; keys?: string[] }): Finding {
  const [field = issue.keys?.[0] ?? ""] = issue.path;
  return fault(String(field), issue.code === "unrecognized_keys" ? "Unknown member" : issue.message);
}

function jsonRow(line: string): Raw {
  const row = readJson(line);
  if (typeof row !== "object" || row === null || Array.isArray(row)) return "The line is no JSON object";
  const members = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(members.map(([name, value]) => [name, name === "id" ? textOf(value) : value]));
}

/** Ids that are numbers in the other system are texts here. */
function textOf(id: unknown): unknown {
  return typeof id === "number" && Number.isSafeInteger(id) ? String(id) : id;
}

/** The rows below the header. An empty cell is a member that is left out. */
function csvRows(content: string): Raw[] {
  const [header = "", ...records] = csvRecords(content);
  const delimiter = delimiterOf(header);
  const names = csvCells(header, delimiter)?.map((name) => name.trim());
  if (!names) return records.map(() => "The header's quotes do not match");
  return records.map((record) => {
    const cells = csvCells(record, delimiter);
    if (cells === null) return "The quotes do not match";
    if (cells.length !== names.length) return `${cells.length} cells, but the header has ${names.length}`;
    const members = names.map((name, index) => [name, typed(name, cells[index] ?? "")] as const);
    return Object.fromEntries(members.filter(([, value]) => value !== ""));
  });
}

function typed(name: string, cell: string): unknown {
  if (NUMBERS.includes(name) && /^\d{1,9}$/.test(cell)) return Number(cell);
  if (TRUTHS.includes(name) && (cell === "true" || cell === "false")) return cell === "true";
  return cell;
}
