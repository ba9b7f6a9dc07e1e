import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

const Secrets = z.strictObject({
  /** The database's owner, for migrations. */
  ownerPassword: z.string(),
  /** The Worker's role, with the rights that the migrations grant. */
  appPassword: z.string(),
  redisToken: z.string(),
  qstashToken: z.string(),
  awsAccessKeyId: z.string(),
  awsSecretAccessKey: z.string(),
  /** Generated for older folders without one. */
  linkSecret: z.string().default(random),
  fieldKeys: z.string().default(fieldKey),
});
/** The secrets of a local stack, generated at its first start. */
export type Secrets = z.infer<typeof Secrets>;

/**
 * Reads the secrets of a data folder, or makes new ones; only the owner may read the file.
 * @throws when the file is not what this function writes
 */
export async function loadSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) {
    const kept = read(file, text);
    if (!text.includes("linkSecret") || !text.includes("fieldKeys")) await writePrivate(file, kept);
    return kept;
  }
  const secrets: Secrets = {
    ownerPassword: random(),
    appPassword: random(),
    redisToken: random(),
    qstashToken: random(),
    awsAccessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    awsSecretAccessKey: random(),
    linkSecret: random(),
    fieldKeys: fieldKey(),
  };
  await writePrivate(file, secrets);
  return secrets;
}

function read(file: string, text: string): Secrets {
  try {
    return Secrets.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is damaged or from another version. Start with --fresh.`, { cause });
  }
}

/** Writes JSON that only its owner may read, completely or not at all. */
export async function writePrivate(file: string, content: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** FIELD_KEYS with one key. */
function fieldKey(): string {
  return `1:${randomBytes(32).toString("base64")}`;
}

function random(): string {
  return randomBytes(24).toString("base64url");
}
