import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FOLDERS } from "../../oxlint.config.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const IMPORTS = "eslint(no-restricted-imports)";
const PROPERTIES = "eslint(no-restricted-properties)";
const GLOBALS = "eslint(no-restricted-globals)";
const CYCLE = "import(no-cycle)";

/** Deliberate violations: where, what, and the rule that must object. */
const violations: [file: string, code: string, rule: string][] = [
  ["src/domain/a.ts", 'import * as z from "zod/v4"; export const a = z;', IMPORTS],
  ["src/domain/b.ts", 'import { db } from "#db/client.ts"; export const b = db;', IMPORTS],
  ["src/domain/c.ts", 'import type { Database } from "#db/client.ts"; export type C = Database;', IMPORTS],
  ["src/domain/d.ts", 'import type { Config } from "#contract/clinic.ts"; export type D = Config;', IMPORTS],
  ["src/domain/e.ts", 'export { Hono } from "hono";', IMPORTS],
  ["src/domain/f.ts", 'import { now } from "../db/client.ts"; export const f = now;', IMPORTS],
  ["src/domain/schedule/g.ts", 'import { readFileSync } from "node:fs"; export const g = readFileSync;', IMPORTS],
  ["src/domain/h.ts", "export const h = Date.now();", PROPERTIES],
  ["src/domain/i.ts", "export const i = Math.random();", PROPERTIES],
  ["src/domain/j.ts", "export const j = Temporal.Now.instant();", PROPERTIES],
  ["src/domain/m.ts", 'import { instant } from "temporal-polyfill/fns/Now"; export const m = instant;', IMPORTS],
  ["src/domain/n.ts", 'import { Temporal } from "temporal-polyfill"; export const n = Temporal;', IMPORTS],
  ["src/domain/k.ts", 'export const k = await fetch("https://example.com");', GLOBALS],
  ["src/domain/l.ts", "export const l = crypto.randomUUID();", GLOBALS],

  ["src/domain/o.ts", 'import type { P } from "./p.ts"; export type O = { p: P };', CYCLE],
  ["src/domain/p.ts", 'import type { O } from "./o.ts"; export type P = { o: O };', CYCLE],
  ["web/kit/ui/q.ts", 'import { r } from "../api/r.ts"; export const q = () => r;', CYCLE],
  ["web/kit/api/r.ts", 'import { q } from "../ui/q.ts"; export const r = () => q;', CYCLE],

  ["src/contract/a.ts", 'import { sql } from "drizzle-orm"; export const a = sql;', IMPORTS],
  ["src/contract/b.ts", 'import { db } from "#db/client.ts"; export const b = db;', IMPORTS],
  ["src/contract/c.ts", 'import type { Context } from "hono"; export type C = Context;', IMPORTS],
  ["src/contract/d.ts", 'import { z } from "zod"; export const d = z;', IMPORTS],

  ["src/routes/s.ts", 'import { Hold } from "#contract/answers/holds.ts"; export const s = Hold;', IMPORTS],
  [
    "web/patient/e.ts",
    'import { CreateHold } from "#contract/requests/holds.ts"; export const e = CreateHold;',
    IMPORTS,
  ],
  ["src/reference/a.ts", 'import { holds } from "#routes/holds.ts"; export const a = holds;', IMPORTS],
  ["src/routes/r.ts", 'import { holds } from "#reference/holds.ts"; export const r = holds;', IMPORTS],

  ["src/db/a.ts", 'import { Hono } from "hono"; export const a = Hono;', IMPORTS],
  ["src/db/queries/b.ts", 'import { send } from "#adapters/ses.ts"; export const b = send;', IMPORTS],
  ["src/db/queries/c.ts", 'import type { App } from "#src/context.ts"; export type C = App;', IMPORTS],
  ["src/db/transactions/d.ts", 'import { route } from "#routes/holds.ts"; export const d = route;', IMPORTS],
  ["src/db/schema/e.ts", 'import { runOnce } from "#jobs/notify.ts"; export const e = runOnce;', IMPORTS],
  ["src/db/transactions/f.ts", 'import { runOnce } from "../../jobs/notify.ts"; export const f = runOnce;', IMPORTS],
  ["src/db/functions/lib/i.ts", 'import { act } from "../../../http/act.ts"; export const i = act;', IMPORTS],
  ["src/db/functions/lib/j.ts", 'import { act } from "./../../../http/act.ts"; export const j = act;', IMPORTS],
  ["src/db/g.ts", 'import { env } from "../env.ts"; export const g = env;', IMPORTS],

  ["src/adapters/a.ts", 'import { send } from "./ses.ts"; export const a = send;', IMPORTS],
  ["src/adapters/b.ts", 'import type { Queue } from "#adapters/qstash.ts"; export type B = Queue;', IMPORTS],
  ["src/adapters/c.ts", 'import { db } from "#db/client.ts"; export const c = db;', IMPORTS],
  ["src/adapters/d.ts", 'import { route } from "#routes/holds.ts"; export const d = route;', IMPORTS],
  ["src/adapters/e.ts", 'import { runOnce } from "#jobs/notify.ts"; export const e = runOnce;', IMPORTS],

  ["src/routes/a.ts", 'import { holds } from "./holds.ts"; export const a = holds;', IMPORTS],
  ["src/routes/b.ts", 'import { holds } from "#routes/holds.ts"; export const b = holds;', IMPORTS],
  ["src/routes/c.ts", 'import { sql } from "drizzle-orm"; export const c = sql;', IMPORTS],
  ["src/routes/d.ts", 'import type { SQL } from "drizzle-orm"; export type D = SQL;', IMPORTS],
  ["src/routes/e.ts", 'import { Redis } from "@upstash/redis"; export const e = Redis;', IMPORTS],
  ["src/routes/f.ts", 'import { runOnce } from "#jobs/notify.ts"; export const f = runOnce;', IMPORTS],
  ["src/http/g.ts", 'import { holds } from "#routes/holds.ts"; export const g = holds;', IMPORTS],
  ["src/http/middleware/h.ts", 'import { neon } from "@neondatabase/serverless"; export const h = neon;', IMPORTS],

  ["src/operations/a.ts", 'import { holds } from "#routes/holds.ts"; export const a = holds;', IMPORTS],
  ["src/operations/b.ts", 'import type { Context } from "hono"; export type B = Context;', IMPORTS],
  ["src/operations/d.ts", 'import { neon } from "@neondatabase/serverless"; export const d = neon;', IMPORTS],
  ["src/operations/c.ts", 'import { send } from "#adapters/ses.ts"; export const c = send;', IMPORTS],
  ["src/lib/a.ts", 'import { db } from "#db/client.ts"; export const a = db;', IMPORTS],
  ["src/lib/b.ts", 'import { overlap } from "#domain/interval.ts"; export const b = overlap;', IMPORTS],
  ["src/lib/c.ts", 'import { encode } from "jose/base64url"; export const c = encode;', IMPORTS],

  ["src/jobs/a.ts", 'import { runOnce } from "./notify.ts"; export const a = runOnce;', IMPORTS],
  ["src/jobs/b.ts", 'import { runOnce } from "#jobs/notify.ts"; export const b = runOnce;', IMPORTS],
  ["src/jobs/c.ts", 'import { sql } from "drizzle-orm"; export const c = sql;', IMPORTS],
  ["src/jobs/d.ts", 'import { Client } from "@upstash/qstash"; export const d = Client;', IMPORTS],
  ["src/jobs/e.ts", 'import { holds } from "#routes/holds.ts"; export const e = holds;', IMPORTS],

  ["src/a.ts", 'import { startStack } from "#dev/stack.ts"; export const a = startStack;', IMPORTS],
  ["src/b.ts", 'import { startStack } from "../dev/stack.ts"; export const b = startStack;', IMPORTS],
  ["src/c.ts", 'import type { Stack } from "#dev/stack.ts"; export type C = Stack;', IMPORTS],
  ["src/routes/i.ts", 'import { startStack } from "#dev/stack.ts"; export const i = startStack;', IMPORTS],
  ["src/db/h.ts", 'import { startStack } from "../../dev/stack.ts"; export const h = startStack;', IMPORTS],

  ["web/patient/a.ts", 'import { board } from "../staff/board.ts"; export const a = board;', IMPORTS],
  ["web/patient/b.ts", 'import type { Database } from "#db/client.ts"; export type B = Database;', IMPORTS],
  ["web/patient/c.ts", 'import { db } from "../../src/db/client.ts"; export const c = db;', IMPORTS],
  ["web/patient/d.ts", 'import { send } from "#adapters/ses.ts"; export const d = send;', IMPORTS],
  ["web/staff/a.ts", 'import { times } from "../patient/times.ts"; export const a = times;', IMPORTS],
  ["web/staff/b.ts", 'import { holds } from "#routes/holds.ts"; export const b = holds;', IMPORTS],
  ["web/staff/c.ts", 'import { startStack } from "#dev/stack.ts"; export const c = startStack;', IMPORTS],
  ["web/patient/times/e.ts", 'import { hold } from "../hold/hold.ts"; export const e = hold;', IMPORTS],
  ["web/patient/times/f.ts", 'import { router } from "../router.tsx"; export const f = router;', IMPORTS],
  ["web/patient/times/g.ts", 'import classes from "../hold/Hold.module.css"; export const g = classes;', IMPORTS],
  ["web/patient/times/days/h.ts", 'import { hold } from "../../hold/hold.ts"; export const h = hold;', IMPORTS],
  ["web/staff/board/d.ts", 'import { queue } from "../queue/queue.ts"; export const d = queue;', IMPORTS],
  ["web/kit/a.ts", 'import { times } from "../patient/times.ts"; export const a = times;', IMPORTS],
  ["web/kit/b.ts", 'import { runOnce } from "#jobs/notify.ts"; export const b = runOnce;', IMPORTS],
];

