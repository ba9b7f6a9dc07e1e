import type { Act, CallerRef, Outcome } from "#db/call.ts";
import type { Database } from "#db/client.ts";
import { type Decided, runOperation } from "#db/operation.ts";
import { readCalendar, scopeOf } from "#db/queries/clinic-calendar.ts";
import { type UndoneOperation, readUndoItems, readUndoneOperation } from "#db/queries/undo.ts";
import type { Transaction } from "#db/transaction.ts";
import { lockCalendar, lockSlots } from "#db/verbs/clinic-calendar.ts";
import { freeForWaiting, freeVacated, lockOperation, recordUndo, restore, vacate } from "#db/verbs/undo.ts";
import type { CalendarChange, Fault } from "#domain/calendar/change.ts";
import { dateFaults } from "#domain/calendar/change.ts";
import { inverseOf, stillStands } from "#domain/calendar/inverse.ts";
import type { Calendar } from "#domain/calendar/model.ts";
import { type UndoItem, type UndoPlan, planUndo } from "#domain/calendar/undo.ts";
import { fenceOf } from "./affected.ts";
import { writeChange } from "./change-calendar.ts";

/** Why an operation was not taken back; nothing has happened. */
export type UndoRefusal =
  | { code: "not-found" }
  | {
      code: "wrong-state";
      /** `undo`: it takes another one back itself. `nothing`: what it added is gone. */
      current: "reassigning" | "undone" | "undo" | "nothing" | "changed-since";
    }
  /** The change back cannot be made as things stand. */
  | { code: "impossible"; detail: string }
  /** Others would lose their slot by it. */
  | { code: "displaces"; displaced: number }
  | { code: "preview-stale" };

export interface UndoPreview extends Pick<UndoPlan, "back" | "kept"> {
  token: string;
  zones: Record<string, string>;
}

/** A dry run of taking an operation back. Null: no such caller. */
export async function previewUndo(
  db: Database,
  caller: CallerRef,
  operationId: string,
): Promise<{ preview: UndoPreview } | { why: UndoRefusal } | null> {
  const { known, item: operation } = await readUndoneOperation(db, caller, operationId);
  if (!known) return null;
  const inverse = changeBack(operation);
  if ("why" in inverse) return inverse;
  const { item: calendar } = await readCalendar(db, caller, scopeOf(inverse.change));
  if (!calendar) return null;
  const { items, limits } = await readUndoItems(db, operationId);
  const decided = decideUndo(calendar, inverse, items, limits);
  if ("why" in decided) return decided;
  const { back, kept } = decided.plan;
  const zones = Object.fromEntries([...calendar.locations.values()].map(({ id, zone }) => [id, zone]));
  return { preview: { token: await tokenOf(operationId, decided.plan), back, kept, zones } };
}

export interface Undone {
  operationId: string;
}

/**
 * Takes an operation back as one transaction, under the locks of a change of the clinic calendar. It makes the opposite
 * change, and moves unchanged appointments back. It is an operation itself, whose items say which appointments went back and
 * why others did not.
 */
export function undoOperation(
  db: Database,
  act: Act,
  input: { operationId: string; previewToken: string },
): Promise<Outcome<Undone, UndoRefusal>> {
  return runOperation<Undone, UndoRefusal>(db, act, async (tx, doing) => {
    const inverse = changeBack(await lockOperation(tx, input.operationId));
    if ("why" in inverse) return inverse;
    const scope = scopeOf(inverse.change);
    let calendar = await lockCalendar(tx, scope, inverse.change.kind.startsWith("holiday"));
    const locked = new Set<string>();
    for (;;) {
      const { items, limits } = await readUndoItems(tx, input.operationId);
      const decided = decideUndo(calendar, inverse, items, limits);
      if ("why" in decided) return decided;
      const { plan } = decided;
      const touched = [
        ...plan.plan.set.map(({ id }) => id),
        ...plan.plan.remove,
        ...plan.back.flatMap(({ item, slotId }) => [item.slotId, slotId]),
      ].filter((id) => id !== null);
      if (touched.every((id) => locked.has(id))) {
        if ((await tokenOf(input.operationId, plan)) !== input.previewToken) return { why: { code: "preview-stale" } };
        const { operationId } = doing;
        return await write(tx, { act, operationId, undoOf: input.operationId, calendar, change: inverse.change, plan });
      }
      calendar = await lockSlots(tx, scope, touched);
      for (const id of touched) locked.add(id);
    }
  });
}

interface Inverse {
  change: CalendarChange;
  undone: CalendarChange;
}

/** The change that takes an operation's change back, if it can be taken back at all. */
function changeBack(operation: UndoneOperation | null): Inverse | { why: UndoRefusal } {
  if (!operation) return { why: { code: "not-found" } };
  const wrong = (current: Extract<UndoRefusal, { code: "wrong-state" }>["current"]) => ({
    why: { code: "wrong-state" as const, current },
  });
  if (operation.undoneBy !== null) return wrong("undone");
  if (operation.undoOf !== null) return wrong("undo");
  if (operation.phase !== "done") return wrong("reassigning");
  const change = inverseOf(operation.change, operation.changed, operation.standing);
  return change ? { change, undone: operation.change } : wrong("nothing");
}

function decideUndo(
  calendar: Calendar,
  { change, undone }: Inverse,
  items: readonly UndoItem[],
  limits: Parameters<typeof planUndo>[3],
): { plan: UndoPlan } | { why: UndoRefusal } {
  if (!stillStands(calendar, undone)) return { why: { code: "wrong-state", current: "changed-since" } };
  const errors = dateFaults(change);
  if (errors.length > 0) return { why: impossible({ code: "invalid-request", errors }) };
  const plan = planUndo(calendar, change, items, limits);
  if ("fault" in plan) return { why: impossible(plan.fault) };
  return plan.displaced > 0 ? { why: { code: "displaces", displaced: plan.displaced } } : { plan };
}

function impossible(fault: Fault): UndoRefusal {
  switch (fault.code) {
    case "invalid-request":
    case "duplicate":
      return { code: "impossible", detail: fault.errors.map(({ detail }) => detail).join(" ") };
    case "wrong-state":
      return { code: "impossible", detail: fault.detail };
    case "not-found":
      return { code: "wrong-state", current: "nothing" };
  }
}

/** Names who goes back and who stays, in which version: another token as soon as that is no longer so. */
async function tokenOf(operationId: string, { back, kept }: UndoPlan): Promise<string> {
  const names = [
    ...back.map(({ item }) => `${item.appointmentId} ${item.version} back`),
    ...kept.map(({ item, why }) => `${item.appointmentId} ${item.version} ${why.code}`),
  ];
  return fenceOf([operationId, names.toSorted()]);
}

interface Work {
  act: Act;
  operationId: string;
  undoOf: string;
  calendar: Calendar;
  change: CalendarChange;
  plan: UndoPlan;
}

async function write(tx: Transaction, work: Work): Promise<Decided<Undone, UndoRefusal>> {
  const { act, operationId, undoOf, calendar, change, plan } = work;
  const undoing = { operationId, undoOf };
  const before = await vacate(tx, act, plan.back);
  const operation = { id: operationId, change, previewToken: null, displaced: 0 };
  await writeChange(tx, act, { operation, calendar, decision: { plan: plan.plan, reason: plan.reason } });
  const dueAt = await restore(tx, act, undoing, plan.back, before);
  await freeVacated(tx, plan.back);
  await freeForWaiting(tx, plan.kept);
  await recordUndo(tx, undoing, plan);
  return { result: { operationId }, dueAt };
}
