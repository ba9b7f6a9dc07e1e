import { sql } from "drizzle-orm";
import { type CalendarChange, type Decision, type Fault, dateFaults } from "#domain/calendar/change.ts";
import { decide } from "#domain/calendar/decide.ts";
import type { Calendar, SlotPlan } from "#domain/calendar/model.ts";
import { isSameSchedule } from "#domain/calendar/schedule-change.ts";
import type { Database } from "../client.ts";
import { ctes, ms } from "../fragments.ts";
import { type Decided, type Doing, runOperation } from "../operation.ts";
import { lockCalendar, readCalendar, scopeOf } from "../queries/calendar.ts";
import type { Transaction } from "../transaction.ts";
import type { Act, Outcome } from "../call.ts";
import { affectedBy, isOf } from "./affected.ts";
import { addedCte, applyToSlots, lockSlots } from "./apply-slots.ts";
import { AUDITED, changedCtes } from "./calendar-rows.ts";
import { type OperationStart, operationCte } from "./operation-rows.ts";

/** What became of a change: a result for each thing changed; nothing and no operation where all was so already. */
export interface Changed<Result> {
  operationId: string | null;
  displaced: number;
  results: Result[];
}

/** Why a change was not applied; nothing has happened. */
export type ChangeRefusal =
  | Fault
  | { code: "version-conflict"; changedBy: string | null; changedAt: number | null; zone: string }
  /** Appointments would be displaced, and nobody has looked at them first. */
  | { code: "precondition-required"; affected: number }
  | { code: "preview-stale"; affected: number };

export interface Agreed {
  /** From the preview; needed where anybody is affected. */
  previewToken: string | null;
  /** The versions of the weekly schedule that the caller accepts; null where it is not the schedule that changes. */
  versions: number[] | null;
}

/**
 * Applies a change of the clinic's calendar as one transaction, decided from what is true under its locks (locations,
 * doctors, then the slots it changes): the rows of the change, the slots, whoever loses theirs, and the operation that
 * reassigns those and that can be taken back.
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
    await lockCalendar(tx, scope, change.kind.startsWith("holiday") ? "locations" : "doctors");
    const locked = new Set<string>();
    for (;;) {
      const calendar = await readCalendar(tx, scope);
      const conflict = await conflictOf(tx, calendar, change, agreed.versions);
      if (conflict) return { why: conflict };
      const decision = decide(calendar, change);
      if ("fault" in decision) return { why: decision.fault };
      const touched = [...decision.plan.set.map(({ id }) => id), ...decision.plan.remove];
      if (touched.every((id) => locked.has(id))) {
        return await apply<Result>(tx, { act, doing, calendar, change, decision, agreed });
      }
      // Patients book while this decides: only what is read under the slots' locks is sure to stay.
      await lockSlots(tx, touched);
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

  const { actorId, operationId } = doing;
  const operation = {
    id: operationId,
    change,
    actorId,
    requestId: act.requestId,
    previewToken: agreed.previewToken,
    displaced: affected,
  };
  const { results, dueAt, ...recorded } = await writeChange(tx, { operation, calendar, decision: work.decision });
  return { result: { ...recorded, displaced: affected, results: results as Result[] }, dueAt };
}

/**
 * Writes what was decided under the locks: the slots, whoever loses theirs, the rows of the change itself, its audit rows and
 * its operation.
 */
export async function writeChange(
  tx: Transaction,
  { operation, calendar, decision }: { operation: OperationStart; calendar: Calendar; decision: Plan },
): Promise<{ results: unknown[]; operationId: string | null; dueAt: number | null }> {
  const { change, actorId, requestId, displaced } = operation;
  const { plan, reason } = decision;
  const slotsChange = plan.set.length + plan.remove.length > 0;
  const done = slotsChange
    ? await applyToSlots(tx, plan, { reason, operation })
    : { displaced: 0, holdsReleased: 0, dueAt: null };
  if (done.displaced !== displaced) {
    throw new Error(`${displaced} appointments were to be displaced, ${done.displaced} were`);
  }
  const closed = plan.set.filter(({ status }) => status === "closed").length;
  const summary = {
    slots: { added: plan.add.length, closed, opened: plan.set.length - closed, removed: plan.remove.length },
    displaced: done.displaced,
    holdsReleased: done.holdsReleased,
  };
  const { action, entity } = AUDITED[change.kind];
  const [row] = await tx.rows<{ results: unknown[]; operationId: string | null }>(
    sql`${ctes([
      addedCte(plan.add),
      changedCtes(calendar, change, actorId),
      sql`recorded as (
      insert into audit (actor_id, action, entity, entity_id, before, after, request_id)
      select ${actorId}::uuid, ${action}, ${entity}, c.entity_id, c.before,
        coalesce(c.after, '{}') || jsonb_build_object('impact', ${JSON.stringify(summary)}::jsonb), ${requestId}
      from changed c)`,
      operationCte(
        operation,
        sql`(select jsonb_build_object('changed', coalesce(
          jsonb_agg(jsonb_build_object('id', c.entity_id, 'before', c.before)), '[]')) from changed c)`,
        // Holidays that are all there already are nothing to take back.
        slotsChange ? sql`true` : sql`exists (select from changed)`,
      ),
    ])} select coalesce((select jsonb_agg(c.result) from changed c), '[]') as results,
      (select id from operated) as "operationId"`,
  );
  return { results: row?.results ?? [], operationId: row?.operationId ?? null, dueAt: done.dueAt };
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
  const [last] = await tx.rows<{ changedBy: string; changedAt: number }>(sql`
    select p.name as "changedBy", ${ms(sql`u.at`)}::float8 as "changedAt"
    from audit u join people p on p.id = u.actor_id
    where u.entity_id = ${change.doctorId}::uuid and u.action = ${AUDITED.schedule.action}
    order by u.at desc limit 1`);
  const [zone = "UTC"] = [...calendar.locations.values()].map((location) => location.zone);
  return { code: "version-conflict", changedBy: last?.changedBy ?? null, changedAt: last?.changedAt ?? null, zone };
}
