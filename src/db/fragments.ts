import { type SQL, sql } from "drizzle-orm";

/** Common table expressions, joined into one statement. */
export function ctes(parts: SQL[]): SQL {
  return sql`with ${sql.join(parts, sql`, `)}`;
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
