import { Pool } from "pg";
import { afterAll, expect, test } from "vitest";
import { pgArray } from "#lib/encoding.ts";
import { createTestDatabase } from "#test/support/database.ts";

const pool = new Pool({ connectionString: (await createTestDatabase()).url });
afterAll(() => pool.end());

test("PostgreSQL reads an array literal back as the values that it was made of", async () => {
  const texts = ["", "null", "a,b", '"', "\\", "{}", " ", "ä\n😀", null];
  const { rows } = await pool.query("select $1::text[] as texts, $2::int[] as numbers, $3::boolean[] as flags", [
    pgArray(texts),
    pgArray([1, -2, null]),
    pgArray([]),
  ]);
  expect(rows).toEqual([{ texts, numbers: [1, -2, null], flags: [] }]);
});
