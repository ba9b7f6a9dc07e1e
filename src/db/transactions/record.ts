import { type SQL, sql } from "drizzle-orm";
import { ms } from "../fragments.ts";
import { doctorAudit, doctorRecordJson } from "../queries/doctors.ts";
import { patientJson } from "../queries/patients.ts";

/** Why a record of a person stays as it is. Instants are epoch milliseconds. */
export type RecordRefusal =
  | { code: "not-found" }
  /** A guard of the database said no. */
  | { code: "conflict"; constraint: string }
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  /** Merged into another record, a doctor who still has appointments; for a login: switched off, or having one. */
  | { code: "wrong-state"; current: "merged" | "active" | "inactive" | "linked"; appointments?: number }
  /** The login is somebody's at this clinic. */
  | { code: "login-taken" }
  /** Born after today at the clinic. */
  | { code: "not-born-yet" }
  /** The clinic writes in no such language, only in these. */
  | { code: "unknown-language"; languages: string[] };

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

/** The case of a date of birth that has not come yet, by the clinic's calendar. */
export function notBornCase(dateOfBirth: string): SQL {
  return sql`when ${dateOfBirth}::date > (clock_timestamp() at time zone (select time_zone from clinic))::date then
    jsonb_build_object('code', 'not-born-yet')`;
}

/** The case of a language that is none of the clinic's locales. */
export function languageCase(language: string): SQL {
  return sql`when not ${language} = any((select locales from policy)::text[]) then
    jsonb_build_object('code', 'unknown-language', 'languages', (select to_jsonb(locales) from policy))`;
}

/** Columns and what they are set to, of what SQL type, for those that are named; `null` empties a column. */
export function assignments(
  values: Record<
    string,
    [value: string | number | boolean | null | undefined, type: "text" | "int" | "boolean" | "date"]
  >,
) {
  const named = Object.entries(values).flatMap(([column, [given, type]]) => {
    if (given === undefined) return [];
    const name = sql.identifier(column);
    const value = sql`${given}::${sql.raw(type)}`;
    return [{ set: sql`${name} = ${value}`, differs: sql`t.${name} is distinct from ${value}` }];
  });
  return {
    set: sql.join(
      named.map(({ set }) => set),
      sql`, `,
    ),
    differs: sql.join(
      named.map(({ differs }) => differs),
      sql` or `,
    ),
  };
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

export const DOCTOR: RecordKind = {
  table: sql`doctors`,
  ids: (row) => sql`${row}.id, null::uuid`,
  json: doctorRecordJson,
  audit: doctorAudit,
};

export const PATIENT: RecordKind = {
  table: sql`patients`,
  ids: (row) => sql`${row}.id, ${row}.id`,
  json: patientJson,
  audit: patientJson,
};

/** `current`: a record as it is, for nobody else to change meanwhile. */
export function currentCte({ table }: RecordKind, id: string): SQL {
  return sql`current as materialized (
    select t.* from ${table} t where exists (select from go) and t.id = ${id}::uuid for no key update)`;
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

/**
 * `login`: somebody whose record is switched off cannot log in any more, and every session of theirs ends; switched on
 * again, they can. `altered` is the record after, `current` the one before.
 */
export const loginCte = sql`login as (
  update people p set active = a.active, session_version = p.session_version + 1
  from altered a, current c where p.id = a.person_id and a.active is distinct from c.active)`;
