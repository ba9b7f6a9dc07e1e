import { neon, neonConfig } from "@neondatabase/serverless";
import { afterAll, inject } from "vitest";
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
 * Creates a database for the calling test file, empty or as a copy of a template, and drops it after the file's last
 * test. To be called at the top level of a test file (`const database = await createTestDatabase(...)`).
 *
 * A test that counts round trips or breaks the network starts a proxy of its own before the same Postgres:
 * `startNeonProxy({ port: 0, upstream: inject("stack").postgres })`.
 */
export async function createTestDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const stack = inject("stack");
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  neonConfig.fetchEndpoint = stack.httpUrl;
  const admin = neon(urlOf(stack, "postgres"));
  await admin.query(`create database ${name} template ${options.template ?? "template1"}`);
  afterAll(async () => {
    // A test may have pointed the driver at a proxy of its own.
    neonConfig.fetchEndpoint = stack.httpUrl;
    await admin.query(`drop database ${name} with (force)`);
  });
  return { name, url: urlOf(stack, name), httpUrl: stack.httpUrl, wsProxy: stack.wsProxy };
}

function urlOf({ postgres }: TestStack, database: string): string {
  const { host, port, user, password } = postgres;
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}
