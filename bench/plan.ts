import type pg from "pg";
import type { Database } from "#db/client.ts";
import type { Statement } from "#db/transaction.ts";
import { readFunctions } from "#dev/functions.ts";
import { openFields } from "#db/fields.ts";
import { TEST_KEYS } from "#test/support/small-clinic.ts";

/** A node of a plan as `explain (analyze, format json)` gives it (PostgreSQL, "Using EXPLAIN"). */
export interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  Filter?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
}

/** Tables that grow with the clinic; the others (policy, doctors, locations) have few rows and are read completely. */
const GROWING = ["slots", "appointments", "audit", "patients", "people"];

/** The output of auto_explain about a statement: its duration, then its text and plan. */
const EXPLAINED = /^duration: [\d.]+ ms {2}plan:\n(\{.*\})$/s;

/**
 * Runs the statements of `use`, rolls them back, and returns the nodes of all plans. These include the statements inside the
 * functions that they call.
 * @param client a superuser's connection, to which auto_explain (PostgreSQL, F.3) reports
 */
export async function planOf(client: pg.Client, use: (db: Database) => Promise<unknown>): Promise<PlanNode[]> {
  const nodes: PlanNode[] = [];
  const walk = (node: PlanNode): void => {
    nodes.push(node);
    for (const child of node.Plans ?? []) walk(child);
  };
  const listen = ({ message }: { message?: string | undefined }): void => {
    const [, plan] = EXPLAINED.exec(message ?? "") ?? [];
    if (plan) walk((JSON.parse(plan) as { Plan: PlanNode }).Plan);
  };
  await client.query(AUTO_EXPLAIN);
  client.on("notice", listen);
  await client.query("begin");
  try {
    const db: Pick<Database, "functions" | "fields" | "rows"> = {
      functions: readFunctions().schema,
      fields: openFields(TEST_KEYS),
      async rows<Row>({ text, params }: Statement): Promise<Row[]> {
        return (await client.query(text, [...params])).rows as Row[];
      },
    };
    await use(db as Database);
  } finally {
    await client.query("rollback");
    client.off("notice", listen);
  }
  return nodes;
}

const AUTO_EXPLAIN = `
  load 'auto_explain';
  set client_min_messages = log;
  set auto_explain.log_min_duration = 0;
  set auto_explain.log_format = json;
  set auto_explain.log_analyze = on;
  set auto_explain.log_timing = off;
  set auto_explain.log_nested_statements = on`;

/** Rows of the growing tables that a plan read, with those that its filters removed. */
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

/** The tables that a plan reads completely. */
export function readWhole(nodes: readonly PlanNode[]): string[] {
  return nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"] ?? "");
}
