import { type SQL, sql } from "drizzle-orm";
import type { Unplaceable } from "#domain/reassignment/model.ts";
import type { Database } from "../client.ts";
import { NOW, ctes, isFree, ms } from "../fragments.ts";
import { failureOf } from "../errors.ts";
import { appointmentAudit } from "../queries/appointments.ts";
import type { PlannedMove } from "../queries/reassignment-plan.ts";
import { type Stock, stockCtes } from "../queries/reassignment.ts";
import type { Transaction } from "../transaction.ts";
import { type Lease, isMine, renewed } from "./operation-lease.ts";
import { isFrozen, takenBy } from "./subject.ts";
import { tellCte } from "./tell.ts";

/**
 * Who of an operation is still to be placed. Whose appointment has been cancelled or moved meanwhile, by the patient, by
 * staff or by a later operation, has come to that end. Null: the lease is lost.
 */
export async function takeStock(db: Database, lease: Lease): Promise<Stock | null> {
  const items = sql`select i.appointment_id from operation_items i
    where i.operation_id = (select id from mine) and i.state = 'pending'`;
  const [row] = await db.rows<{ mine: boolean; stock: Stock }>(
    sql`${ctes([
      sql`mine as (update operations o set lease_until = ${renewed} where ${isMine(lease)} returning o.id)`,
      sql`settled as (
      update operation_items i set state = case a.status when 'cancelled' then 'cancelled' else 'moved' end,
        to_slot_id = a.slot_id,
        to_doctor_id = case when a.slot_id is not null then a.doctor_id end,
        to_location_id = case when a.slot_id is not null then a.location_id end,
        to_starts_at = case when a.slot_id is not null then a.starts_at end,
        to_ends_at = case when a.slot_id is not null then a.ends_at end,
        explanation = jsonb_build_object('code', 'elsewhere'), decided_at = clock_timestamp()
      from appointments a
      where i.operation_id = (select id from mine) and i.state = 'pending' and a.id = i.appointment_id
        and a.status <> 'to-place')`,
      stockCtes(items, sql`a.status = 'to-place'`),
    ])} select exists (select from mine) as mine, (select stock from stock) as stock`,
  );
  return row?.mine ? row.stock : null;
}

/** What is to be remembered of a plan, whatever becomes of it: told with its first moves. */
export interface PlanNotes {
  /** How much cheaper another plan could be. */
  gap: number;
  /** Whom it leaves out for others: once those have their slots, that would no longer show. */
  outbid: readonly Left[];
}

/** Whom the machine leaves to a person, and why. */
export interface Left {
  appointmentId: string;
  why: Unplaceable;
}

/**
 * Moves appointments of an operation into their new slots, in one transaction of two statements: the locks (patients,
 * slots, appointments, each by id), and with what is true under them the moves that are still possible. Answers whom it
 * moved; the others stay as they are. Each patient may be in it once. Null: the lease is lost.
 */
export async function moveAppointments(
  db: Database,
  lease: Lease,
  moves: readonly PlannedMove[],
  notes: PlanNotes,
): Promise<Set<string> | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => moveOnce(tx, lease, moves, notes));
    } catch (error) {
      const failure = failureOf(error);
      if (!failure || failure.kind === "unavailable") throw error;
      // Locks that are long in coming, or a guard that a rival has met: these are looked at anew with the next plan.
      if (attempt === 3) return new Set();
    }
  }
}

/** Slot `s` is free to patients. One that somebody holds is not even locked: they are about to confirm. */
const isToBeHad = isFree(sql`s`, { now: NOW, holder: null, staff: false });

