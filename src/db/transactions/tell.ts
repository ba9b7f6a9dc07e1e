import { type SQL, sql } from "drizzle-orm";

/**
 * `told`: marks an appointment's outbox row dirty in the verb's own statement. It falls due when the quiet window has
 * passed since this change, but no later than the maximum delay after the first change that was not told.
 * `columns` are (appointment id, patient id) out of `source`.
 */
export function tellCte(columns: SQL, source: SQL): SQL {
  return sql`told as (
    insert into outbox as o (appointment_id, patient_id, first_dirty_at, due_at)
    select x.appointment_id, x.patient_id, clock_timestamp(), clock_timestamp() + make_interval(secs => p.quiet_seconds)
    from (select ${columns} from ${source}) x (appointment_id, patient_id), policy p
    on conflict (appointment_id, patient_id) do update set
      version = o.version + 1,
      first_dirty_at = coalesce(o.first_dirty_at, excluded.first_dirty_at),
      due_at = least(excluded.due_at,
        coalesce(o.first_dirty_at, excluded.first_dirty_at)
          + make_interval(secs => (select max_delay_seconds from policy)))
    returning due_at)`;
}
