import { type SQL, sql } from "drizzle-orm";
import type { UndoPlan } from "#domain/calendar/undo.ts";
import { NOW, ctes, ms } from "../fragments.ts";
import { appointmentAudit } from "../queries/appointments.ts";
import type { Transaction } from "../transaction.ts";
import { freed, takenBy } from "./subject.ts";
import { tellCte } from "./tell.ts";

interface By {
  operationId: string;
  actorId: string;
  requestId: string;
}

/** So many appointments a statement, each far below the role's statement_timeout. */
const APPOINTMENTS = 500;

function* inParts<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += APPOINTMENTS) yield items.slice(from, from + APPOINTMENTS);
}

const moment = sql`moment as materialized (select clock_timestamp() as now)`;

function uuids(ids: readonly string[]): SQL {
  return sql`${`{${ids.join(",")}}`}::uuid[]`;
}

/**
 * Takes appointments that go back out of where an operation had put them, so that nothing is in the way of the change back;
 * `restore` follows in the same transaction. Answers what the audit trail keeps of each as it was.
 */
export async function vacate(tx: Transaction, back: UndoPlan["back"], by: By): Promise<Map<string, unknown>> {
  const before = new Map<string, unknown>();
  for (const part of inParts(back)) {
    const rows = await tx.rows<{ id: string; before: unknown }>(
      sql`${ctes([
        moment,
        sql`placed as materialized (
        select a.* from appointments a
        where a.id = any(${uuids(part.map(({ item }) => item.appointmentId))}) order by a.id for no key update)`,
        sql`freed as (
        update slots s set appointment_id = null, version = s.version + 1 from placed p where s.id = p.slot_id)`,
        sql`out as (
        update appointments a set status = 'to-place', slot_id = null, changed_by = ${by.actorId}::uuid
        from placed p where a.id = p.id and p.slot_id is not null)`,
      ])} select p.id, ${appointmentAudit(sql`p`)} as before from placed p`,
    );
    for (const row of rows) before.set(row.id, row.before);
  }
  return before;
}

/**
 * Staff had let the patient have two at that time: of those that go back all but the first are allowed to overlap again.
 * Whoever has another appointment then that was not displaced is not among them (`busy`).
 */
const isDoubled = sql`exists (
  select from appointments o left join targets n on n.going = o.id
  where o.patient_id = a.patient_id and o.id <> a.id and (n.going < a.id or (o.slot_id is not null and not o.overlap_allowed))
    and coalesce(n.starts_at, o.starts_at) < s.ends_at and coalesce(n.ends_at, o.ends_at) > s.starts_at)`;

/**
 * Puts appointments back where they were before an operation, as booked as they were (who had not answered an earlier move
 * there is asked again): its items, an audit row and a notice each. Answers when the last of them falls due to be told, epoch milliseconds.
 */
