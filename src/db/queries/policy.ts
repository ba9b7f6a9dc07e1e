import type { PolicyValues } from "#domain/policy.ts";
import { type CallerRef, read } from "../call.ts";
import type { Database } from "../client.ts";

/** The policy as the database has it; `changedAt` is epoch milliseconds, `zone` the clinic's. */
export interface PolicyRow {
  values: PolicyValues;
  version: number;
  changedBy: string | null;
  changedAt: number;
  zone: string;
}

/** The policy as it is now: read_policy.sql. Null: no such caller. */
export async function readPolicy(db: Database, caller: CallerRef): Promise<PolicyRow | null> {
  return (await read<PolicyRow>(db, caller, "read_policy")).item;
}
