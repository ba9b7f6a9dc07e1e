import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** A test with the helpers of its file that it uses, as one text. */
export interface TestUnit {
  file: string;
  text: string;
}

/** The tests below these folders of test/, each with what it uses of its file. */
export function readTestUnits(folders: readonly string[]): TestUnit[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts"))
      .flatMap((name) => {
        const file = `test/${folder}/${name}`;
        const { tests, helpers } = partsOf(readFileSync(join(ROOT, folder, name), "utf8"));
        return tests.map((text) => ({ file, text: withHelpers(text, helpers) }));
      }),
  );
}

/**
 * Splits a test file, which the formatter has indented, into its tests and its other statements by name. What stands
 * inside a `describe` belongs to the file as well.
 */
function partsOf(source: string): { tests: string[]; helpers: Map<string, string> } {
  const tests: string[] = [];
  const helpers = new Map<string, string>();
  const statements: string[][] = [];
  let depth = 0;
  for (const line of source.split("\n")) {
    const indent = line.length - line.trimStart().length;
    if (line.trim() === "") continue;
    if (indent < depth * 2) {
      // The end of a `describe`.
      depth = indent / 2;
      continue;
    }
    const text = line.trimStart();
    if (indent === depth * 2 && /^describe\b.*=> \{$/.test(text)) depth += 1;
    else if (indent === depth * 2 && !/^[)}\]]/.test(text)) statements.push([text]);
    else statements.at(-1)?.push(text);
  }
  for (const lines of statements) {
    const text = lines.join("\n");
    const name = /^(?:export )?(?:async )?(?:const|let|function) (?:\[|\{ )?(\w+)/.exec(text)?.[1];
    if (/^test\b/.test(text)) tests.push(text);
    else if (name) helpers.set(name, text);
  }
  return { tests, helpers };
}

/** A text with the helpers that it names, and those that they name. */
function withHelpers(text: string, helpers: Map<string, string>): string {
  const used = new Set<string>();
  const parts = [text];
  for (const part of parts) {
    for (const [name, helper] of helpers) {
      if (used.has(name) || !new RegExp(`\\b${name}\\b`).test(part)) continue;
      used.add(name);
      parts.push(helper);
    }
  }
  return parts.join("\n");
}