export async function restore(
  tx: Transaction,
  back: UndoPlan["back"],
  before: ReadonlyMap<string, unknown>,
  by: By & { undoOf: string },
): Promise<number | null> {
  let latest: number | null = null;
  for (const part of inParts(back)) {
    const planned = part.map(({ item, slotId }) => ({
      appointmentId: item.appointmentId,
      slotId,
      ...item.from,
      was: { ...item.at, slotId: item.slotId },
      before: before.get(item.appointmentId) ?? null,
    }));
    const [row] = await tx.rows<{ restored: number; dueAt: number | null }>(sql`${ctes([
      moment,
      sql`planned as materialized (
        select x.* from jsonb_to_recordset(${JSON.stringify(planned)}::jsonb) x("appointmentId" uuid, "slotId" uuid,
          "doctorId" uuid, "locationId" uuid, "startsAt" bigint, "endsAt" bigint, was jsonb, before jsonb))`,
      sql`targets as materialized (
        select x."appointmentId" as going, s.* from planned x join slots s on s.id = x."slotId"
        union all
        -- A slot that the change back has just made.
        select x."appointmentId", s.* from planned x join slots s on x."slotId" is null and s.doctor_id = x."doctorId"
          and s.location_id = x."locationId" and s.starts_at = to_timestamp(x."startsAt" / 1000.0)
          and s.ends_at = to_timestamp(x."endsAt" / 1000.0) and s.status = 'open')`,
      sql`restored as (
        update appointments a set status = case when i.unanswered_from is null then 'booked' else 'moved' end,
          moved_at = case when i.unanswered_from is not null then ${NOW} end, moved_from = i.unanswered_from,
          slot_id = s.id, doctor_id = s.doctor_id,
          location_id = s.location_id, starts_at = s.starts_at, ends_at = s.ends_at, overlap_allowed = ${isDoubled},
          changed_by = ${by.actorId}::uuid, updated_at = ${NOW}, version = a.version + 1
        from targets s join operation_items i on i.operation_id = ${by.undoOf}::uuid and i.appointment_id = s.going
        where a.id = s.going and s.status = 'open'
        returning a.*)`,
      sql`taken as (
        update slots s set ${takenBy(sql`r.id`)} from restored r where s.id = r.slot_id)`,
      sql`items as (
        insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id,
          from_location_id, from_starts_at, from_ends_at, state, to_slot_id, to_doctor_id, to_location_id, to_starts_at,
          to_ends_at, left_version, explanation, decided_at)
        select ${by.operationId}::uuid, r.id, r.patient_id, coalesce((x.was ->> 'slotId')::uuid, r.slot_id),
          (x.was ->> 'doctorId')::uuid, (x.was ->> 'locationId')::uuid,
          to_timestamp((x.was ->> 'startsAt')::float8 / 1000), to_timestamp((x.was ->> 'endsAt')::float8 / 1000),
          'moved', r.slot_id, r.doctor_id, r.location_id, r.starts_at, r.ends_at, r.version,
          '{"code": "restored"}', ${NOW}
        from restored r join planned x on x."appointmentId" = r.id)`,
      sql`recorded as (
        insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
        select ${by.actorId}::uuid, r.patient_id, 'appointment.restore', 'appointment', r.id, x.before,
          ${appointmentAudit(sql`r`)} || jsonb_build_object('operationId', ${by.operationId}::uuid), ${by.requestId}
        from restored r join planned x on x."appointmentId" = r.id)`,
      tellCte(sql`r.id, r.patient_id, r.starts_at`, sql`restored r`),
    ])} select (select count(*)::int from restored) as restored,
      (select ${ms(sql`max(due_at)`)}::float8 from told) as "dueAt"`);
    if (row?.restored !== part.length) throw new Error(`${part.length} were to go back, ${row?.restored ?? 0} did`);
    if (row.dueAt !== null) latest = Math.max(latest ?? 0, row.dueAt);
  }
  return latest;
}

/** The slots that were vacated and that nobody has taken are free like any other that comes free. */
export async function freeVacated(tx: Transaction, back: UndoPlan["back"]): Promise<void> {
  for (const part of inParts(back.flatMap(({ item }) => item.slotId ?? []))) {
    await tx.rows(sql`${ctes([moment])}
      update slots s set ${freed} where s.id = any(${uuids(part)}) and s.appointment_id is null and s.status = 'open'`);
  }
}

/**
 * Whoever still waits to be placed is next for the slot that they lost, now that it is there again: it is free like any
 * other that comes free, a late opening or kept for the queue.
 */
export async function freeForWaiting(tx: Transaction, kept: UndoPlan["kept"]): Promise<void> {
  const waiting = kept.filter(({ item }) => item.status === "to-place");
  for (const part of inParts(waiting.map(({ item }) => item.from))) {
    await tx.rows(sql`${ctes([moment])}
      update slots s set ${freed}
      from (
        select x.*, to_timestamp(x."startsAt" / 1000.0) as start
        from jsonb_to_recordset(${JSON.stringify(part)}::jsonb) x("doctorId" uuid, "locationId" uuid, "startsAt" bigint)) x
      where s.doctor_id = x."doctorId" and s.location_id = x."locationId" and s.starts_at = x.start
        and s.clinic_date between x.start::date - 1 and x.start::date + 1
        and s.appointment_id is null and s.status = 'open'`);
  }
}

/** Marks an operation as what takes another one back, with who stays and why. */
export async function recordUndo(
  tx: Transaction,
  undo: By & { undoOf: string; back: number; kept: UndoPlan["kept"] },
): Promise<void> {
  const { operationId, undoOf, back, kept } = undo;
  await tx.rows(
    sql`update operations o set undo_of = ${undoOf}::uuid, displaced = ${back + kept.length}::int
      where o.id = ${operationId}::uuid`,
  );
  for (const part of inParts(kept)) {
    const records = part.map(({ item, why }) => ({ appointmentId: item.appointmentId, why }));
    await tx.rows(sql`
      insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id,
        from_location_id, from_starts_at, from_ends_at, state, explanation, decided_at)
      select ${operationId}::uuid, a.id, a.patient_id, coalesce(a.slot_id, i.to_slot_id, i.from_slot_id), a.doctor_id,
        a.location_id, a.starts_at, a.ends_at, 'kept', x.why, clock_timestamp()
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) x("appointmentId" uuid, why jsonb)
        join appointments a on a.id = x."appointmentId"
        join operation_items i on i.operation_id = ${undoOf}::uuid and i.appointment_id = a.id`);
  }
}
