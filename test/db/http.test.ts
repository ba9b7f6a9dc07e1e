import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { failureOf } from "#db/errors.ts";
import { openFields } from "#db/fields.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { TEST_KEYS } from "#test/support/small-clinic.ts";

const database = await createTestDatabase();
const settings = {
  url: database.url,
  httpUrl: database.httpUrl,
  functions: "none",
  fields: openFields(TEST_KEYS),
  timeoutMs: 20_000,
};
const db = openDatabase(settings);

/** A proxy that answers everything like this. */
async function proxyThatAnswers(status: number, body: string): Promise<string> {
  const server: Server = createServer((_, response) => response.writeHead(status).end(body));
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`;
}

describe("a statement over HTTP", () => {
  test("Numbers, booleans, JSON and nulls are read, and all else stays text", async () => {
    const text = `select 1::int as int, 2.5::float8 as float, 9007199254740993::bigint as big, true as yes, false as no,
      null::text as nothing, '{"a": [1]}'::jsonb as jsonb, '[2]'::json as json, '2026-12-01'::date as date, $1::text as given`;
    expect(await db.rows({ text, params: ["ü'\"\\"] })).toEqual([
      {
        int: 1,
        float: 2.5,
        big: "9007199254740993",
        yes: true,
        no: false,
        nothing: null,
        jsonb: { a: [1] },
        json: [2],
        date: "2026-12-01",
        given: "ü'\"\\",
      },
    ]);
  });

  test("Numbers, booleans and nulls arrive as they were given", async () => {
    const text = "select $1::int + 1 as int, not $2::boolean as flag, coalesce($3::text, 'none') as text";
    expect(await db.rows({ text, params: [41, false, null] })).toEqual([{ int: 42, flag: true, text: "none" }]);
  });

  test("A statement that fails has its SQLSTATE and constraint, but no value in its log fields", async () => {
    const statement = { text: "select 1 / $1::int", params: [0] };
    await expect(db.rows(statement)).rejects.toMatchObject({ name: "StatementFailed", code: "22012" });
  });

  test.each([
    [502, "<html>Bad gateway</html>"],
    [200, '{"fields": ['],
    [200, "<html>"],
  ])("An answer %i that is not the database's means that the database is unavailable", async (status, body) => {
    const httpUrl = await proxyThatAnswers(status, body);
    const error = await openDatabase({ ...settings, httpUrl })
      .rows({ text: "select 1", params: [] })
      .catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toEqual({ kind: "unavailable" });
  });
});
