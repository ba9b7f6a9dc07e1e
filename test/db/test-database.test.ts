import { neon, neonConfig } from "@neondatabase/serverless";
import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { createTestDatabase } from "#test/support/database.ts";

const first = await createTestDatabase();
await direct(first.url, "create table mark as select 'template' as word");
const copy = await createTestDatabase({ template: first.name });

test("A test database is a copy of its template, for one file alone", async () => {
  await neon(copy.url)`update mark set word = 'changed'`;
  expect(await neon(first.url)`select word from mark`).toEqual([{ word: "template" }]);
  expect(await neon(copy.url)`select word from mark`).toEqual([{ word: "changed" }]);
});

test("The same connection string reaches Postgres directly, and through a counting proxy of the test", async () => {
  await direct(copy.url, "update mark set word = 'direct'");

  const proxy = await startNeonProxy({ port: 0, upstream: inject("stack").postgres });
  neonConfig.fetchEndpoint = proxy.httpUrl;
  expect(await neon(copy.url)`select word from mark`).toEqual([{ word: "direct" }]);
  expect(proxy.stats().httpRequests).toBe(1);
  await proxy.close();
});

/** Not through the proxy, whose pool keeps a connection: a database can be copied only while it has none. */
async function direct(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
