import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, ms } from "../fragments.ts";
import { foundCtes } from "./appointments.ts";

/** How far back a feed goes. */
const PAST_DAYS = 30;

/** An appointment as an event of somebody's calendar. Instants are epoch milliseconds. */
export interface EventRow {
  appointmentId: string;
  /** That of the last mail about it, or of the next one where something is still to be told. */
  sequence: number;
  startsAt: number;
  endsAt: number;
  changedAt: number;
  /** It does not take place at that time: cancelled, or to be placed anew. */
  off: boolean;
  /** `name` is null where the clinic has one location only. */
  place: { name: string | null; address: string };
}

/** An appointment `a` as jsonb, for `EventRow`. */
function eventJson(a: SQL): SQL {
  return sql`jsonb_build_object('appointmentId', ${a}.id, 'startsAt', ${ms(sql`${a}.starts_at`)},
    'endsAt', ${ms(sql`${a}.ends_at`)}, 'changedAt', ${ms(sql`${a}.updated_at`)}, 'off', ${a}.slot_id is null,
    'sequence', coalesce((
      select greatest(0, case when o.due_at is null then 0 else 1 end + greatest(o.sequence, (
        select max(d.sequence) from deliveries d
        where d.appointment_id = o.appointment_id and d.patient_id = o.patient_id and d.kind <> 'reminder')))
      from outbox o where o.appointment_id = ${a}.id and o.patient_id = ${a}.patient_id), 0),
    'place', (select jsonb_build_object('address', l.address,
        'name', case when (select count(*) from locations) > 1 then l.name end)
      from locations l where l.id = ${a}.location_id))`;
}

/**
 * One appointment the caller may see, as an event, with the clinic's name and the database's clock (`now`). `known`
 * false: no such caller; `item` null: not there, or not theirs. That doctors and staff have read it is noted.
 */
export async function findEvent(db: Database, caller: CallerRef, id: string, requestId: string) {
  const [row] = await db.rows<{ known: boolean; item: EventRow | null; clinicName: string; now: number }>(sql`${ctes(
    foundCtes(caller, id, requestId),
  )} select exists (select from actor) as known, (select ${eventJson(sql`f`)} from found f) as item,
    (select name from clinic) as "clinicName", ${ms(sql`clock_timestamp()`)}::float8 as now`);
  if (!row) throw new Error("an appointment's event answered no row");
  return row;
}

/**
 * The appointments of the patient or doctor whose feed has this secret (`secretHash`: its SHA-256 in hex), from 30 days
 * ago on; what does not take place is left out. Null: there is no such feed, or its owner is switched off or merged.
 */
export async function readFeed(db: Database, secretHash: string) {
  const rows = (owner: SQL): SQL => sql`
    select a.* from appointments a
    where ${owner} and a.slot_id is not null and a.starts_at > now() - make_interval(days => ${PAST_DAYS}::int)`;
  const [row] = await db.rows<{ role: "patient" | "doctor" | null; clinicName: string; events: EventRow[] }>(sql`
    with feed as materialized (
      select f.patient_id, f.doctor_id, p.role from calendar_feeds f
        left join patients t on t.id = f.patient_id and t.active and t.merged_into is null
        left join doctors d on d.id = f.doctor_id and d.active
        join people p on p.id = coalesce(t.person_id, d.person_id) and p.active
          and p.role = case when f.doctor_id is null then 'patient' else 'doctor' end
      where f.secret_hash = decode(${secretHash}, 'hex')),
    listed as (${rows(sql`a.patient_id = (select patient_id from feed)`)}
      union all ${rows(sql`a.doctor_id = (select doctor_id from feed)`)})
    select (select role from feed) as role, (select name from clinic) as "clinicName",
      coalesce((select jsonb_agg(${eventJson(sql`a`)} order by a.starts_at, a.id) from listed a), '[]') as events`);
  return row?.role ? { role: row.role, clinicName: row.clinicName, events: row.events } : null;
}

/** Since when the caller's feed has its present address (epoch milliseconds), null if there is none. `known` as above. */
export async function feedSince(db: Database, caller: CallerRef) {
  const [row] = await db.rows<{ known: boolean; since: number | null; zone: string }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known, (select time_zone from clinic) as zone,
      (select ${ms(sql`f.created_at`)}::float8 from calendar_feeds f where ${ownedBy(caller.role)}) as since`);
  if (!row) throw new Error("a feed's state answered no row");
  return row;
}

/** Feed `f` is the actor's own. */
function ownedBy(role: CallerRef["role"]): SQL {
  return role === "doctor"
    ? sql`f.doctor_id = (select d.id from doctors d where d.person_id = (select id from actor))`
    : sql`f.patient_id = (select t.id from patients t where t.person_id = (select id from actor))`;
}
