import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "#dev/build.ts";

const FILES = globSync(["*.md", "{bench,dev,docs,drizzle,src,test,web}/**/*.{c,md,mjs,sql,ts,tsx}"], { cwd: ROOT });
/** A path with a folder, a decision's number or its file. Globs, addresses and import names (`#db/...`) are not paths. */
const PATH =
  /(?<![\w./#@*-])(?:docs\/decisions\/\d{4}\b(?!-)|\d{4}-[\w-]+\.md|\w[\w.-]*(?:\/[\w.-]+)+\.(?:c|md|mjs|sql|tsx?)\b)/g;

test("Every file that a comment or a document names exists", () => {
  const named = FILES.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const prose: string[] = file.endsWith(".md") ? [text] : (text.match(/(?<=^|\s)(?:\/\/|\/?\*|--).*$/gm) ?? []);
    return prose.flatMap((part) => [...part.matchAll(PATH)].map(([name]) => ({ file, name })));
  });
  const missing = named.filter(({ file, name }) => {
    if (/\d$/.test(name)) return globSync(`${name}-*.md`, { cwd: ROOT }).length !== 1;
    return ![ROOT, join(ROOT, dirname(file))].some((folder) => existsSync(join(folder, name)));
  });
  expect(named.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});
