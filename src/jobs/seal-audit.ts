import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { sealAudit } from "#db/verbs/seals.ts";
import type { Services } from "#src/context.ts";

export const SealAuditPayload = once(() => z.strictObject({}));

/** Maximum number of rows under a link: well within the role's statement timeout. */
const BATCH = 1_000;

/** Maximum number of links in a run; the rest waits for the next minute. */
const LINKS = 50;

/**
 * Seals the audit rows since the last run into the hash chain. The newest link's number and hash are logged. A log line is
 * outside the database, so it proves later that the end of the chain was not cut off. Repeating it is harmless, and so are
 * two runs at once.
 */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  for (let link = 0; link < LINKS; link++) {
    const seal = await sealAudit(db, BATCH);
    if (!seal) return;
    log("audit-sealed", { count: seal.count, seal: `${seal.number}:${seal.hash}` });
    if (seal.count < BATCH) return;
  }
}
