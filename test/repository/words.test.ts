import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "#dev/build.ts";

/** Migrations are left out: a released one is never edited. */
const FILES = globSync(["*.{md,toml,ts}", "{bench,dev,docs,src,test,web}/**/*.{css,md,mjs,sql,ts,tsx}"], { cwd: ROOT });

/** Words that are never right in a comment, a test title or a document, with the plain word beside each. */
const NEVER: [RegExp, string][] = [
  [/\b(who(m|m?ever|se?ever)|(some|any|no|every)body)\b/i, "the role: the caller, the patient, staff, a person"],
  [/\b(anew|afresh)\b/i, "again"],
  [/\b(meanwhile|by now)\b/i, "since then, at the same time, already"],
  [/\bso many of\b|\bas long as one may\b/i, "maximum number, at most"],
  [/\b(is|are|was|were) to be\b|\bis had\b/i, "must, may, does"],
  [/\bstand-ins?\b/i, "emulator"],
  [/\b(untold|heirs?|patiently|MOST_\w+)\b/, "notified, recipient, retry once, MAX_"],
];

/** The comments and test titles of a source file, or a whole document; quoted and coded words are names. */
function prose(file: string): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  const comments = /(?<=^|\s)(?:\/\/|\/\*\*?|\*|--|#) .*$|^\s*(?:test|describe)\S*\(\s*(?:`[^`\n]*`|"[^"\n]*")/gm;
  const kept = file.endsWith(".md") ? text.replace(/^```[\s\S]*?^```/gm, "") : (text.match(comments) ?? []).join("\n");
  return kept.replace(/`[^`\n]*`(?!\s*,)|(?<=\w )"[^"\n]*"/g, "");
}

describe("the words of comments, test titles and documents", () => {
  test("No file has a word that is never right", () => {
    const found = FILES.flatMap((file) => {
      const text = prose(file);
      return NEVER.flatMap(([word, plain]) => {
        const [hit] = word.exec(text) ?? [];
        return hit ? [`${file}: "${hit}". Write: ${plain}`] : [];
      });
    });
    expect(FILES.length).toBeGreaterThan(1000);
    expect(found).toEqual([]);
  });

  test("Every decision has its date and its status, and at most 400 words", () => {
    const decisions = globSync("docs/decisions/*.md", { cwd: ROOT });
    const wrong = decisions.filter((file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      const dated = /^# \d+\. .+\n\nDate: \d{4}-\d\d-\d\d\. Status: (accepted|superseded by .+)\./.test(text);
      return !dated || text.trim().split(/\s+/).length > 400;
    });
    expect(decisions.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});
