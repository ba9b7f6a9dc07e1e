import { parseArgs } from "node:util";
import { openFields } from "#db/fields.ts";
import { readFieldKeys } from "#src/env.ts";
import { type FieldCount, countTexts, sealTexts } from "./fields/seal.ts";
import { settingsOf } from "./fields/settings.ts";
import { connected, reasonOf } from "./migrate.ts";

const USAGE = `Usage: npm run fields -- [--count] [--data DIR]

Seals the texts in people's own words under the newest key of FIELD_KEYS: those that are stored in clear, and those under an
older key. FIELD_KEYS must still have the older keys. The clinic works on, and a run that was stopped is started again.
The database is DATABASE_OWNER_URL; without it, database and keys are those of the running stack.

  --count   only counts the texts by column and key`;

function print(counts: FieldCount[]): void {
  if (counts.length === 0) console.log("There are no texts.");
  for (const { field, version, count } of counts) {
    console.log(`${field}: ${count} ${version === "clear" ? "in clear" : `under key ${version.slice(1, -1)}`}`);
  }
}

/** @returns the exit code: 1 when a text is not under the newest key afterwards */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: "boolean", default: false },
      data: { type: "string", default: ".holdfast" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return (console.log(USAGE), 0);
  const { ownerUrl, keys } = settingsOf(values.data);
  const fields = openFields(readFieldKeys(keys));
  return connected(ownerUrl, async (client) => {
    if (!values.count) {
      const { sealed, unreadable } = await sealTexts(client, fields);
      console.log(`Sealed under key ${fields.newest.slice(1, -1)}: ${sealed}.`);
      for (const { field, id } of unreadable) console.error(`No key opens ${field} of ${id}.`);
    }
    const counts = await countTexts(client);
    print(counts);
    return counts.some(({ version }) => version !== fields.newest) ? 1 : 0;
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 2;
}
