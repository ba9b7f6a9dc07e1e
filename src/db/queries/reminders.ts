import { sql } from "drizzle-orm";
import type { Particulars } from "#domain/message/context.ts";
import type { Fact } from "#domain/settle.ts";
import type { Database } from "../client.ts";
import { ctes, ms } from "../fragments.ts";
import { openTask } from "../transactions/task.ts";
import { LEASE_SECONDS, factJson, retryIn, settleDeliveries } from "./outbox.ts";
import { particularsJson } from "./particulars.ts";

/** A claimed reminder with all that its mail needs. The lease is the claimer's alone until it runs out. */
export interface ReminderClaim {
  appointmentId: string;
  patientId: string;
  leaseId: string;
  leadHours: number;
  deliveryId: string;
  now: Fact;
  particulars: Particulars;
}

/** The patient knows of appointment `a` just as it is, and nothing is about to be told: outbox row `o`. */
const IS_TOLD = sql`o.due_at is null and o.last_notified ->> 'state' in ('booked', 'moved-by-clinic')
  and (o.last_notified ->> 'startsAt')::bigint = ${ms(sql`a.starts_at`)} and (o.last_notified ->> 'endsAt')::bigint = ${ms(sql`a.ends_at`)}
  and o.last_notified ->> 'locationId' = a.location_id::text and o.last_notified ->> 'doctorId' = a.doctor_id::text`;

/** What had just fallen due when the leads were chosen anew may still be on its way. */
const SETTLING = sql`interval '15 minutes'`;

/** Patient `t` wants reminders and can be reached. */
const MAY_BE_REMINDED = sql`t.reminders and t.active and t.email is not null
  and not exists (select from suppressions u where u.address = lower(t.email))`;

/**
 * Claims up to `limit` reminders that are due, soonest start first, and records that they are about to be sent. All is
 * judged now: whoever has not been told of this very time before the lead began is told of it by its own message and not
 * reminded; what is being changed waits; of several leads that have passed only the last counts, for each has the starts
 * between itself and the next shorter one, and none that was reminded at a shorter lead, whatever the policy was then; a
 * lead that had begun before the clinic chose it is not made up for, or a new one would write to everybody within it; and
 * the primary key lets none be claimed again but what was never sent. Whose record is being changed this moment waits for
 * the next turn: merged into another, it would be reminded under both.
 */
export async function claimReminders(db: Database, limit: number): Promise<ReminderClaim[]> {
  const begin = sql`a.starts_at - make_interval(hours => l.hours)`;
  const isClaimable = sql`r.state = 'sending' and r.lease_until <= clock_timestamp()`;
  return db.rows<ReminderClaim & Record<string, unknown>>(sql`${ctes([
    sql`leads as materialized (
      select h as hours, coalesce(lag(h) over (order by h), 0) as next, p.reminders_since - ${SETTLING} as since
      from policy p, unnest(p.reminder_hours) h)`,
    sql`due as materialized (
      select d.* from leads l cross join lateral (
        select a.id, a.patient_id, a.starts_at, l.hours, o.version, o.sequence
        from appointments a join outbox o on o.appointment_id = a.id and o.patient_id = a.patient_id
          join patients t on t.id = a.patient_id
        where a.starts_at > now() + make_interval(hours => l.next)
          and a.starts_at <= now() + make_interval(hours => l.hours)
          and a.status in ('booked', 'moved') and ${IS_TOLD} and o.last_notified_at <= ${begin} and ${begin} >= l.since
          and ${MAY_BE_REMINDED}
          and not exists (
            select from reminders r where r.appointment_id = a.id and r.patient_id = a.patient_id
              and r.starts_at = a.starts_at and r.lead_hours <= l.hours
              and not (r.lead_hours = l.hours and ${isClaimable}))
        order by a.starts_at limit ${limit} for share of t skip locked) d
      order by d.starts_at, d.id limit ${limit})`,
    sql`claimed as (
      insert into reminders as r (appointment_id, patient_id, starts_at, lead_hours, state, lease_id, lease_until, attempts)
      select d.id, d.patient_id, d.starts_at, d.hours, 'sending', uuidv7(),
        clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}), 1
      from due d
      on conflict (appointment_id, patient_id, starts_at, lead_hours) do update
        set lease_id = excluded.lease_id, lease_until = excluded.lease_until, attempts = r.attempts + 1
        where ${isClaimable}
      returning *)`,
    sql`started as (
      insert into deliveries (appointment_id, patient_id, version, sequence, kind)
      select d.id, d.patient_id, d.version, greatest(d.sequence, 0), 'reminder'
      from claimed c join due d on d.id = c.appointment_id
      returning id, appointment_id)`,
  ])} select c.appointment_id as "appointmentId", c.patient_id as "patientId", c.lease_id as "leaseId",
      c.lead_hours as "leadHours", s.id as "deliveryId", ${factJson(sql`a`, sql`c.patient_id`)} as now,
      ${particularsJson(sql`a`, sql`t`)} as particulars
    from claimed c join started s using (appointment_id) join appointments a on a.id = c.appointment_id
      join patients t on t.id = c.patient_id
    order by c.starts_at, c.appointment_id`);
}

/**
 * What became of a claim. `failed`: it cannot be sent, for `why` (a code), and staff have a task. `again`: it may not have
 * been sent, and is tried again later, if it is still due then.
 */
export type Reminded = { claim: ReminderClaim } & (
  | { outcome: "sent"; messageId: string }
  | { outcome: "failed" | "again"; why: string }
);

/** Settles claims, each with its delivery, together. */
export async function settleReminders(db: Database, settled: readonly Reminded[]): Promise<void> {
  if (settled.length === 0) return;
  const rows = settled.map(({ claim, ...outcome }) => ({ ...claim, now: null, particulars: null, ...outcome }));
  await db.rows(
    sql`${ctes([
      sql`x as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) r("appointmentId" uuid, "patientId" uuid,
        "leaseId" uuid, "deliveryId" uuid, outcome text, "messageId" text, why text))`,
      sql`settled as (
      update reminders r set lease_id = null,
        state = case x.outcome when 'sent' then 'sent' when 'failed' then 'skipped' else r.state end,
        lease_until = case x.outcome when 'again' then clock_timestamp() + ${retryIn(sql`r.attempts`)} end
      -- By the lease alone: the patient's record may have been merged into another meanwhile.
      from x where r.appointment_id = x."appointmentId" and r.lease_id = x."leaseId")`,
      openTask(
        "opened",
        sql`select 'mail-refused', x."patientId", x."appointmentId",
          jsonb_build_object('deliveryId', x."deliveryId", 'why', x.why)
        from x where x.outcome = 'failed'`,
      ),
    ])} ${settleDeliveries}`,
  );
}
