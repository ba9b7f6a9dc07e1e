import type { SQL } from "drizzle-orm";
import type pg from "pg";
import type { Database } from "#db/client.ts";
import { textOf } from "#db/statement.ts";

/** A node of a plan as `explain (analyze, format json)` gives it (PostgreSQL, "Using EXPLAIN"). */
export interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
}

/** Tables that grow with the clinic; the others (policy, doctors, locations) have few rows and are best read whole. */
const GROWING = ["slots", "appointments", "audit", "patients", "people"];

class Explained extends Error {}

/** Runs the one statement that `use` sends, for real and then undone, and gives all nodes of its plan. */
export async function planOf(client: pg.Client, use: (db: Database) => Promise<unknown>): Promise<PlanNode[]> {
  let root: PlanNode | undefined;
  const db = {
    async rows(statement: SQL): Promise<never> {
      const { text, params } = textOf(statement);
      await client.query("begin");
      const { rows } = await client.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
        `explain (analyze, format json) ${text}`,
        params,
      );
      await client.query("rollback");
      root = rows[0]?.["QUERY PLAN"][0]?.Plan;
      throw new Explained();
    },
  };
  await use(db as Partial<Database> as Database).catch((error: unknown) => {
    if (!(error instanceof Explained)) throw error;
  });
  const nodes: PlanNode[] = [];
  const walk = (node: PlanNode): void => {
    nodes.push(node);
    for (const child of node.Plans ?? []) walk(child);
  };
  if (root) walk(root);
  return nodes;
}

/** Rows of the growing tables that a plan read, those included that it then threw away. */
export function rowsRead(nodes: readonly PlanNode[]): number {
  return nodes
    .filter((node) => GROWING.includes(node["Relation Name"] ?? ""))
    .map(
      (node) =>
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0)) *
        node["Actual Loops"],
    )
    .reduce((sum, rows) => sum + rows, 0);
}

/** The tables that a plan reads from end to end. */
export function readWhole(nodes: readonly PlanNode[]): string[] {
  return nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"] ?? "");
}
