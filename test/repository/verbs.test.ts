import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type SqlFunction, codesOf, readSqlFunctions } from "../support/sql-functions.ts";
import { readTestUnits } from "../support/test-units.ts";

const SRC = join(import.meta.dirname, "..", "..", "src");
const DEV = join(import.meta.dirname, "..", "..", "dev");
const functions = readSqlFunctions();
/** A function for the owner of the database, which a command of dev calls. */
const isOwned = ({ path }: SqlFunction) => path.startsWith("owner/");

/** Where TypeScript calls a stored function: as a verb (`call`), or as a read or a step of a job. */
const calls = sourcesOf("db").flatMap((text) =>
  [
    ...text.matchAll(/\b(call|callOf|run|runAs|runChange|read)\b(?:<.*>)?\(\s*\w+,\s+(?:\w+(?:\(\w+\))?,\s+)?"(\w+)"/g),
  ].map((match) => ({
    how: match[1] ?? "",
    name: match[2] ?? "",
    /** The exported function around it. */
    by: [...text.slice(0, match.index).matchAll(/^export (?:async )?function (\w+)/gm)].at(-1)?.[1] ?? "",
  })),
);
const verbs = [...new Set(calls.filter(({ how }) => how === "call").map(({ name }) => name))].sort();

describe("the stored functions", () => {
  test("those that the Worker's role can call are those that TypeScript calls", () => {
    const callable = [...functions.values()].filter(({ isCallable }) => isCallable).map(({ name }) => name);
    expect(callable.sort()).toEqual([...new Set(calls.map(({ name }) => name))].sort());
  });

  test("each helper is used by another function, and by no TypeScript", () => {
    const used = new Set([...functions.values()].flatMap(({ uses }) => uses));
    const helpers = [...functions.values()].filter((one) => !one.isCallable && !isOwned(one));
    expect(helpers.filter(({ name }) => !used.has(name)).map(({ name }) => name)).toEqual([]);
    expect(helpers.filter(({ path }) => !path.startsWith("lib/")).map(({ name }) => name)).toEqual([]);
  });

  test("Each function of the database's owner is called by a command, and the Worker's role can call none", () => {
    const owned = [...functions.values()].filter((one) => isOwned(one));
    const used = owned.flatMap(({ uses }) => uses);
    const commands = readdirSync(DEV, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(DEV, name), "utf8"));
    const isCalled = (name: string) => commands.some((text) => text.includes(`.${name}(`)) || used.includes(name);
    expect(owned.filter(({ name, isCallable }) => isCallable || !isCalled(name)).map(({ name }) => name)).toEqual([]);
  });

  test.each(verbs)("%s returns only a kept answer, done, done_already or refuse", (name) => {
    const verb = functions.get(name)!;
    expect(strangeReturns(verb)).toEqual([]);
    expect(verb.returns.length).toBeGreaterThan(0);
  });

  test("a return of anything else is found, also in a helper that a verb returns", () => {
    const verb = functions.get("hold_slot")!;
    expect(strangeReturns({ ...verb, returns: ["jsonb_build_object('kind', 'done')", "null", "earlier"] })).toEqual([
      "jsonb_build_object('kind', 'done')",
      "null",
    ]);
    expect(strangeReturns({ ...verb, returns: ["hold_json(s, at)"] })).toHaveLength(1);
    expect(strangeReturns({ ...verb, returns: ["hold_for(c, me, p, s, restored_at)"] })).toEqual([]);
  });
});

/** How a test shows a code that the wire does not say: the member it points to, or the status. */
const ON_THE_WIRE: Record<string, RegExp> = {
  "not-found": /\b404\b/,
  "version-conflict": /\b412\b/,
  forbidden: /\b403\b/,
};

/** Cells that no test asserts, and why that is right. */
const REASONS: Record<string, string> = {};

describe("each code with which a verb refuses is asserted by a test of that verb", () => {
  const units = readTestUnits(["db", "routes", "faults"]);
  const cells = verbs.flatMap((verb) => codesOf(verb, functions).map((code) => [verb, code] as const));

  test.each(cells)("%s: %s", (verb, code) => {
    const uses = usesOf(verb);
    const shows = [new RegExp(`["'\`]${code}["'\`]`), ...(ON_THE_WIRE[code] ? [ON_THE_WIRE[code]] : [])];
    const asserting = units.filter(
      ({ text }) => shows.some((pattern) => pattern.test(text)) && uses.some((pattern) => pattern.test(text)),
    );
    if (REASONS[`${verb}: ${code}`] === undefined) expect(asserting.length).toBeGreaterThan(0);
    else expect(asserting.map(({ file }) => file)).toEqual([]);
  });

  test("every reason is of a code that there is", () => {
    const there = cells.map(([verb, code]) => `${verb}: ${code}`);
    expect(Object.keys(REASONS).filter((cell) => !there.includes(cell))).toEqual([]);
  });
});

/** How a test uses a verb: by the function of TypeScript, or by the operation that calls it. */
function usesOf(verb: string): RegExp[] {
  const by = calls.filter(({ how, name }) => how === "call" && name === verb).map((one) => one.by);
  const operations = sourcesOf("routes").flatMap((text) => {
    const declared = new Map(
      [...text.matchAll(/^const (\w+) = \{\s*method: "(\w+)",\s*path(?:: "([^"]+)")?,/gm)].map((match) => [
        match[1] ?? "",
        { method: match[2] ?? "", path: match[3] ?? /^const path = "([^"]+)"/m.exec(text)?.[1] ?? "" },
      ]),
    );
    return text
      .split(/(?=\.handle\()/)
      .filter((part) => by.some((name) => new RegExp(`\\b${name}\\(`).test(part)))
      .flatMap((part) => declared.get(/^\.handle\((\w+),/.exec(part)?.[1] ?? "") ?? []);
  });
  return [
    ...by.map((name) => new RegExp(`\\b${name}\\(`)),
    ...operations.map(({ method, path }) => {
      const segments = path.replaceAll(/\{\w+\}/g, '[^/"`]+');
      return new RegExp(`"${method.toUpperCase()}",\\s*["\`]${segments}["\`?]`);
    }),
  ];
}

/** The returns of a verb beside the permitted answers. It may return a helper that gives only such answers. */
function strangeReturns({ returns }: SqlFunction): string[] {
  return returns.flatMap((expression) => {
    const name = /^(\w+)\(/.exec(expression)?.[1] ?? "";
    if (expression === "earlier" || ["done", "done_already", "refuse"].includes(name)) return [];
    const helper = functions.get(name);
    return helper && !helper.isCallable && helper.returns.length > 0 && helper.path.startsWith("lib/")
      ? strangeReturns(helper)
      : [expression];
  });
}

/** The TypeScript below a folder of src. */
function sourcesOf(folder: string): string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(SRC, folder, name), "utf8"));
}
