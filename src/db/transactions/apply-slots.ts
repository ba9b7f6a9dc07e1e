import { type SQL, sql } from "drizzle-orm";
import type { CaseReason } from "#domain/calendar/change.ts";
import type { NewSlot, SlotPlan } from "#domain/calendar/model.ts";
import { ctes, ms } from "../fragments.ts";
import { appointmentAudit } from "../queries/appointments.ts";
import type { Transaction } from "../transaction.ts";
import { type OperationStart, operationCte } from "./operation-rows.ts";
import { tellCte } from "./tell.ts";

/** Locks the slots that a plan changes, by id as everywhere. */
export async function lockSlots(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.rows(sql`select count(*) from (
    select s.id from slots s where s.id = any(${uuids(ids)}) order by s.id for update) locked`);
}

/** So many slots a statement: displacing as many patients stays far below the role's statement_timeout. */
const SLOTS = 500;

export interface Cause {
  reason: CaseReason;
  /** Recorded with the first statement; what it displaces becomes its items. */
  operation: OperationStart;
}

/**
 * Changes and removes slots, in statements of so many, each with all that this does to who is on them: their
 * appointments become `to-place`, each an item of the operation, with a placement case, an audit row and a notice to be
 * sent, and live holds on them are let go.
 */
export async function applyToSlots(tx: Transaction, plan: SlotPlan, cause: Cause): Promise<Applied> {
  const done: Applied = { displaced: 0, holdsReleased: 0, dueAt: null };
  const displace = new Set(plan.displace);
  const touched = [
    ...plan.remove.map((id) => ({ id, as: null })),
    ...plan.set.map((slot) => ({ id: slot.id, as: slot })),
  ];
  for (let from = 0; from < touched.length; from += SLOTS) {
    const some = touched.slice(from, from + SLOTS);
    const part = {
      set: some.flatMap(({ as }) => as ?? []),
      remove: some.filter(({ as }) => as === null).map(({ id }) => id),
      displace: some.filter(({ id }) => displace.has(id)).map(({ id }) => id),
    };
    const { displaced, holdsReleased, dueAt } = await applyPart(tx, part, cause);
    done.displaced += displaced;
    done.holdsReleased += holdsReleased;
    if (dueAt !== null) done.dueAt = Math.max(done.dueAt ?? 0, dueAt);
  }
  return done;
}

interface Applied {
  displaced: number;
  holdsReleased: number;
  /** When the last of those displaced falls due to be told, epoch milliseconds. */
  dueAt: number | null;
}

async function applyPart(tx: Transaction, plan: Omit<SlotPlan, "add">, { reason, operation }: Cause): Promise<Applied> {
  const { id: operationId, actorId, requestId } = operation;
  const displaced = sql`s.id = any(${uuids(plan.displace)})`;
  const [row] = await tx.rows<Applied>(sql`${ctes([
    operationCte(operation, sql`null::jsonb`),
    sql`lost as (
      update appointments a set status = 'to-place', slot_id = null, changed_by = ${actorId}::uuid,
        updated_at = clock_timestamp(), version = a.version + 1
      where a.slot_id = any(${uuids(plan.displace)}) and a.status in ('booked', 'moved')
      returning a.*)`,
    sql`items as (
      insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id,
        from_location_id, from_starts_at, from_ends_at, unanswered_from)
      select ${operationId}::uuid, b.id, b.patient_id, b.slot_id, b.doctor_id, b.location_id, b.starts_at, b.ends_at,
        b.moved_from
      from lost l join appointments b on b.id = l.id)`,
    // Within the freeze all are due now, at one moment: then the queue goes by the order of their ids, which is this one.
    sql`queued as (
      insert into cases (appointment_id, reason, request_id, operation_id, due_at)
      select l.id, ${reason}, ${requestId}, ${operationId}::uuid, date_trunc('milliseconds',
        greatest((select clock_timestamp()), l.starts_at - make_interval(hours => p.freeze_hours)))
      from lost l, policy p order by l.starts_at, l.id)`,
    sql`recorded as (
      insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
      select ${actorId}::uuid, l.patient_id, 'appointment.displace', 'appointment', l.id,
        ${appointmentAudit(sql`b`)}, ${appointmentAudit(sql`l`)} || jsonb_build_object('because', ${reason}::text,
          'operationId', ${operationId}::uuid), ${requestId}
      from lost l join appointments b on b.id = l.id)`,
    tellCte(sql`l.id, l.patient_id, l.starts_at`, sql`lost l`),
    sql`held as materialized (
      select s.id from slots s where ${displaced} and s.hold_expires_at > clock_timestamp())`,
    sql`changed as (
      update slots s set starts_at = to_timestamp(x."startsAt" / 1000.0), ends_at = to_timestamp(x."endsAt" / 1000.0),
        clinic_date = x.date, status = x.status, closed_by = x."closedBy", by_hand = x."byHand", origin = x.origin,
        appointment_id = case when ${displaced} then null else s.appointment_id end,
        hold_id = case when ${displaced} then null else s.hold_id end,
        held_by = case when ${displaced} then null else s.held_by end,
        hold_expires_at = case when ${displaced} then null else s.hold_expires_at end,
        hold_extensions = case when ${displaced} then 0 else s.hold_extensions end,
        late_opening = s.late_opening and not ${displaced}, version = s.version + 1
      from ${records(plan.set)} where s.id = x.id)`,
    sql`removed as (delete from slots s where s.id = any(${uuids(plan.remove)}))`,
  ])} select (select count(*)::int from lost) as displaced, (select count(*)::int from held) as "holdsReleased",
    (select ${ms(sql`max(due_at)`)}::float8 from told) as "dueAt"`);
  if (!row) throw new Error("applying a plan answered no row");
  return row;
}

/** `added`: the slots that a plan inserts. */
export function addedCte(add: readonly NewSlot[]): SQL {
  return sql`added as (
    insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, status, closed_by, by_hand, origin)
    select x."doctorId", x."locationId", to_timestamp(x."startsAt" / 1000.0), to_timestamp(x."endsAt" / 1000.0), x.date,
      x.status, x."closedBy", x."byHand", x.origin
    from ${records(add)} order by x."startsAt" returning *)`;
}

function records(slots: readonly (NewSlot & { id?: string })[]): SQL {
  return sql`jsonb_to_recordset(${JSON.stringify(slots)}::jsonb) x(id uuid, "doctorId" uuid, "locationId" uuid,
    "startsAt" bigint, "endsAt" bigint, date date, status text, "closedBy" text, "byHand" text, origin text)`;
}

function uuids(ids: readonly string[]): SQL {
  return sql`${`{${ids.join(",")}}`}::uuid[]`;
}
