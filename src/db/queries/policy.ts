import { type SQL, sql } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import { POLICY_NAMES, type PolicyValues } from "#domain/policy.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, ms } from "../fragments.ts";

/** The policy as the database tells it; `changedAt` is epoch milliseconds, `zone` the clinic's. */
export interface PolicyRow {
  values: PolicyValues;
  version: number;
  changedBy: string | null;
  changedAt: number;
  zone: string;
}

/** The settings alone of a policy row `p`, as jsonb by their names on the wire. */
export function policyValues(p: SQL): SQL {
  const pairs = POLICY_NAMES.map((name) => sql`${name}::text, ${p}.${sql.identifier(toSnakeCase(name))}`);
  return sql`jsonb_build_object(${sql.join(pairs, sql`, `)})`;
}

/** A policy row `p` as jsonb, for `PolicyRow`. */
export function policyJson(p: SQL): SQL {
  return sql`jsonb_build_object('values', ${policyValues(p)}, 'version', ${p}.version,
    'changedBy', (select x.name from people x where x.id = ${p}.changed_by),
    'changedAt', ${ms(sql`${p}.updated_at`)}, 'zone', (select time_zone from clinic))`;
}

/** The policy as it is now. Null: no such caller. */
export async function readPolicy(db: Database, caller: CallerRef): Promise<PolicyRow | null> {
  const [row] = await db.rows<{ policy: PolicyRow | null }>(sql`${ctes([actorCte(caller)])}
    select (select ${policyJson(sql`p`)} from policy p where exists (select from actor)) as policy`);
  return row?.policy ?? null;
}
