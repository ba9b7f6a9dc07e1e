import { type SQL, sql } from "drizzle-orm";
import { ms } from "../fragments.ts";

/** Why a record of a person stays as it is. Instants are epoch milliseconds. */
export type RecordRefusal =
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  /** Merged into another record, a doctor who still has appointments; for a login: switched off, or having one. */
  | { code: "wrong-state"; current: "merged" | "active" | "inactive" | "linked"; appointments?: number }
  /** The login is somebody's at this clinic. */
  | { code: "login-taken" }
  /** Born after today at the clinic. */
  | { code: "not-born-yet" }
  /** The clinic writes in no such language, only in these. */
  | { code: "unknown-language"; languages: string[] };

/** The case of a verdict on record `t` that comes first: somebody was faster. */
export function versionCase(versions: number[]): SQL {
  return sql`when t.version not in (${sql.join(
    versions.map((version) => sql`${version}::int`),
    sql`, `,
  )}) then jsonb_build_object('code', 'version-conflict',
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
  return sql`when not ${language} = any((select locales from clinic)::text[]) then
    jsonb_build_object('code', 'unknown-language', 'languages', (select to_jsonb(locales) from clinic))`;
}

/** Columns and what they are set to, for those that are named; `null` empties a column. */
export function assignments(
  values: Record<string, { value: string | number | boolean | null; type: string } | undefined>,
) {
  const named = Object.entries(values).flatMap(([column, given]) => {
    if (given === undefined) return [];
    const name = sql.identifier(column);
    const value = sql`${given.value}::${sql.raw(given.type)}`;
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

/**
 * `login`: somebody whose record is switched off cannot log in any more, and every session of theirs ends; switched on
 * again, they can. `altered` is the record after, `current` the one before.
 */
export const loginCte = sql`login as (
  update people p set active = a.active, epoch = p.epoch + 1
  from altered a, current c where p.id = a.person_id and a.active is distinct from c.active)`;