/** The imports that each folder needs; the guards must allow them. */
const clean: [file: string, code: string][] = [
  ["src/lib/clean.ts", 'import { toHex } from "./encoding.ts"; export const a = toHex;'],
  [
    "src/domain/clean.ts",
    'import { fromString } from "temporal-polyfill/fns/Instant"; import { overlap } from "./interval.ts"; ' +
      'import { zone } from "#domain/clinic-time.ts"; export const a = [fromString, overlap, zone];',
  ],
  [
    "src/contract/clean.ts",
    'import * as z from "zod/v4"; import { overlap } from "#domain/interval.ts"; import { Id } from "./common.ts"; ' +
      "export const a = [z, overlap, Id];",
  ],
  [
    "src/reference/clean.ts",
    'import * as z from "zod/v4"; import { Hold } from "#contract/answers/holds.ts"; import { json } from "#reference/describe.ts"; ' +
      "export const a = [z, Hold, json];",
  ],
  [
    "src/db/transactions/clean.ts",
    'import { sql } from "drizzle-orm"; import { neon } from "@neondatabase/serverless"; ' +
      'import { runVerb } from "../verb.ts"; import { overlap } from "#domain/interval.ts"; ' +
      "export const a = [sql, neon, runVerb, overlap];",
  ],
  [
    "src/adapters/clean.ts",
    'import { Redis } from "@upstash/redis"; import { overlap } from "#domain/interval.ts"; ' +
      'import { Id } from "#contract/common.ts"; export const a = [Redis, overlap, Id];',
  ],
  [
    "src/db/functions/lib/clean.ts",
    'import { runVerb } from "../../verb.ts"; import { toHex } from "#lib/encoding.ts"; export const a = [runVerb, toHex];',
  ],
  [
    "src/operations/clean.ts",
    'import { hold } from "#db/verbs/hold.ts"; import { overlap } from "#domain/interval.ts"; import { move } from "./move.ts"; ' +
      "export const a = [hold, overlap, move];",
  ],
  [
    "src/http/middleware/clean.ts",
    'import { createMiddleware } from "hono/factory"; import { Problem } from "../problems/problem.ts"; ' +
      'import type { App } from "#src/context.ts"; import { preview } from "#operations/preview.ts"; ' +
      "export const a: [App, unknown] = [createMiddleware, [Problem, preview]];",
  ],
  [
    "src/routes/clean.ts",
    'import { Hono } from "hono"; import { Id } from "#contract/common.ts"; import { hold } from "#db/verbs/holds.ts"; ' +
      'import { send } from "#adapters/ses.ts"; import { act } from "#http/act.ts"; ' +
      "export const a = [Hono, Id, hold, send, act];",
  ],
  [
    "src/jobs/clean.ts",
    'import { Id } from "#contract/common.ts"; import { hold } from "#db/verbs/holds.ts"; ' +
      'import { send } from "#adapters/ses.ts"; export const a = [Id, hold, send];',
  ],
  [
    "web/kit/ui/clean.tsx",
    'import { Button } from "@mantine/core"; import { now } from "../time/clock.ts"; import { Id } from "#contract/common.ts"; ' +
      "export const a = [Button, now, Id];",
  ],
  ["web/staff/clean.ts", 'import { send } from "#kit/api/request.ts"; export const a = send;'],
  ["web/staff/board/clean.ts", 'import { send } from "#kit/api/request.ts"; export const a = send;'],
  ["web/patient/times/days/clean.ts", 'import { times } from "../times.ts"; export const a = times;'],
  [
    "web/patient/clean.ts",
    'import { send } from "#kit/api/request.ts"; import { Id } from "#contract/common.ts"; ' +
      'import { overlap } from "#domain/interval.ts"; import { times } from "./times/times.ts"; ' +
      "export const a = [send, Id, overlap, times];",
  ],
];

