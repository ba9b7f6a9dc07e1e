import { sql } from "drizzle-orm";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { ChangedThing, StandingHoliday } from "#domain/calendar/inverse.ts";
import type { UndoItem, UndoLimits } from "#domain/calendar/undo.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, ms } from "../fragments.ts";
import type { Transaction } from "../transaction.ts";

/** An operation that is to be taken back. */
export interface UndoneOperation {
  change: CalendarChange;
  changed: ChangedThing[];
  phase: "reassigning" | "done";
  undoOf: string | null;
  undoneBy: string | null;
  /** Those of the holidays that it added which still stand. */
  standing: StandingHoliday[];
}

const operationJson = sql`jsonb_build_object('change', o.change, 'changed', coalesce(o.before -> 'changed', '[]'),
  'phase', o.phase, 'undoOf', o.undo_of, 'undoneBy', (select u.id from operations u where u.undo_of = o.id),
  'standing', coalesce((
    select jsonb_agg(jsonb_build_object('holidayId', h.id, 'locationId', h.location_id, 'date', h.date)
      order by h.date, h.id)
    from holidays h where o.kind = 'holidays-add' and h.id in (
      select (x ->> 'id')::uuid from jsonb_array_elements(o.before -> 'changed') x)), '[]'))`;

/** Reads and locks an operation, so that it is taken back once. Null: there is none such. */
export async function lockOperation(tx: Transaction, id: string): Promise<UndoneOperation | null> {
  const [row] = await tx.rows<{ operation: UndoneOperation }>(sql`
    with mine as materialized (select o.id from operations o where o.id = ${id}::uuid for update)
    select ${operationJson} as operation from operations o where o.id = (select id from mine)`);
  return row?.operation ?? null;
}

/** As `lockOperation` without the lock, with who is calling. `known` false: no such caller. */
export async function readUndoneOperation(db: Transaction, caller: CallerRef, id: string) {
  const [row] = await db.rows<{ known: boolean; operation: UndoneOperation | null }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known, (
      select ${operationJson} from operations o where o.id = ${id}::uuid and exists (select from actor)) as operation`);
  return { known: row?.known ?? false, operation: row?.operation ?? null };
}

/** Whom an operation displaced, as they stand now, and by which limits they may be moved. */
export async function readUndoItems(tx: Transaction, operationId: string) {
  const [row] = await tx.rows<{ items: UndoItem[]; limits: UndoLimits }>(sql`
    select (
      select coalesce(jsonb_agg(jsonb_build_object('appointmentId', a.id, 'patientId', a.patient_id,
        'from', jsonb_build_object('doctorId', i.from_doctor_id, 'locationId', i.from_location_id,
          'startsAt', ${ms(sql`i.from_starts_at`)}, 'endsAt', ${ms(sql`i.from_ends_at`)}),
        'leftVersion', i.left_version, 'unansweredFrom', i.unanswered_from,
        'to', case when i.state = 'moved' then jsonb_build_object('doctorId', i.to_doctor_id,
          'locationId', i.to_location_id, 'startsAt', ${ms(sql`i.to_starts_at`)}, 'endsAt', ${ms(sql`i.to_ends_at`)}) end,
        'movedFrom', a.moved_from, 'status', a.status, 'version', a.version,
        'slotId', a.slot_id,
        'at', jsonb_build_object('doctorId', a.doctor_id, 'locationId', a.location_id,
          'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)}),
        'busy', exists (
          select from appointments o
          where o.patient_id = a.patient_id and o.id <> a.id and o.slot_id is not null and not o.overlap_allowed
            and o.starts_at < i.from_ends_at and o.ends_at > i.from_starts_at),
        'held', exists (
          select from slots s
          where s.doctor_id = i.from_doctor_id and s.clinic_date between i.from_starts_at::date - 1
              and i.from_starts_at::date + 1
            and s.starts_at = i.from_starts_at and s.hold_expires_at > clock_timestamp()))
        order by i.from_starts_at, i.appointment_id), '[]')
      from operation_items i join appointments a on a.id = i.appointment_id
      where i.operation_id = ${operationId}::uuid) as items,
    (select jsonb_build_object('freezeHours', p.freeze_hours, 'minNoticeMinutes', p.min_notice_minutes)
     from policy p) as limits`);
  if (!row) throw new Error("the clinic and its policy are not set up");
  return row;
}
