import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { startPostgres } from "#dev/postgres.ts";
import { UNCALLED_FILE, countCalls, uncalledFunctions } from "./called-functions.ts";
import { templates } from "./templates.ts";

/** Where the run's one Postgres and the Neon proxy before it are; `inject("stack")` in a test. */
export interface TestStack {
  postgres: { host: string; port: number; user: string; password: string };
  /** For `neonConfig.fetchEndpoint`. */
  httpUrl: string;
  /** For `neonConfig.wsProxy`, with `useSecureWebSocket = false`. */
  wsProxy: string;
}

declare module "vitest" {
  interface ProvidedContext {
    stack: TestStack;
  }
}

/** One Postgres and one Neon proxy for the whole test run, with the template databases prepared. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-test-"));
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), port: 0, durable: false });
  const proxy = await startNeonProxy({ port: 0, upstream: postgres });
  await countCalls(postgres.url("postgres"));
  for (const template of templates) {
    await postgres.createDatabase(template.name);
    await template.prepare(postgres.url(template.name));
  }
  project.provide("stack", {
    postgres: { host: postgres.host, port: postgres.port, user: postgres.user, password: postgres.password },
    httpUrl: proxy.httpUrl,
    wsProxy: proxy.wsProxy,
  });
  return async () => {
    await proxy.close();
    const file = process.env[UNCALLED_FILE];
    if (file) await writeFile(file, (await uncalledFunctions((name) => postgres.url(name))).join(" "));
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  };
}