/** A tree of its own, linted with the repository's rules: the real one is never dirtied. */
let tree: string;
/** The rules that objected, by file. */
const objections = new Map<string, Set<string>>();

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "holdfast-lint-"));
  // The guards need no types, and type-aware rules would want every import to lead somewhere.
  writeFileSync(
    join(tree, "oxlint.config.ts"),
    `import rules from ${JSON.stringify(join(ROOT, "oxlint.config.ts"))};
     export default { ...rules, options: { typeAware: false } };`,
  );
  for (const [file, code] of [...violations, ...clean]) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `${code}\n`);
  }
  const oxlint = join(ROOT, "node_modules", "oxlint", "bin", "oxlint");
  const run = spawnSync(process.execPath, [oxlint, "--format", "json", "src", "web"], { cwd: tree, encoding: "utf8" });
  const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: { filename: string; code: string }[] };
  for (const { filename, code } of diagnostics) {
    objections.set(filename, (objections.get(filename) ?? new Set()).add(code));
  }
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe("the folder boundaries", () => {
  test.each(violations)("The lint rules refuse in %s: %s", (file, _code, rule) => {
    expect([...(objections.get(file) ?? [])]).toContain(rule);
  });

  test.each(clean)("The lint rules let %s import what its folder may use", (file) => {
    const guards = [...(objections.get(file) ?? [])].filter((rule) => rule.includes("no-restricted"));
    expect(guards).toEqual([]);
  });
});

