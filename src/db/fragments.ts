import { type SQL, sql } from "drizzle-orm";
import type { CallerRef } from "./call.ts";

/** Common table expressions, joined into one statement. */
export function ctes(parts: SQL[]): SQL {
  return sql`with ${sql.join(parts, sql`, `)}`;
}

/**
 * `actor(id, role)`: the caller as the database knows them now. Empty when the person is unknown, switched off, has
 * another role by now, or has logged out everywhere since the session began.
 */
export function actorCte(caller: CallerRef): SQL {
  return sql`actor as materialized (
    select p.id, p.role from people p
    where p.subject = ${caller.subject} and p.role = ${caller.role} and p.active
      and (${caller.sessionVersion}::int is null or p.session_version = ${caller.sessionVersion}::int))`;
}

/** The moment of decision, read once after every lock this verb may have waited for. */
export const NOW = sql`(select now from moment)`;

interface FreeOptions {
  now: SQL;
  holder: SQL | null;
  staff: boolean;
  /** Staff have said why a closed slot is to be used all the same. */
  closedToo?: boolean;
}

/** The start that a free slot must lie beyond: now, and for patients the minimum notice later. */
function soonest(now: SQL, staff: boolean): SQL {
  return staff ? now : sql`${now} + make_interval(mins => (select min_notice_minutes from policy))`;
}

/**
 * `floor(date, at)`: where a search for free slots begins, as a position in (clinic_date, starts_at), the order in which
 * they are offered. No free slot lies before it: its start is in the future, so its date is not before the earliest
 * that a location has at that moment. `from` (a clinic date, or null) moves it on. Without it a search would read the
 * day's past, or all of history, before it came to the first free slot.
 */
export function floorCte(options: { now: SQL; staff: boolean; from: SQL }): SQL {
  return sql`floor as materialized (
    select greatest(d.date, ${options.from}) as date,
      case when ${options.from} > d.date then '-infinity'::timestamptz else d.at end as at
    from (
      select min((x.at at time zone l.time_zone)::date) as date, x.at
      from (select ${soonest(options.now, options.staff)} as at) x, locations l group by x.at) d)`;
}

/** Slot `s` lies beyond the floor. One row comparison, which is where an index scan can begin. */
export function isBeyondFloor(s: SQL): SQL {
  return sql`(${s}.clinic_date, ${s}.starts_at) > ((select date from floor), (select at from floor))`;
}

/**
 * The one predicate of "free", shared by what is offered and what can be held. `now` and `holder` are expressions; a
 * holder's own hold counts as free for the holder. Late openings, minimum notice and what is kept for the placement
 * queue bind patients, not staff.
 * Scalar subqueries keep index order usable, so a first-available search stops at its first row.
 */
export function isFree(s: SQL, options: FreeOptions): SQL {
  const mine = options.holder ? sql` or ${s}.held_by = ${options.holder}` : sql``;
  const late = options.staff
    ? sql``
    : sql`and (not ${s}.late_opening or (select late_openings from policy) = 'patients')
        and (${s}.offered_until is null or ${s}.offered_until <= ${options.now})`;
  const open = options.closedToo ? sql`true` : sql`${s}.status = 'open'`;
  return sql`${open} and ${s}.appointment_id is null and ${s}.starts_at > ${soonest(options.now, options.staff)} ${late}
    and (${s}.hold_id is null or ${s}.hold_expires_at <= ${options.now}${mine})`;
}

/** An instant as epoch milliseconds, the one shape in which instants leave the database. */
export function ms(expression: SQL): SQL {
  return sql`(floor(extract(epoch from ${expression}) * 1000))::bigint`;
}

/** A slot as jsonb, for `SlotRow`. */
export function slotJson(s: SQL): SQL {
  return sql`jsonb_build_object('id', ${s}.id, 'doctorId', ${s}.doctor_id, 'locationId', ${s}.location_id,
    'startsAt', ${ms(sql`${s}.starts_at`)}, 'endsAt', ${ms(sql`${s}.ends_at`)},
    'zone', (select l.time_zone from locations l where l.id = ${s}.location_id))`;
}

/** With whom, where and when, as the database tells it: instants in epoch milliseconds, `zone` the location's IANA zone. */
export interface PlaceRow {
  doctorId: string;
  locationId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
}

export interface SlotRow extends PlaceRow {
  id: string;
}