async function moveOnce(
  tx: Transaction,
  lease: Lease,
  moves: readonly PlannedMove[],
  notes: PlanNotes,
): Promise<Set<string> | null> {
  const planned = JSON.stringify(
    moves.map(({ appointmentId, slotId, explanation, slot }) => {
      return { appointmentId, slotId, explanation, startsAt: slot.startsAt, endsAt: slot.endsAt };
    }),
  );
  const records = sql`jsonb_to_recordset(${planned}::jsonb) x("appointmentId" uuid, "slotId" uuid, explanation jsonb,
    "startsAt" bigint, "endsAt" bigint)`;
  const [locked] = await tx.rows<{ mine: boolean; slots: string[] }>(sql`${ctes([
    sql`planned as materialized (select x.* from ${records})`,
    sql`moment as materialized (select clock_timestamp() as now)`,
    sql`mine as materialized (select o.id from operations o where ${isMine(lease)} for no key update)`,
    sql`people as materialized (
      select t.id from patients t
      where t.id in (select a.patient_id from appointments a join planned x on x."appointmentId" = a.id, mine)
      order by t.id for no key update)`,
    sql`places as materialized (
      select s.id from slots s
      where (select count(*) from people) > 0 and s.id in (select "slotId" from planned) and ${isToBeHad}
      order by s.id for update skip locked)`,
    sql`visits as materialized (
      select a.id from appointments a
      where (select count(*) from places) > 0 and a.id in (select "appointmentId" from planned)
      order by a.id for no key update)`,
  ])} select exists (select from mine) as mine, coalesce((select jsonb_agg(id) from places), '[]') as slots,
    (select count(*) from visits)`);
  if (!locked?.mine) return null;

  const [done] = await tx.rows<{ moved: string[] }>(
    sql`${ctes([
      sql`moment as materialized (select clock_timestamp() as now)`,
      sql`mine as materialized (select o.* from operations o where o.id = ${lease.operationId}::uuid)`,
      sql`possible as materialized (
      select a as before, s as slot, x.explanation, i.unanswered_from
      from ${records}
        join operation_items i on i.operation_id = ${lease.operationId}::uuid and i.appointment_id = x."appointmentId"
        join appointments a on a.id = i.appointment_id
        join slots s on s.id = x."slotId"
        join doctors d on d.id = s.doctor_id
      where i.state = 'pending' and a.status = 'to-place'
        and s.id in (select l.id::uuid from jsonb_array_elements_text(${JSON.stringify(locked.slots)}::jsonb) l (id))
        and ${isToBeHad} and d.active
        and ${ms(sql`s.starts_at`)} = x."startsAt" and ${ms(sql`s.ends_at`)} = x."endsAt"
        and not (${isFrozen(sql`a.starts_at`)}) and not (${isFrozen(sql`s.starts_at`)})
        and not exists (
          select from appointments o
          where o.patient_id = a.patient_id and o.id <> a.id and o.slot_id is not null
            and o.starts_at < s.ends_at and o.ends_at > s.starts_at))`,
      sql`moved as (
      update appointments a set status = 'moved', slot_id = (p.slot).id, doctor_id = (p.slot).doctor_id,
        location_id = (p.slot).location_id, starts_at = (p.slot).starts_at, ends_at = (p.slot).ends_at,
        overlap_allowed = false, moved_at = ${NOW}, moved_from = coalesce(p.unanswered_from, jsonb_build_object(
          'doctorId', a.doctor_id, 'locationId', a.location_id,
          'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)})),
        changed_by = (select actor_id from mine), updated_at = ${NOW}, version = a.version + 1
      from possible p where a.id = (p.before).id returning a.*)`,
      sql`taken as (
      update slots s set ${takenBy(sql`m.id`)} from moved m where s.id = m.slot_id)`,
      sql`decided as (
      update operation_items i set state = 'moved', to_slot_id = m.slot_id, to_doctor_id = m.doctor_id,
        to_location_id = m.location_id, to_starts_at = m.starts_at, to_ends_at = m.ends_at, left_version = m.version,
        explanation = p.explanation, decided_at = ${NOW}
      from moved m join possible p on (p.before).id = m.id
      where i.operation_id = ${lease.operationId}::uuid and i.appointment_id = m.id)`,
      sql`recorded as (
      insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
      select o.actor_id, m.patient_id, 'appointment.reassign', 'appointment', m.id,
        ${appointmentAudit(sql`(p.before)`)}, ${appointmentAudit(sql`m`)} || jsonb_build_object('operationId', o.id),
        o.request_id
      from moved m join possible p on (p.before).id = m.id, mine o)`,
      tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`moved m`),
      sql`noted as (
      update operation_items i set explanation = x.why from ${leftRows(notes.outbid)}
      where i.operation_id = ${lease.operationId}::uuid and i.appointment_id = x."appointmentId" and i.state = 'pending')`,
      sql`counted as (
      update operations o set lease_until = ${renewed}, proof = jsonb_build_object(
        'placed', coalesce((o.proof ->> 'placed')::bigint, 0) + n.placed,
        'cost', coalesce((o.proof ->> 'cost')::bigint, 0) + n.cost,
        'bound', coalesce((o.proof ->> 'bound')::bigint, 0) + n.cost - ${notes.gap}::bigint)
      from (select count(*) as placed, coalesce(sum((p.explanation ->> 'cost')::bigint), 0) as cost
        from moved m join possible p on (p.before).id = m.id) n
      where o.id = ${lease.operationId}::uuid)`,
    ])} select coalesce((select jsonb_agg(m.id) from moved m), '[]') as moved`,
  );
  return new Set(done?.moved);
}

/** Leaves appointments of an operation to a person, each with why. False: the lease is lost. */
export async function leaveToPerson(db: Database, lease: Lease, left: readonly Left[]): Promise<boolean> {
  const [row] = await db.rows<{ mine: boolean }>(
    sql`${ctes([
      sql`mine as (update operations o set lease_until = ${renewed} where ${isMine(lease)} returning o.id)`,
      sql`visits as materialized (
      select a.id, a.version, x.why from ${leftRows(left)} join appointments a on a.id = x."appointmentId", mine
      where a.status = 'to-place' order by a.id for no key update of a)`,
      sql`decided as (
      update operation_items i set state = 'to-place', left_version = v.version,
        -- Nothing is free because others have it by now: that is what an earlier plan has noted.
        explanation = case when v.why ->> 'code' = 'no-slot' then coalesce(i.explanation, v.why) else v.why end,
        decided_at = clock_timestamp()
      from visits v where i.operation_id = (select id from mine) and i.appointment_id = v.id and i.state = 'pending'
      returning i.appointment_id, i.explanation)`,
      sql`told_why as (
      update cases k set why = d.explanation, changed_by = null, updated_at = clock_timestamp(), version = k.version + 1
      from decided d where k.appointment_id = d.appointment_id and k.status = 'open')`,
    ])} select exists (select from mine) as mine`,
  );
  return row?.mine ?? false;
}

function leftRows(left: readonly Left[]): SQL {
  return sql`jsonb_to_recordset(${JSON.stringify(left)}::jsonb) x("appointmentId" uuid, why jsonb)`;
}
