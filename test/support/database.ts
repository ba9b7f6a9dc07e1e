import { neonConfig } from "@neondatabase/serverless";
import { inject } from "vitest";
import { connected } from "#dev/migrate.ts";
import type { TestStack } from "./global-setup.ts";

/** A database of a test file's own. */
export interface TestDatabase {
  name: string;
  /** Connection string; good for Postgres itself and, through the proxy, for the Neon driver. */
  url: string;
  /** For `neonConfig.fetchEndpoint`. */
  httpUrl: string;
  /** For `neonConfig.wsProxy`, with `useSecureWebSocket = false`. */
  wsProxy: string;
}

/**
 * Creates a database for the calling test file, empty or as a copy of a template. It ends with the run's Postgres. To be
 * called at the top level of a test file (`const database = await createTestDatabase(...)`).
 *
 * A test that counts round trips or breaks the network starts a proxy of its own before the same Postgres:
 * `startNeonProxy({ port: 0, upstream: inject("stack").postgres })`.
 */
export async function createTestDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const stack = inject("stack");
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await connected(urlOf(stack, "postgres"), (client) =>
    client.query(`create database ${name} template ${options.template ?? "template1"}`),
  );
  // The file before may have left the driver with a proxy and a patience of its own.
  neonConfig.fetchEndpoint = stack.httpUrl;
  neonConfig.fetchFunction = undefined;
  return { name, url: urlOf(stack, name), httpUrl: stack.httpUrl, wsProxy: stack.wsProxy };
}

function urlOf({ postgres }: TestStack, database: string): string {
  const { host, port, user, password } = postgres;
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}
