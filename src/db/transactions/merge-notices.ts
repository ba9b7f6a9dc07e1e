import { type SQL, sql } from "drizzle-orm";
import { ctes, ms } from "../fragments.ts";
import { perhapsSent } from "../queries/outbox.ts";
import type { Transaction } from "../transaction.ts";

/**
 * Of two records that are becoming one: what the one that goes was told, or is to be, counts as the survivor's, with its
 * mails and reminders. Nothing is to be told because of that, but for what the answer says: when, in epoch milliseconds.
 *
 * An appointment that was handed from the one to the other has notices for both, and one afterwards. What its present
 * patient was told counts. That it is over for the other is nothing to tell; if just that was perhaps sent, what is true
 * is said again. The version rises, so that nothing is sent any more that was claimed before.
 */
export async function mergeNotices(
  tx: Transaction,
  { goingId, stayingId }: { goingId: string; stayingId: string },
): Promise<number | null> {
  const [going, staying] = [sql`${goingId}::uuid`, sql`${stayingId}::uuid`];
  // Mails and reminders are found by their appointments: each of them has a notice.
  const ofGoing = (x: SQL): SQL =>
    sql`${x}.patient_id = ${going} and ${x}.appointment_id = any(array(select appointment_id from told))`;
  const isDouble = sql`(k.appointment_id, k.starts_at, k.lead_hours) = (r.appointment_id, r.starts_at, r.lead_hours)`;
  const [row] = await tx.rows<{ dueAt: number | null }>(
    sql`${ctes([
      sql`told as materialized (select o.* from outbox o where o.patient_id = ${going})`,
      sql`pairs as materialized (
      select g.appointment_id, case when x.going_counts then g else s end as first, case when x.going_counts then s else g end as other,
        x.unsure
      from outbox g join outbox s on s.appointment_id = g.appointment_id and s.patient_id = ${staying}
        join appointments a on a.id = g.appointment_id
        cross join lateral (
          select (${perhapsSent(sql`g`)}) is not null or (${perhapsSent(sql`s`)}) is not null as unsure,
            case a.patient_id when g.patient_id then true when s.patient_id then false
              else (g.due_at is not null, coalesce(g.last_notified_at, '-infinity'))
                > (s.due_at is not null, coalesce(s.last_notified_at, '-infinity')) end as going_counts) x
      where g.patient_id = ${going})`,
      sql`inherited as (
      update outbox o set patient_id = ${staying}
      where o.patient_id = ${going} and o.appointment_id not in (select p.appointment_id from pairs p))`,
      sql`dropped as (
      delete from outbox o using pairs p where o.appointment_id = p.appointment_id and o.patient_id = ${going})`,
      sql`folded as (
      update outbox o set version = greatest((p.first).version, (p.other).version) + 1,
        last_notified = coalesce((p.first).last_notified, (p.other).last_notified), last_notified_at = coalesce((p.first).last_notified_at, (p.other).last_notified_at),
        -- The least leaves the one that was perhaps sent beyond it, which is how settling knows of it.
        sequence = case when p.unsure then least((p.first).sequence, (p.other).sequence)
          else greatest((p.first).sequence, (p.other).sequence) end,
        first_dirty_at = case when p.unsure then clock_timestamp() else (p.first).first_dirty_at end,
        due_at = case when p.unsure then clock_timestamp() else (p.first).due_at end
      from pairs p where o.appointment_id = p.appointment_id and o.patient_id = ${staying}
      returning o.due_at, p.unsure)`,
      sql`mails as (update deliveries r set patient_id = ${staying} where ${ofGoing(sql`r`)})`,
      sql`doubles as (
      delete from reminders r using reminders k
      where ${ofGoing(sql`r`)} and k.patient_id = ${staying} and ${isDouble} returning r.*)`,
      sql`reminded as (
      update reminders k set state = 'sent', lease_id = null, lease_until = null from doubles r
      where k.patient_id = ${staying} and ${isDouble} and r.state = 'sent' and k.state <> 'sent')`,
      sql`reminders_inherited as (
      update reminders r set patient_id = ${staying}
      where ${ofGoing(sql`r`)} and not exists (select from reminders k where k.patient_id = ${staying} and ${isDouble}))`,
    ])} select ${ms(sql`max(f.due_at)`)}::float8 as "dueAt" from folded f where f.unsure`,
  );
  return row?.dueAt ?? null;
}
