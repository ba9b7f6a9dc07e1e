import type { Tier } from "#domain/limits.ts";
import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { ApiClientRow } from "../queries/api-clients.ts";
import { columnsOf } from "./columns.ts";
import type { AdministrationRefusal, LoginOf, RecordRefusal } from "./record-refusal.ts";

/** Why an app stays as it is. */
export type ApiClientRefusal = RecordRefusal | AdministrationRefusal;

export interface ApiClientInput {
  name: string;
  tier: Tier;
  /** Origins as browsers send them (`https://book.clinic.example`); none: any. */
  origins: string[];
}

/** An administrator adds an app, with its first key: create_api_client.sql. */
export function createApiClient(
  db: Database,
  act: Act,
  { name, tier, origins }: ApiClientInput,
): Promise<Outcome<ApiClientRow, ApiClientRefusal>> {
  return call(db, act, "create_api_client", { client_name: name, client_tier: tier, client_origins: origins });
}

/** An administrator changes an app, or switches it off: change_api_client.sql. Left out members stay. */
export function changeApiClient(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
  changes: { [Member in keyof ApiClientInput]?: ApiClientInput[Member] | undefined } & { active?: boolean | undefined },
): Promise<Outcome<ApiClientRow, ApiClientRefusal>> {
  return call(db, act, "change_api_client", { client: id, versions, changes: columnsOf(changes) });
}

/** An administrator gives an app a new key; the one before stays valid for some minutes: rotate_api_key.sql. */
export function rotateApiKey(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
  overlapMinutes: number,
): Promise<Outcome<ApiClientRow, ApiClientRefusal>> {
  return call(db, act, "rotate_api_key", { client: id, versions, overlap_minutes: overlapMinutes });
}
