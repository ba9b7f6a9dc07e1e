import { type SQL, sql } from "drizzle-orm";
import { NOW, ms } from "../fragments.ts";

/** Patients cannot change what starts then any more: the freeze has begun. */
export function isFrozen(startsAt: SQL): SQL {
  return sql`${startsAt} - make_interval(hours => (select freeze_hours from policy)) <= ${NOW}`;
}

/** Columns of a slot that appointment `id` takes. */
export function takenBy(id: SQL): SQL {
  return sql`appointment_id = ${id}, hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
    late_opening = false, offered_until = null, version = s.version + 1`;
}

/**
 * The last place that the patient of appointment `a` agreed to, for `moved_from`: what an unanswered move before this one
 * kept, or what the operation that took the slot away kept of such a move, or where it is or was.
 */
export const lastAgreed = sql`coalesce(a.moved_from,
  case when a.status = 'to-place' then (
    select i.unanswered_from from operation_items i where i.appointment_id = a.id order by i.operation_id desc limit 1) end,
  jsonb_build_object('doctorId', a.doctor_id, 'locationId', a.location_id,
    'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)}))`;
