import type { Tier } from "#domain/limits.ts";
import { type CallerRef, type Found, read, run } from "../call.ts";
import type { Database } from "../client.ts";

/** An app that calls the API. Instants are epoch milliseconds. */
export interface ApiClientRow {
  id: string;
  name: string;
  tier: Tier;
  origins: string[];
  active: boolean;
  /** The valid keys, the newest first; `expiresAt` is null for the newest. */
  keys: { id: string; createdAt: number; expiresAt: number | null }[];
  version: number;
  zone: string;
}

/** A valid key, as the check of a request needs it. */
export interface ApiKeyRow {
  id: string;
  clientId: string;
  tier: Tier;
  origins: string[];
  expiresAt: number | null;
}

/** The apps by name: list_api_clients.sql. */
export function listApiClients(db: Database, caller: CallerRef): Promise<Found<ApiClientRow[]>> {
  return read(db, caller, "list_api_clients");
}

/** One app: find_api_client.sql. */
export function findApiClient(db: Database, caller: CallerRef, id: string): Promise<Found<ApiClientRow>> {
  return read(db, caller, "find_api_client", { client: id });
}

/** All valid keys: read_api_keys.sql. */
export function readApiKeys(db: Database): Promise<ApiKeyRow[]> {
  return run(db, "read_api_keys");
}
