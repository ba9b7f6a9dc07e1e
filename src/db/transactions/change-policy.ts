import { type SQL, sql } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import {
  POLICY,
  POLICY_NAMES,
  POLICY_ORDERS,
  type PolicyName,
  type PolicyRule,
  type PolicyValues,
} from "#domain/policy.ts";
import type { Database } from "../client.ts";
import { type PolicyRow, policyJson, policyValues } from "../queries/policy.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { type RecordKind, alteredCtes, versionCase } from "./record.ts";

/** The one policy row has no identifier of its own; the audit trail knows it by this one. */
const POLICY_ENTITY = "00000000-0000-7000-8000-000000000001";

const SETTINGS: RecordKind = {
  table: sql`policy`,
  ids: () => sql`${POLICY_ENTITY}::uuid, null::uuid`,
  json: policyJson,
  audit: policyValues,
};

const TYPES: Record<PolicyRule["kind"], string> = {
  number: "int",
  numbers: "int[]",
  choice: "text",
  choices: "text[]",
  switch: "boolean",
};

/** Why the policy stays as it is. `changedAt` is epoch milliseconds. */
export type PolicyRefusal =
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  /** Two settings would contradict each other: `low` would exceed `high`, in the units that `POLICY_ORDERS` relates. */
  | { code: "out-of-order"; low: PolicyName; high: PolicyName };

/**
 * Changes some settings, in one statement with its audit row. What is decided from then on follows the new ones; a hold
 * that runs keeps the expiry written into it. Refused (nothing changed) when the policy is not in one of `versions` any
 * more, or two settings would contradict each other. Setting what is set already changes nothing, the version neither.
 */
export function changePolicy(
  db: Database,
  act: Act,
  { versions, changes }: { versions: number[]; changes: Partial<PolicyValues> },
): Promise<Outcome<PolicyRow, PolicyRefusal>> {
  const names = POLICY_NAMES.filter((name) => changes[name] !== undefined);
  const after = (name: PolicyName): SQL => {
    const value = changes[name];
    if (value === undefined) return sql`t.${sql.identifier(toSnakeCase(name))}`;
    return sql`${Array.isArray(value) ? `{${value.join(",")}}` : value}::${sql.raw(TYPES[POLICY[name].kind])}`;
  };
  const disorders = POLICY_ORDERS.map(
    ({ low, lowScale, high, highScale }) => sql`
      when ${after(low)} * ${lowScale}::int > ${after(high)} * ${highScale}::int then
        jsonb_build_object('code', 'out-of-order', 'low', ${low}::text, 'high', ${high}::text)`,
  );
  const set = names.map((name) => sql`${sql.identifier(toSnakeCase(name))} = ${after(name)}`);
  const differs = names.map((name) => sql`t.${sql.identifier(toSnakeCase(name))} is distinct from ${after(name)}`);

  return runVerb<PolicyRow, PolicyRefusal>(db, act, {
    audit: { action: "policy.change", entity: "policy" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as (select null where false),
      current as materialized (select t.* from policy t where exists (select from go) for update),
      verdict as materialized (
        select case ${versionCase(versions)} ${sql.join(disorders, sql` `)} end as refusal,
          ${sql.join(differs, sql` or `)} as differs
        from current t),
      ${alteredCtes(SETTINGS, sql.join(set, sql`, `))}`,
  });
}
