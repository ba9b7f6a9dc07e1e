import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIGRATIONS } from "#dev/migrate.ts";

/**
 * Copies this build's migrations into `folder` and adds later ones: their names with their texts, in order.
 * @returns the path of the copy, for `migrate`
 */
export async function withMigrations(folder: string, more: Record<string, string>): Promise<string> {
  const copy = join(folder, "migrations");
  await cp(MIGRATIONS, copy, { recursive: true });
  const file = join(copy, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8")) as { entries: { when: number; tag: string }[] };
  for (const [tag, text] of Object.entries(more)) {
    const when = Math.max(...journal.entries.map((entry) => entry.when)) + 1;
    journal.entries.push({ when, tag });
    await writeFile(join(copy, `${tag}.sql`), text);
  }
  await writeFile(file, JSON.stringify(journal));
  return copy;
}
