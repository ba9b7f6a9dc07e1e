import { type SQL, sql } from "drizzle-orm";

/**
 * `told`: marks an appointment's outbox row dirty in the verb's own statement. It falls due when the quiet window has
 * passed since this change, but no later than the maximum delay after the first change that was not told; and at once
 * if the appointment starts, or before this change started, within `notify_at_once_minutes`.
 * `columns` are (appointment id, patient id, its start from now on) out of `source`.
 */
export function tellCte(columns: SQL, source: SQL): SQL {
  return sql`told as (
    insert into outbox as o (appointment_id, patient_id, first_dirty_at, due_at)
    select x.appointment_id, x.patient_id, clock_timestamp(),
      clock_timestamp() + case when ${isSoon(sql`x.starts_at`)} or exists (
          -- As it was before this statement.
          select from appointments b where b.id = x.appointment_id and ${isSoon(sql`b.starts_at`)})
        then interval '0' else make_interval(secs => p.quiet_seconds) end
    from (select ${columns} from ${source}) x (appointment_id, patient_id, starts_at), policy p
    on conflict (appointment_id, patient_id) do update set
      version = o.version + 1,
      first_dirty_at = coalesce(o.first_dirty_at, excluded.first_dirty_at),
      due_at = least(excluded.due_at,
        coalesce(o.first_dirty_at, excluded.first_dirty_at)
          + make_interval(secs => (select max_delay_seconds from policy)))
    returning due_at)`;
}

function isSoon(startsAt: SQL): SQL {
  return sql`${startsAt} between clock_timestamp()
    and clock_timestamp() + make_interval(mins => p.notify_at_once_minutes)`;
}
