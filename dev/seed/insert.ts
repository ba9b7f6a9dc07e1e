import { getTableColumns, getTableName } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import type { PgTable } from "drizzle-orm/pg-core";
import { type Client, escapeIdentifier } from "pg";

/**
 * Inserts any number of rows by one statement with one parameter; column names and types are the table's. All rows
 * have the same members as the first, and what they leave out gets its default.
 */
export async function insertRows<Table extends PgTable>(
  client: Client,
  table: Table,
  rows: readonly Table["$inferInsert"][],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = getTableColumns(table);
  const names = Object.keys(first).map((key) => {
    if (!columns[key]) throw new Error(`The table ${getTableName(table)} has no column for ${key}.`);
    return { key, name: toSnakeCase(key) };
  });
  const list = names.map(({ name }) => escapeIdentifier(name)).join(", ");
  const named = rows.map((row) => {
    const values = row as Record<string, unknown>;
    return Object.fromEntries(names.map(({ key, name }) => [name, values[key]]));
  });
  const target = escapeIdentifier(getTableName(table));
  await client.query(
    `insert into ${target} (${list}) select ${list} from json_populate_recordset(null::${target}, $1::json)`,
    [JSON.stringify(named)],
  );
}
