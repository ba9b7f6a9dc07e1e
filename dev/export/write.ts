import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Client, ClientBase } from "pg";
import type { Fields } from "#db/fields.ts";
import { BYTE_ORDER_MARK, csvRecord } from "#lib/csv.ts";
import { IMPORT_FILES, LEFT_OUT } from "./kinds.ts";
import { SEALED, exportedTables, fieldOf, selectOf } from "./tables.ts";

type Row = Record<string, unknown>;

/** Rows that are in memory at a time. */
const BATCH = 1_000;

/** How many rows each file has, by its path below the folder and without its ending. */
export type Written = Record<string, number>;

/**
 * Writes everything of a clinic into a folder, as it is at one instant, with sealed texts opened. Each file is there as JSON
 * Lines and as CSV that Excel opens. `import/` has what `npm run import` reads, `tables/` every table. Rows are
 * read and written a batch at a time. Only the user who runs it can read the files. The audit trail says that everything was exported. Of an
 * export that fails nothing stays.
 * @throws Error when a text is under a key that `fields` does not have
 */
export async function exportClinic(client: Client, fields: Fields, folder: string): Promise<Written> {
  try {
    await client.query("begin isolation level repeatable read read only");
    const written = await writeAll(client, fields, folder);
    await client.query("rollback");
    await client.query(
      `insert into audit (action, entity, entity_id, after, request_id)
       values ('clinic.export', 'clinic', '00000000-0000-7000-8000-000000000002', $1, 'export')`,
      [JSON.stringify({ patients: written["tables/patients"] })],
    );
    return written;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function writeAll(client: ClientBase, fields: Fields, folder: string): Promise<Written> {
  const written: Written = {};
  for (const [kind, { members, select }] of Object.entries(IMPORT_FILES)) {
    const open =
      kind === "appointments"
        ? opener(fields, "appointments", { reason: "reason", cancelNote: "cancel_note" })
        : asItIs;
    written[`import/${kind}`] = await write(client, join(folder, "import"), kind, { members, select, open });
  }
  const leftOut = { members: ["kind", "id", "why"], select: LEFT_OUT, open: asItIs };
  written["left-out"] = await write(client, folder, "left-out", leftOut);
  for (const table of await exportedTables(client)) {
    const columns = Object.fromEntries((SEALED[table.name] ?? []).map((column) => [column, column]));
    const file = { members: table.columns, select: selectOf(table), open: opener(fields, table.name, columns) };
    written[`tables/${table.name}`] = await write(client, join(folder, "tables"), table.name, file);
  }
  return written;
}

const asItIs = (row: Row): Promise<Row> => Promise.resolve(row);

/** @param members which member of a row has which sealed column of `table` */
function opener(fields: Fields, table: string, members: Record<string, string>): (row: Row) => Promise<Row> {
  return async (row) => {
    for (const [member, column] of Object.entries(members)) {
      const stored = row[member];
      if (typeof stored !== "string") continue;
      const text = await fields.unseal(fieldOf(table, column), String(row["id"]), stored);
      if (text === null) throw new Error(`No key of FIELD_KEYS opens ${table}.${column} of ${String(row["id"])}.`);
      row[member] = text;
    }
    return row;
  };
}

interface File {
  members: readonly string[];
  select: string;
  open: (row: Row) => Promise<Row>;
}

async function write(
  client: ClientBase,
  folder: string,
  name: string,
  { members, select, open }: File,
): Promise<number> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [lines, csv] = [
    createWriteStream(join(folder, `${name}.jsonl`), { mode: 0o600 }),
    createWriteStream(join(folder, `${name}.csv`), { mode: 0o600 }),
  ];
  const put = async (stream: typeof lines, text: string): Promise<void> => {
    if (text !== "" && !stream.write(text)) await once(stream, "drain");
  };
  await put(csv, BYTE_ORDER_MARK + csvRecord(members));
  let count = 0;
  for await (const batch of batchesOf(client, select)) {
    const rows = await Promise.all(batch.map(open));
    await put(lines, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await put(csv, rows.map((row) => csvRecord(members.map((member) => cellOf(row[member])))).join(""));
    count += rows.length;
  }
  for (const stream of [lines, csv]) {
    stream.end();
    await once(stream, "finish");
  }
  return count;
}

async function* batchesOf(client: ClientBase, select: string): AsyncGenerator<Row[]> {
  await client.query(`declare exported no scroll cursor for ${select}`);
  for (;;) {
    const { rows } = await client.query<{ row: Row }>(`fetch ${BATCH} from exported`);
    if (rows.length > 0) yield rows.map(({ row }) => row);
    if (rows.length < BATCH) break;
  }
  await client.query("close exported");
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
