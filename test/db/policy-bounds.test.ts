import { getTableColumns } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UpdatePolicy } from "#contract/requests/policy.ts";
import { policy } from "#db/schema/clinic.ts";
import { POLICY, POLICY_NAMES, POLICY_ORDERS, type PolicyName, type PolicyRule } from "#domain/policy.ts";
import { createTestDatabase } from "../support/database.ts";

const database = await createTestDatabase({ template: "migrated" });

/** Columns that are no settings. */
const BOOKKEEPING = ["id", "version", "changedBy", "updatedAt", "remindersSince"];

/** The values at the edges, one list that must be accepted and one that must not. */
function edgesOf(rule: PolicyRule): { good: unknown[]; bad: unknown[] } {
  switch (rule.kind) {
    case "number":
      return { good: [rule.min, rule.max, rule.default], bad: [rule.min - 1, rule.max + 1] };
    case "numbers":
      return {
        good: [
          [],
          [rule.min],
          [rule.max],
          [...rule.default],
          Array.from({ length: rule.maxItems }, (_, i) => rule.min + i),
        ],
        bad: [[rule.min - 1], [rule.max + 1], Array.from({ length: rule.maxItems + 1 }, (_, i) => rule.min + i)],
      };
    case "choice":
      return { good: [...rule.options], bad: ["nobody", ""] };
    case "choices":
      return {
        good: [[...rule.default], rule.options.slice(-1), [...rule.options].toReversed()],
        bad: [[], ["xx"], [...rule.options, "xx"], [...rule.options, ...rule.options]],
      };
    case "switch":
      return { good: [true, false], bad: [] };
  }
}

describe("policy bounds", () => {
  const owner = new pg.Pool({ connectionString: database.url, max: 1 });
  owner.on("error", () => {});
  beforeAll(async () => {
    await owner.query("insert into policy default values");
  });
  afterAll(() => owner.end());

  /** Sets the one setting, with the settings it is ordered with at their far bounds. Returns the broken constraint. */
  async function set(name: PolicyName, value: unknown): Promise<string | null> {
    const aside = POLICY_ORDERS.flatMap(({ low, high }) => {
      if (low === name) return [[high, (POLICY[high] as { max: number }).max] as const];
      return high === name ? [[low, (POLICY[low] as { min: number }).min] as const] : [];
    });
    const changes = new Map<PolicyName, unknown>([...aside, [name, value]]);
    const columns = [...changes.keys()].map((key, i) => `${toSnakeCase(key)} = $${i + 1}`);
    await owner.query("begin");
    try {
      await owner.query(`update policy set ${columns.join(", ")}`, [...changes.values()]);
      return null;
    } catch (error) {
      expect(error).toMatchObject({ code: "23514" });
      return (error as pg.DatabaseError).constraint ?? "";
    } finally {
      await owner.query("rollback");
    }
  }

  test("Every column of the policy is a setting in the table, and every setting is a column", () => {
    const columns = Object.keys(getTableColumns(policy)).filter((name) => !BOOKKEEPING.includes(name));
    expect(columns.sort()).toEqual([...POLICY_NAMES].sort());
  });

  test("The database has no column of the policy that the schema does not have", async () => {
    const { rows } = await owner.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_name = 'policy'",
    );
    expect(rows.map(({ name }) => name).sort()).toEqual([...POLICY_NAMES, ...BOOKKEEPING].map(toSnakeCase).sort());
  });

  test("A new clinic has the defaults", async () => {
    const { rows } = await owner.query("select * from policy");
    for (const name of POLICY_NAMES)
      expect({ [name]: rows[0][toSnakeCase(name)] }).toEqual({ [name]: POLICY[name].default });
  });

  test.each(POLICY_NAMES)("%s has the same bounds in the database, on the wire and in the table", async (name) => {
    const { good, bad } = edgesOf(POLICY[name]);
    for (const value of good) {
      expect({ value, broken: await set(name, value) }).toEqual({ value, broken: null });
      expect({ value, ok: UpdatePolicy().safeParse({ [name]: value }).success }).toEqual({ value, ok: true });
    }
    for (const value of bad) {
      expect({ value, broken: await set(name, value) }).toEqual({ value, broken: `policy_${toSnakeCase(name)}` });
      expect({ value, ok: UpdatePolicy().safeParse({ [name]: value }).success }).toEqual({ value, ok: false });
    }
  });

  test.each(POLICY_ORDERS)(
    "$low must not be greater than $high, in the database too",
    async ({ low, high, lowScale, highScale }) => {
      const at = (POLICY[low] as { max: number }).max;
      const least = Math.ceil((at * lowScale) / highScale);
      const change = `update policy set ${toSnakeCase(low)} = $1, ${toSnakeCase(high)} = $2`;
      await owner.query(change, [at, least]);
      await expect(owner.query(change, [at, least - 1])).rejects.toMatchObject({
        code: "23514",
        constraint: `policy_${toSnakeCase(low)}_order`,
      });
      await owner.query("delete from policy");
      await owner.query("insert into policy default values");
    },
  );
});
