import { type SQL, sql } from "drizzle-orm";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { ChangedThing } from "#domain/calendar/inverse.ts";
import type { MoveExplanation, Proof, Unplaceable } from "#domain/reassignment/model.ts";
import type { Kept } from "#domain/calendar/undo.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { type PlaceRow, actorCte, ctes, ms } from "../fragments.ts";
import { listedCtes } from "../reads.ts";

export type ItemState = "pending" | "moved" | "to-place" | "cancelled" | "kept";

/** An operation as the database tells it: instants in epoch milliseconds, `zone` the clinic's. */
export interface OperationRow {
  id: string;
  change: CalendarChange;
  changed: ChangedThing[];
  actor: { id: string; name: string };
  createdAt: number;
  finishedAt: number | null;
  phase: "reassigning" | "done";
  displaced: number;
  counts: Record<Exclude<ItemState, "to-place"> | "toPlace", number>;
  undoOf: string | null;
  undoneBy: string | null;
  /** The database's clock. */
  now: number;
  zone: string;
}

export interface OperationDetailRow extends OperationRow {
  preview: { affected: number; unchanged: number; reassigned: number; toPlace: number } | null;
  proof: Proof | null;
}

/** Operation `o` as jsonb, for `OperationRow`. */
const operationJson = (o: SQL): SQL => sql`jsonb_build_object('id', ${o}.id, 'change', ${o}.change,
  'changed', coalesce(${o}.before -> 'changed', '[]'),
  'actor', (select jsonb_build_object('id', p.id, 'name', p.name) from people p where p.id = ${o}.actor_id),
  'createdAt', ${ms(sql`${o}.created_at`)}, 'finishedAt', ${ms(sql`${o}.finished_at`)}, 'phase', ${o}.phase,
  'displaced', ${o}.displaced, 'undoOf', ${o}.undo_of,
  'undoneBy', (select u.id from operations u where u.undo_of = ${o}.id),
  'now', ${ms(sql`clock_timestamp()`)}, 'zone', (select c.time_zone from clinic c),
  'counts', (
    select jsonb_build_object('pending', count(*) filter (where i.state = 'pending'),
      'moved', count(*) filter (where i.state = 'moved'), 'toPlace', count(*) filter (where i.state = 'to-place'),
      'cancelled', count(*) filter (where i.state = 'cancelled'), 'kept', count(*) filter (where i.state = 'kept'))
    from operation_items i where i.operation_id = ${o}.id))`;

/** A page of operations, newest first, one more than `limit` when there are more. Null: no such caller. */
export async function listOperations(
  db: Database,
  caller: CallerRef,
  { after, limit }: { after: { id: string } | undefined; limit: number },
) {
  const [row] = await db.rows<{ known: boolean; items: OperationRow[] }>(sql`${ctes([
    actorCte(caller),
    // Their ids rise with time.
    sql`page as materialized (
      select o.* from operations o
      where exists (select from actor) and ${after ? sql`o.id < ${after.id}::uuid` : sql`true`}
      order by o.id desc limit ${limit + 1})`,
  ])} select exists (select from actor) as known,
    coalesce((select jsonb_agg(${operationJson(sql`o`)} order by o.id desc) from page o), '[]') as items`);
  return row?.known ? row.items : null;
}

