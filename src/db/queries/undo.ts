import type { CalendarChange } from "#domain/calendar/change.ts";
import type { ChangedThing, StandingHoliday } from "#domain/calendar/inverse.ts";
import type { UndoItem, UndoLimits } from "#domain/calendar/undo.ts";
import { type Callable, type CallerRef, type Found, read, run } from "../call.ts";
import type { Database } from "../client.ts";

/** An operation that staff want to undo. */
export interface UndoneOperation {
  change: CalendarChange;
  changed: ChangedThing[];
  phase: "reassigning" | "done";
  undoOf: string | null;
  undoneBy: string | null;
  /** Those of the holidays that it added which still stand. */
  standing: StandingHoliday[];
}

/** An operation that may be taken back, without a lock, for a preview: read_undone_operation.sql. */
export function readUndoneOperation(db: Database, caller: CallerRef, id: string): Promise<Found<UndoneOperation>> {
  return read(db, caller, "read_undone_operation", { operation: id });
}

/** The appointments that an operation displaced, as they stand now, and by which limits they may be moved. */
export function readUndoItems(db: Callable, operationId: string): Promise<{ items: UndoItem[]; limits: UndoLimits }> {
  return run(db, "read_undo_items", { operation: operationId });
}
