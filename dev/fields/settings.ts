import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * The owner's connection string and the keys of sealed texts: of the environment, or of the running stack.
 * @throws Error in words for the terminal when neither has them
 */
export function settingsOf(dataDir: string): { ownerUrl: string; keys: string } {
  const { DATABASE_OWNER_URL: ownerUrl, FIELD_KEYS: keys } = process.env;
  if (ownerUrl) {
    if (!keys) throw new Error("FIELD_KEYS is not set: the Worker's secret, with the older keys as well.");
    return { ownerUrl, keys };
  }
  const read = (name: string): unknown => JSON.parse(readFileSync(join(dataDir, name), "utf8"));
  try {
    const { urls } = z.object({ urls: z.object({ postgres: z.string() }) }).parse(read("stack.json"));
    const { fieldKeys } = z.object({ fieldKeys: z.string() }).parse(read("secrets.json"));
    return { ownerUrl: urls.postgres, keys: fieldKeys };
  } catch (cause) {
    throw new Error(`Set DATABASE_OWNER_URL and FIELD_KEYS, or start the stack: ${dataDir} has none.`, { cause });
  }
}
