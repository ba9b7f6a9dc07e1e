import { type SQL, sql } from "drizzle-orm";

/** Whether a row's version is none of those that the caller accepts. */
export function isOutdated(version: SQL, accepted: number[]): SQL {
  return sql`${version} <> all (${`{${accepted.join(",")}}`}::int[])`;
}
