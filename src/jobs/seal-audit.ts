import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { sealAudit } from "#db/verbs/seals.ts";
import type { Services } from "#src/context.ts";

export const SealAuditPayload = once(() => z.strictObject({}));

/** Rows a link covers at most: well within the role's statement timeout. */
const BATCH = 1_000;

/** Links a run makes at most; what is left waits for the next minute. */
const LINKS = 50;

/**
 * Seals what has entered the audit trail since the last run into its hash chain. The newest link is logged, number and
 * hash: kept outside the database, a log line is what shows later that the chain's end was not cut off. Repeating it is
 * harmless, and so are two runs at once.
 */
export async function runOnce({ db, log }: Pick<Services, "db" | "log">): Promise<void> {
  for (let link = 0; link < LINKS; link++) {
    const seal = await sealAudit(db, BATCH);
    if (!seal) return;
    log("audit-sealed", { count: seal.count, seal: `${seal.number}:${seal.hash}` });
    if (seal.count < BATCH) return;
  }
}
