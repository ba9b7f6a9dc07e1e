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

/** A kind of record that has versions, and how its rows are told of. */
export interface RecordKind {
  table: SQL;
  /** For the audit trail: its id, and the patient's in whose history it belongs, or null. */
  ids: (row: SQL) => SQL;
  /** What is answered. */
  json: (row: SQL) => SQL;
  /** What the audit trail keeps. */
  audit: (row: SQL) => SQL;
}

/**
 * `altered` and `change`: the `current` record with `set`, if `verdict` does not refuse it and says that it `differs`;
 * what is so already is answered, and neither counted as a change nor audited.
 */
export function alteredCtes({ table, ids, json, audit }: RecordKind, set: SQL): SQL {
  const [was, is] = [sql`c`, sql`a`];
  return sql`altered as (
      update ${table} t set ${set}, changed_by = (select actor_id from go), updated_at = clock_timestamp(),
        version = t.version + 1
      from verdict v where t.id = (select id from current) and v.refusal is null and v.differs
      returning t.*),
    change (entity_id, patient_id, before, after, result, changed) as materialized (
      select ${ids(is)}, ${audit(was)}, ${audit(is)}, ${json(is)}, true from altered a, current c
      union all
      select ${ids(was)}, null, null, ${json(was)}, false
      from current c, verdict v where v.refusal is null and not v.differs)`;
}
