import { types } from "@neondatabase/serverless";
import type { SQL } from "drizzle-orm";
import { CasingCache } from "drizzle-orm/casing";

/** What drizzle's drivers do for a statement, without the query builders that they would bring into the Worker. */
const dialect = {
  casing: new CasingCache("snake_case"),
  escapeName: (name: string) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: (index: number) => `$${index + 1}`,
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
};

/** `date`, `timestamp`, `timestamptz`, `interval` and arrays of them (pg_type.oid). */
const MOMENTS = [1082, 1114, 1184, 1186, 1182, 1115, 1185, 1187];

// They stay PostgreSQL's text: a Date would be in this process's zone, and has no calendar dates.
for (const oid of MOMENTS) types.setTypeParser(oid, (text: string) => text);

/** A statement as PostgreSQL gets it: its text with `$1`, `$2`, ... and their values. */
export function textOf(statement: SQL): { text: string; params: unknown[] } {
  const { sql, params } = statement.toQuery(dialect);
  return { text: sql, params };
}
