import { type CallerRef, read } from "../call.ts";
import type { Database } from "../client.ts";
import type { Columns } from "../rows.ts";
import type { audit } from "../schema/ledger.ts";

/** An entry of the audit trail. `at` is microseconds since 1970; names are those of today. */
export interface AuditRow extends Columns<
  typeof audit,
  "id" | "at" | "actorId" | "action" | "entity" | "entityId" | "before" | "after" | "reason" | "requestId"
> {
  actorName: string | null;
  actorRole: CallerRef["role"] | null;
  subjectId: string | null;
  subjectName: string | null;
}

export interface AuditFilter {
  /** A person's id. */
  actor?: string | undefined;
  /** A patient's id; what was recorded of records that were merged into theirs is theirs. */
  subject?: string | undefined;
  /** One action, or with a dot at the end all that begin with it. */
  action?: string | undefined;
  entityId?: string | undefined;
  /** Clinic dates, both included. */
  from?: string | undefined;
  to?: string | undefined;
}

/** A place in the trail: the microsecond and the id of the entry before. */
export interface AuditPosition {
  at: number;
  id: string;
}

/** A page of the trail; `zone` is the clinic's. */
export interface AuditPage {
  zone: string;
  items: AuditRow[];
}

/**
 * A page of the audit trail, newest first: read_audit.sql. Null: no such caller.
 * @param purpose the look is recorded in the trail as one or the other
 */
export async function readAudit(
  db: Database,
  caller: CallerRef,
  filter: AuditFilter,
  { after, limit }: { after: AuditPosition | undefined; limit: number },
  purpose: "read" | "export",
  requestId: string,
): Promise<AuditPage | null> {
  const position = { after_micros: after?.at ?? null, after_id: after?.id ?? null };
  const args = { asked: filter, ...position, batch: limit, is_export: purpose === "export" };
  return (await read<AuditPage>(db, caller, "read_audit", args, requestId)).item;
}

/** How many entries a filter finds, counted no further than one more than `most`: count_audit.sql. */
export async function countAudit(db: Database, caller: CallerRef, filter: AuditFilter, most: number): Promise<number> {
  return (await read<number>(db, caller, "count_audit", { asked: filter, enough: most + 1 })).item ?? 0;
}
