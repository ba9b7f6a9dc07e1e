import type { PolicyName, PolicyValues } from "#domain/policy.ts";
import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { PolicyRow } from "../queries/policy.ts";
import { columnsOf } from "./columns.ts";
import type { AdministrationRefusal } from "./record-refusal.ts";

/** Why the policy stays as it is. `changedAt` is epoch milliseconds. */
export type PolicyRefusal =
  | AdministrationRefusal
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  /** Two settings would contradict each other: `low` would exceed `high`, in the units that `POLICY_ORDERS` relates. */
  | { code: "out-of-order"; low: PolicyName; high: PolicyName };

/** An administrator changes the named settings: change_policy.sql. `versions`: the versions (ETags) that the caller accepts. */
export function changePolicy(
  db: Database,
  act: Act,
  { versions, changes }: { versions: number[]; changes: Partial<PolicyValues> },
): Promise<Outcome<PolicyRow, PolicyRefusal>> {
  return call(db, act, "change_policy", { versions, changes: columnsOf(changes) });
}
