import { existsSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { openFields } from "#db/fields.ts";
import { readFieldKeys } from "#src/env.ts";
import { exportClinic } from "./export/write.ts";
import { settingsOf } from "./fields/settings.ts";
import { connected, reasonOf } from "./migrate.ts";

const USAGE = `Usage: npm run export -- --to FOLDER [--data DIR]

Writes everything of the clinic into a folder, as JSON Lines and as CSV (docs/imports.md). The clinic works on. The files have
personal data in clear. The database is DATABASE_OWNER_URL and the keys of texts are FIELD_KEYS. Without them, both are those of the
running stack.

  --to FOLDER   is made, and must be empty`;

/** @returns the exit code: 2 for wrong arguments */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      to: { type: "string" },
      data: { type: "string", default: ".holdfast" },
      help: { type: "boolean", default: false },
    },
  });
  const { to: folder } = values;
  if (values.help || folder === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`);
  const { ownerUrl, keys } = settingsOf(values.data);
  const written = await connected(ownerUrl, (client) => exportClinic(client, openFields(readFieldKeys(keys)), folder));
  for (const [file, count] of Object.entries(written)) console.log(`${file}: ${count}`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 1;
}