describe("the table of folders", () => {
  const inside = (folder: string) => (file: string) => new RegExp(`^${folder.replace("*", "[^/]+")}/`).test(file);

  test("Each row of the table has a violation and a clean file in this test", () => {
    const folders = FOLDERS.map(([folder]) => folder);
    expect(folders.length).toBeGreaterThan(10);
    const refuses = folders.filter((folder) => violations.map(([file]) => file).some(inside(folder)));
    const allows = folders.filter((folder) => clean.map(([file]) => file).some(inside(folder)));
    expect({ refuses, allows }).toEqual({ refuses: folders, allows: folders });
  });

  test("Each folder of src and web with TypeScript has a row", () => {
    const rooms = ["src", "web"].flatMap((parent) =>
      readdirSync(join(ROOT, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${parent}/${name}`)
        .filter((folder) =>
          readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).some((file) => /\.tsx?$/.test(file)),
        ),
    );
    // src/bundled stands in the Worker's bundle for parts of packages: wrangler.toml names it, and nothing imports it.
    const rows = [...FOLDERS.map(([folder]) => folder), "src/bundled"];
    expect(rooms.filter((room) => !rows.includes(room))).toEqual([]);
  });
});

/** Import rules read static imports only, and no rule sees a clock read by `new Date()`. */
describe("ways around the boundaries", () => {
  const sources = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(folder, file));
  const matching = (folder: string, pattern: RegExp): string[] =>
    sources(folder).filter((file) => pattern.test(readFileSync(join(ROOT, file), "utf8")));

  test("The Worker imports nothing dynamically but the driver of transactions, which most isolates never need", () => {
    expect(sources("src").length).toBeGreaterThan(20);
    expect(matching("src", /\b(import|require)\s*\(/)).toEqual(["src/db/transaction.ts"]);
  });

  test("The Worker does not ask whether it runs locally or whether its clock was moved", () => {
    expect(matching("src", /127\.0\.0\.1|localhost|\bisLocal\b|NODE_ENV|HOLDFAST_|#dev\/|\/dev\//)).toEqual([]);
  });

  test("The domain reads no clock", () => {
    expect(matching("src/domain", /new Date\(\)|\bDate\(\)|globalThis/)).toEqual([]);
  });

  test("No file switches a boundary off", () => {
    const off = /(eslint|oxlint)-disable[^\n]*no-restricted-(imports|globals|properties)/;
    expect([...matching("src", off), ...matching("web", off)]).toEqual([]);
  });
});
