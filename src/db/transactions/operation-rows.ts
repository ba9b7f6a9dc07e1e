import { type SQL, sql } from "drizzle-orm";
import type { CalendarChange } from "#domain/calendar/change.ts";

/** An operation as its change begins it. */
export interface OperationStart {
  id: string;
  change: CalendarChange;
  actorId: string;
  requestId: string;
  /** The preview that the actor saw; what it showed is copied. */
  previewToken: string | null;
  /** How many appointments it displaces; they are being reassigned until each has its end. */
  displaced: number;
}

/**
 * `operated(id)`: records the operation if `when` holds, or adds to the one recorded already by an earlier statement of
 * the transaction what was there before: jsonb with `changed`, a list of `ChangedThing` (domain/calendar/inverse.ts), or null.
 */
export function operationCte(operation: OperationStart, before: SQL, when: SQL = sql`true`): SQL {
  const { id, change, actorId, requestId, previewToken, displaced } = operation;
  const isDone = displaced === 0;
  return sql`operated as (
    insert into operations (id, kind, change, before, actor_id, request_id, preview, phase, displaced, finished_at)
    select ${id}::uuid, ${change.kind}, ${JSON.stringify(change)}::jsonb, ${before}, ${actorId}::uuid, ${requestId},
      (select v.shown from previews v where v.token = ${previewToken}), ${isDone ? "done" : "reassigning"},
      ${displaced}::int, ${isDone ? sql`clock_timestamp()` : sql`null`}
    where ${when}
    on conflict (id) do update set before = coalesce(excluded.before, operations.before) returning id)`;
}