/** One operation. `known` false: no such caller; `item` null: there is none such. */
export async function findOperation(db: Database, caller: CallerRef, id: string) {
  const [row] = await db.rows<{ known: boolean; item: OperationDetailRow | null }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known, (
      select ${operationJson(sql`o`)} || jsonb_build_object('proof', o.proof,
        'preview', case when o.preview is not null then jsonb_build_object(
          'affected', o.preview -> 'affected', 'unchanged', o.preview -> 'unchanged',
          'reassigned', jsonb_array_length(o.preview -> 'reassigned'),
          'toPlace', jsonb_array_length(o.preview -> 'toPlace')) end)
      from operations o where o.id = ${id}::uuid and exists (select from actor)) as item`);
  return { known: row?.known ?? false, item: row?.item ?? null };
}

/** What became of one appointment, and why. */
export interface OperationItemRow {
  appointmentId: string;
  patientId: string;
  patientName: string;
  from: PlaceRow;
  to: (PlaceRow & { slotId: string }) | null;
  state: ItemState;
  explanation: MoveExplanation | Unplaceable | Kept | { code: "elsewhere" | "restored" } | null;
  previewed: { to: PlaceRow | null } | null;
  decidedAt: number | null;
}

export interface OperationItemsFilter {
  state?: ItemState | undefined;
  after?: { startsAt: number; id: string } | undefined;
  limit: number;
}

/**
 * A page of an operation's appointments by their former start, one more than `limit` when there are more. `known` false:
 * no such caller; `item` null: there is no such operation. Which patients staff were shown is noted.
 */
export async function listOperationItems(
  db: Database,
  caller: CallerRef,
  operationId: string,
  filter: OperationItemsFilter,
  requestId: string,
) {
  const where = [sql`i.operation_id = (select id from operation)`];
  if (filter.state) where.push(sql`i.state = ${filter.state}`);
  if (filter.after) {
    where.push(sql`(date_trunc('milliseconds', i.from_starts_at), i.appointment_id) >
      (to_timestamp(${filter.after.startsAt}::float8 / 1000), ${filter.after.id}::uuid)`);
  }
  const order = sql`date_trunc('milliseconds', i.from_starts_at), i.appointment_id`;
  const zoneOf = (location: SQL): SQL => sql`(select l.time_zone from locations l where l.id = ${location})`;
  const place = (side: "from" | "to"): SQL => {
    const column = (name: string): SQL => sql`i.${sql.identifier(`${side}_${name}`)}`;
    return sql`jsonb_build_object('doctorId', ${column("doctor_id")}, 'locationId', ${column("location_id")},
      'startsAt', ${ms(column("starts_at"))}, 'endsAt', ${ms(column("ends_at"))}, 'zone', ${zoneOf(column("location_id"))})`;
  };
  const [row] = await db.rows<{ known: boolean; item: OperationItemRow[] | null }>(
    sql`${ctes([
      actorCte(caller),
      sql`operation as materialized (
        select o.id, o.preview from operations o where o.id = ${operationId}::uuid and exists (select from actor))`,
      sql`page as materialized (
        select i.* from operation_items i where ${sql.join(where, sql` and `)} order by ${order} limit ${filter.limit + 1})`,
      sql`seen_before as materialized (
        select (x ->> 'appointmentId')::uuid as appointment_id, jsonb_build_object('to', x -> 'to') as shown
        from operation o, jsonb_array_elements((o.preview -> 'reassigned') || (o.preview -> 'toPlace')) x)`,
      ...listedCtes({
        action: "operation.items",
        patients: sql`select jsonb_agg(distinct i.patient_id order by i.patient_id) from page i`,
        requestId,
      }),
    ])} select exists (select from actor) as known, (
      select coalesce(jsonb_agg(jsonb_build_object('appointmentId', i.appointment_id, 'patientId', i.patient_id,
          'patientName', (select t.name from patients t where t.id = i.patient_id), 'state', i.state,
          'explanation', i.explanation, 'decidedAt', ${ms(sql`i.decided_at`)},
          'from', ${place("from")},
          'to', case when i.to_slot_id is not null then ${place("to")} || jsonb_build_object('slotId', i.to_slot_id) end,
          'previewed', (select b.shown from seen_before b where b.appointment_id = i.appointment_id))
        order by ${order}) filter (where i.appointment_id is not null), '[]')
      from operation o left join page i on true group by o.id) as item`,
  );
  return { known: row?.known ?? false, item: row?.item ?? null };
}
