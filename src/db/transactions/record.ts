import { type SQL, sql } from "drizzle-orm";
import { ms } from "../fragments.ts";

/** Whether a row's version is none of those that the caller accepts. */
export function isOutdated(version: SQL, accepted: number[]): SQL {
  return sql`${version} <> all (${`{${accepted.join(",")}}`}::int[])`;
}

/** The case of a verdict on record `t` that comes first: somebody was faster. */
export function versionCase(versions: number[]): SQL {
  return sql`when ${isOutdated(sql`t.version`, versions)} then jsonb_build_object('code', 'version-conflict',
    'changedBy', (select p.name from people p where p.id = t.changed_by),
    'changedAt', ${ms(sql`t.updated_at`)}, 'zone', (select time_zone from clinic))`;
}
