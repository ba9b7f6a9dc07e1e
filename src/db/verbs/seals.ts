import { run } from "../call.ts";
import type { Database } from "../client.ts";
import { failureOf } from "../errors.ts";

/** The newest link of the hash chain over the audit trail. `hash` is hexadecimal. */
export interface Seal {
  number: number;
  hash: string;
  count: number;
}

/**
 * Seals up to `batch` waiting rows of the audit trail: seal_audit.sql. Null when nothing waits, or another run is sealing.
 * If two runs read the same last link, only one can take the next number.
 */
export async function sealAudit(db: Database, batch: number): Promise<Seal | null> {
  try {
    return await run<Seal | null>(db, "seal_audit", { batch });
  } catch (error) {
    const failure = failureOf(error);
    if (failure && failure.kind !== "unavailable") return null;
    throw error;
  }
}
