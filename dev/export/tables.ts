import type { ClientBase } from "pg";
import type { Field } from "#db/fields.ts";

/** Tables that are not exported: they hold no data of the clinic, or secrets that are of no use elsewhere. */
export const NOT_EXPORTED: Record<string, string> = {
  api_keys: "hashes of secrets: an app gets a new key",
  audit_unsealed: "notes which entries wait for their seal, about a minute's",
  calendar_feeds: "hashes of secrets: a patient makes a new address",
  holds: "which slot a hold is of, for a few minutes",
  idempotency_keys: "answers kept for two days, for requests that are repeated",
  import_chunks: "which parts of files were taken",
  previews: "what a preview showed, for the change that follows it",
};

/** Columns of texts that are stored sealed. */
export const SEALED: Record<string, readonly string[]> = {
  appointments: ["reason", "cancel_note"],
  cases: ["contact_note"],
};

export const fieldOf = (table: string, column: string): Field => `${table}.${column}` as Field;

export interface Table {
  name: string;
  /** In the order of the table. */
  columns: string[];
  /** Of the primary key, in its order. */
  key: string[];
}

/** The tables of the clinic's data, by name. */
export async function exportedTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name,
       array(select a.attname::text from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
       array(select a.attname::text from pg_index i cross join unnest(i.indkey) with ordinality k (attnum, n)
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
         where i.indrelid = c.oid and i.indisprimary order by k.n) as key
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname`,
  );
  return rows.filter(({ name }) => !(name in NOT_EXPORTED));
}

const quoted = (name: string): string => `"${name}"`;

/** A statement with one column `row`: the rows of a table as objects, in the order of its key. */
export function selectOf({ name, columns, key }: Table): string {
  const members = columns.map((column) => `'${column}', t.${quoted(column)}`).join(", ");
  return `select json_build_object(${members}) as row from public.${quoted(name)} t order by ${key.map(quoted).join(", ")}`;
}
