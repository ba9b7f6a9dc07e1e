import type { Act, Outcome } from "#db/call.ts";
import type { Database } from "#db/client.ts";
import { type Decided, type Doing, runOperation } from "#db/operation.ts";
import { scopeOf } from "#db/queries/clinic-calendar.ts";
import { lastScheduleChange } from "#db/queries/schedules.ts";
import type { Transaction } from "#db/transaction.ts";
import { type OperationStart, applyToSlots, writeChangeRows } from "#db/verbs/calendar-changes.ts";
import { lockCalendar, lockSlots } from "#db/verbs/clinic-calendar.ts";
import { type CalendarChange, type Decision, type Fault, dateFaults } from "#domain/calendar/change.ts";
import { decide } from "#domain/calendar/decide.ts";
import type { Calendar, SlotPlan } from "#domain/calendar/model.ts";
import { isSameSchedule } from "#domain/calendar/schedule-change.ts";
import { affectedBy, isOf } from "./affected.ts";

/** The result of a change, for each thing changed. None, and no operation, where nothing had to be changed. */
export interface Changed<Result> {
  operationId: string | null;
  displaced: number;
  results: Result[];
}

/** Why a change was not applied; nothing has happened. */
export type ChangeRefusal =
  | Fault
  | { code: "version-conflict"; changedBy: string | null; changedAt: number | null; zone: string }
  /** Appointments would be displaced, and the caller has not previewed the change. */
  | { code: "precondition-required"; affected: number }
  | { code: "preview-stale"; affected: number };

export interface Agreed {
  /** From the preview; needed where any appointment is affected. */
  previewToken: string | null;
  /** The versions of the weekly schedule that the caller accepts; null where it is not the schedule that changes. */
  versions: number[] | null;
}

/**
 * Applies a change of the clinic calendar as one transaction. It decides from the rows under its locks: locations, doctors,
 * then the changed slots. It writes the rows of the change, the slots, and the appointments that lose theirs. It also writes
 * the operation, which reassigns those and can be undone.
 */
export function changeCalendar<Result>(
  db: Database,
  act: Act,
  change: CalendarChange,
  agreed: Agreed,
): Promise<Outcome<Changed<Result>, ChangeRefusal>> {
  return runOperation<Changed<Result>, ChangeRefusal>(db, act, async (tx, doing) => {
    const errors = dateFaults(change);
    if (errors.length > 0) return { why: { code: "invalid-request", errors } };
    const scope = scopeOf(change);
    let calendar = await lockCalendar(tx, scope, change.kind.startsWith("holiday"));
    const locked = new Set<string>();
    for (;;) {
      const conflict = await conflictOf(tx, calendar, change, agreed.versions);
      if (conflict) return { why: conflict };
      const decision = decide(calendar, change);
      if ("fault" in decision) return { why: decision.fault };
      const touched = [...decision.plan.set.map(({ id }) => id), ...decision.plan.remove];
      if (touched.every((id) => locked.has(id))) {
        return await apply<Result>(tx, { act, doing, calendar, change, decision, agreed });
      }
      // Patients book while this decides: only a read under the slots' locks is sure to stay true.
      calendar = await lockSlots(tx, scope, touched);
      for (const id of touched) locked.add(id);
    }
  });
}

interface Work {
  act: Act;
  doing: Doing;
  calendar: Calendar;
  change: CalendarChange;
  decision: Plan;
  agreed: Agreed;
}

type Plan = Exclude<Decision, { fault: Fault }>;

async function apply<Result>(tx: Transaction, work: Work): Promise<Decided<Changed<Result>, ChangeRefusal>> {
  const { act, doing, calendar, change, agreed } = work;
  const { plan } = work.decision;
  const { fence, lost } = await affectedBy(calendar, change, plan);
  const affected = lost.length;
  if (agreed.previewToken !== null && !isOf(fence, agreed.previewToken)) {
    return { why: { code: "preview-stale", affected } };
  }
  if (agreed.previewToken === null && affected > 0) return { why: { code: "precondition-required", affected } };
  if (isSo(calendar, change, plan)) return { result: NOTHING, dueAt: null };

  const operation = { id: doing.operationId, change, previewToken: agreed.previewToken, displaced: affected };
  const written = await writeChange(tx, act, { operation, calendar, decision: work.decision });
  const { operationId, results, dueAt } = written;
  return { result: { operationId, displaced: affected, results: results as Result[] }, dueAt };
}

/**
 * Writes the decision made under the locks: slots, displaced appointments, the rows of the change itself, audit rows and the
 * operation.
 */
export async function writeChange(
  tx: Transaction,
  act: Act,
  { operation, calendar, decision }: { operation: OperationStart; calendar: Calendar; decision: Plan },
): Promise<{ results: unknown[]; operationId: string | null; dueAt: number | null }> {
  const { plan, reason } = decision;
  const applied = await applyToSlots(tx, act, { operation, plan, reason });
  if (applied.displaced !== operation.displaced) {
    throw new Error(`${applied.displaced} of ${operation.displaced} appointments were displaced`);
  }
  const closed = plan.set.filter(({ status }) => status === "closed").length;
  const written = await writeChangeRows(tx, act, {
    operation,
    add: plan.add,
    was: slotBefore(calendar, operation.change),
    impact: {
      slots: { added: plan.add.length, closed, opened: plan.set.length - closed, removed: plan.remove.length },
      displaced: applied.displaced,
      holdsReleased: applied.holdsReleased,
    },
    slotsChanged: plan.set.length + plan.remove.length > 0,
  });
  return { ...written, dueAt: applied.dueAt };
}

/** The slot before a change moves, closes, opens or removes it, as the audit trail has slots. */
function slotBefore(calendar: Calendar, change: CalendarChange): object | null {
  if (change.kind !== "slot-change" && change.kind !== "slot-remove") return null;
  const slot = calendar.slots.find(({ id }) => id === change.slotId);
  if (!slot) throw new Error("a slot that changes is not in the calendar");
  const { doctorId, locationId, status, closedBy, byHand } = slot;
  const times = { startsAt: new Date(slot.startsAt).toISOString(), endsAt: new Date(slot.endsAt).toISOString() };
  return { doctorId, locationId, ...times, status, closedBy, byHand };
}

const NOTHING: Changed<never> = { operationId: null, displaced: 0, results: [] };

/** Nothing would be written: the schedule is that already, the slot stands so. */
function isSo(calendar: Calendar, change: CalendarChange, plan: SlotPlan): boolean {
  if (plan.add.length + plan.set.length + plan.remove.length > 0) return false;
  if (change.kind === "slot-change") return true;
  if (change.kind !== "schedule") return false;
  return isSameSchedule(change.sessions, calendar.doctors.get(change.doctorId)?.sessions ?? []);
}

async function conflictOf(
  tx: Transaction,
  calendar: Calendar,
  change: CalendarChange,
  versions: number[] | null,
): Promise<ChangeRefusal | null> {
  if (change.kind !== "schedule" || versions === null) return null;
  const doctor = calendar.doctors.get(change.doctorId);
  if (!doctor || versions.includes(doctor.scheduleVersion)) return null;
  const last = await lastScheduleChange(tx, change.doctorId);
  const [zone = "UTC"] = [...calendar.locations.values()].map((location) => location.zone);
  return { code: "version-conflict", changedBy: last?.changedBy ?? null, changedAt: last?.changedAt ?? null, zone };
}
