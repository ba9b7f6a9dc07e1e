import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mayHaveVisits } from "#dev/seed/appointments.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** Their tests use the seeded clinic; the others have a clinic of their own, or test the seed itself. */
const FOLDERS = ["test/routes", "test/browser", "test/faults", "test/support"];
/** Looks at the visits that the seed gave a patient, and books nothing for them. */
const LOOKERS: Record<string, string> = { "test/browser/pages.test.ts": "patient1" };

/** Seeded accounts in a test's text that it must not book for: they may have a visit at that time. */
function seededWithVisits(text: string): string[] {
  const named = [...text.matchAll(/\bpatient(\d+)\b/g)];
  const visited = named.flatMap(([account, number]) => (mayHaveVisits(Number(number)) ? account : []));
  const computed = text.match(/\bpatient\$\{[^}]*\}/g) ?? [];
  const all = text.match(/\baccounts\s*\.\s*(flatMap|filter|map)\b/g) ?? [];
  return [...new Set([...visited, ...computed, ...all])];
}

describe("patients of a test's own", () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(folder, file)),
  );

  test.each(files)("%s books and counts mails for no seeded patient with visits", (file) => {
    const found = seededWithVisits(readFileSync(join(ROOT, file), "utf8"));
    expect(found.filter((account) => account !== LOOKERS[file])).toEqual([]);
  });

  test.each([
    ['await stack().as("patient7")', "patient7"],
    ["mailsTo('patient150@patients.example')", "patient150"],
    ["where p.subject = 'auth0|patient1'", "patient1"],
    ["stack().as(`patient${n + 1}`)", "patient${n + 1}"],
    ["s.accounts.flatMap(({ patientId }) => patientId ?? [])", "accounts.flatMap"],
  ])("the check finds the patient in: %s", (text, account) => {
    expect(seededWithVisits(text)).toEqual([account]);
  });

  test.each([
    'as("patient2")',
    'as("patient151")',
    "as(patients[3].account)",
    'accounts.find((one) => one.account === "x")',
  ])("the check lets through: %s", (text) => expect(seededWithVisits(text)).toEqual([]));
});
