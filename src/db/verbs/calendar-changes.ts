import type { CalendarChange, CaseReason } from "#domain/calendar/change.ts";
import type { NewSlot, SlotPlan } from "#domain/calendar/model.ts";
import { type Act, runAs } from "../call.ts";
import type { Transaction } from "../transaction.ts";

/** An operation as its change begins it. */
export interface OperationStart {
  id: string;
  change: CalendarChange;
  /** The preview that the actor saw, whose content is copied; null where no appointment is affected. */
  previewToken: string | null;
  /** How many appointments it displaces. It goes on until each has come to an end. */
  displaced: number;
}

/** The result of changing slots. `dueAt`: when the last notification falls due, epoch milliseconds. */
export interface Applied {
  displaced: number;
  holdsReleased: number;
  dueAt: number | null;
}

/** Slots a statement: displacing as many patients stays far below the role's statement_timeout. */
const BATCH = 500;

/**
 * Changes and removes the slots of a plan in batches, and displaces their appointments and holds: apply_to_slots.sql. The
 * slots must be locked.
 */
export async function applyToSlots(
  tx: Transaction,
  act: Act,
  { operation, plan, reason }: { operation: OperationStart; plan: SlotPlan; reason: CaseReason },
): Promise<Applied> {
  const done: Applied = { displaced: 0, holdsReleased: 0, dueAt: null };
  const displace = new Set(plan.displace);
  const touched = [
    ...plan.remove.map((id) => ({ id, as: null })),
    ...plan.set.map((slot) => ({ id: slot.id, as: slot })),
  ];
  for (let from = 0; from < touched.length; from += BATCH) {
    const batch = touched.slice(from, from + BATCH);
    const applied = await runAs<Applied>(tx, act, "apply_to_slots", {
      operation,
      reason,
      set_slots: JSON.stringify(batch.flatMap(({ as }) => as ?? [])),
      remove_ids: batch.filter(({ as }) => as === null).map(({ id }) => id),
      displace_ids: batch.filter(({ id }) => displace.has(id)).map(({ id }) => id),
    });
    done.displaced += applied.displaced;
    done.holdsReleased += applied.holdsReleased;
    if (applied.dueAt !== null) done.dueAt = Math.max(done.dueAt ?? 0, applied.dueAt);
  }
  return done;
}

/** The result of a change. `operationId` is null where nothing had to be changed. */
export interface Written {
  operationId: string | null;
  results: unknown[];
}

/** Writes a change itself, after its slots were changed: write_change.sql. */
export function writeChangeRows(
  tx: Transaction,
  act: Act,
  change: {
    operation: OperationStart;
    add: readonly NewSlot[];
    /** A slot before it was changed or removed, for the audit trail and for undo. */
    was: object | null;
    impact: object;
    slotsChanged: boolean;
  },
): Promise<Written> {
  const { operation, add, was, impact, slotsChanged } = change;
  const args = { operation, new_slots: JSON.stringify(add), was, impact, slots_changed: slotsChanged };
  return runAs(tx, act, "write_change", args);
}
