import type { UndoPlan } from "#domain/calendar/undo.ts";
import { type Act, run, runAs } from "../call.ts";
import type { UndoneOperation } from "../queries/undo.ts";
import type { Transaction } from "../transaction.ts";

/** The operation that takes another one back, and which. */
export interface Undoing {
  operationId: string;
  undoOf: string;
}

/** Appointments a statement, each far below the role's statement_timeout. */
const BATCH = 500;

function* inBatches<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}

/** Locks an operation, so that it is taken back once, and reads it: lock_operation.sql. Null: there is none such. */
export function lockOperation(tx: Transaction, operationId: string): Promise<UndoneOperation | null> {
  return run(tx, "lock_operation", { operation: operationId });
}

/**
 * Takes appointments that go back out of their present slots, so that nothing blocks the change back:
 * vacate_appointments.sql. `restore` follows in the same transaction.
 * @returns what the audit trail keeps of each as it was, by id
 */
export async function vacate(tx: Transaction, act: Act, back: UndoPlan["back"]): Promise<Record<string, unknown>> {
  const before: Record<string, unknown> = {};
  for (const batch of inBatches(back)) {
    const ids = batch.map(({ item }) => item.appointmentId);
    Object.assign(before, await runAs<object>(tx, act, "vacate_appointments", { appointment_ids: ids }));
  }
  return before;
}

/**
 * Puts appointments back where they were before an operation: restore_appointments.sql.
 * @param before what `vacate` answered
 * @returns when the last of their notifications falls due, epoch milliseconds; null when none went back
 * @throws Error when one could not go back
 */
export async function restore(
  tx: Transaction,
  act: Act,
  { operationId, undoOf }: Undoing,
  back: UndoPlan["back"],
  before: Record<string, unknown>,
): Promise<number | null> {
  let latest: number | null = null;
  for (const batch of inBatches(back)) {
    const planned = batch.map(({ item, slotId }) => ({
      appointmentId: item.appointmentId,
      slotId,
      ...item.from,
      was: { ...item.at, slotId: item.slotId },
      before: before[item.appointmentId] ?? null,
    }));
    const args = { operation: operationId, undone: undoOf, planned };
    const done = await runAs<{ restored: number; dueAt: number | null }>(tx, act, "restore_appointments", args);
    if (done.restored !== batch.length) throw new Error(`${done.restored} of ${batch.length} appointments went back`);
    if (done.dueAt !== null) latest = Math.max(latest ?? 0, done.dueAt);
  }
  return latest;
}

/** Frees the vacated slots that no appointment has taken: free_vacated.sql. */
export async function freeVacated(tx: Transaction, back: UndoPlan["back"]): Promise<void> {
  for (const batch of inBatches(back.flatMap(({ item }) => item.slotId ?? []))) {
    await run(tx, "free_vacated", { slot_ids: batch });
  }
}

/** Frees the slots that appointments which still wait to be placed had lost: free_for_waiting.sql. */
export async function freeForWaiting(tx: Transaction, kept: UndoPlan["kept"]): Promise<void> {
  const waiting = kept.filter(({ item }) => item.status === "to-place");
  for (const batch of inBatches(waiting.map(({ item }) => item.from))) {
    await run(tx, "free_for_waiting", { lost: batch });
  }
}

/** Marks an operation as what takes another one back, with the appointments that stay and why: record_undo.sql. */
export async function recordUndo(tx: Transaction, { operationId, undoOf }: Undoing, plan: UndoPlan): Promise<void> {
  const total = plan.back.length + plan.kept.length;
  const kept = plan.kept.map(({ item, why }) => ({ appointmentId: item.appointmentId, why }));
  for (const batch of kept.length > 0 ? inBatches(kept) : [[]]) {
    const args = { operation: operationId, undone: undoOf, appointments_count: total, kept: JSON.stringify(batch) };
    await run(tx, "record_undo", args);
  }
}
