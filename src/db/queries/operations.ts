import type { CalendarChange } from "#domain/calendar/change.ts";
import type { ChangedThing } from "#domain/calendar/inverse.ts";
import type { Kept } from "#domain/calendar/undo.ts";
import type { MoveExplanation, Proof, Unplaceable } from "#domain/reassignment/model.ts";
import { type CallerRef, type Found, read } from "../call.ts";
import type { Database } from "../client.ts";
import type { Columns, PlaceRow } from "../rows.ts";
import type { operationItems, operations } from "../schema/operations.ts";

export type ItemState = (typeof operationItems.$inferSelect)["state"];

/** An operation as the database returns it: instants in epoch milliseconds, `zone` the clinic's. */
export interface OperationRow extends Columns<
  typeof operations,
  "id" | "createdAt" | "finishedAt" | "phase" | "displaced" | "undoOf"
> {
  change: CalendarChange;
  changed: ChangedThing[];
  actor: { id: string; name: string };
  counts: Record<Exclude<ItemState, "to-place"> | "toPlace", number>;
  undoneBy: string | null;
  /** The database's clock. */
  now: number;
  zone: string;
}

export interface OperationDetailRow extends OperationRow {
  preview: { affected: number; unchanged: number; reassigned: number; toPlace: number } | null;
  proof: Proof | null;
}

/** A page of operations, newest first, one more than `limit` when there are more. Null: no such caller. */
export async function listOperations(
  db: Database,
  caller: CallerRef,
  { after, limit }: { after: { id: string } | undefined; limit: number },
): Promise<OperationRow[] | null> {
  const args = { before_id: after?.id ?? null, page_size: limit };
  return (await read<OperationRow[]>(db, caller, "list_operations", args)).item;
}

/** One operation: find_operation.sql. */
export function findOperation(db: Database, caller: CallerRef, id: string): Promise<Found<OperationDetailRow>> {
  return read(db, caller, "find_operation", { operation: id });
}

/** The result for one appointment, and the reason. */
export interface OperationItemRow extends Columns<
  typeof operationItems,
  "appointmentId" | "patientId" | "state" | "decidedAt"
> {
  patientName: string;
  from: PlaceRow;
  to: (PlaceRow & { slotId: string }) | null;
  explanation: MoveExplanation | Unplaceable | Kept | { code: "elsewhere" | "restored" } | null;
  previewed: { to: PlaceRow | null } | null;
}

export interface OperationItemsFilter {
  state?: ItemState | undefined;
  after?: { startsAt: number; id: string } | undefined;
  limit: number;
}

/**
 * A page of an operation's appointments by their former start, one more than `limit` when there are more:
 * list_operation_items.sql. It is recorded which patients staff were shown.
 */
export function listOperationItems(
  db: Database,
  caller: CallerRef,
  operationId: string,
  { state, after, limit }: OperationItemsFilter,
  requestId: string,
): Promise<Found<OperationItemRow[]>> {
  const args = {
    operation: operationId,
    wanted_state: state ?? null,
    after_ms: after?.startsAt ?? null,
    after_id: after?.id ?? null,
    page_size: limit,
  };
  return read(db, caller, "list_operation_items", args, requestId);
}
