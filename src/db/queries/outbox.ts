import { type SQL, sql } from "drizzle-orm";
import type { Particulars } from "#domain/message/context.ts";
import type { Fact, Notice } from "#domain/settle.ts";
import type { Database } from "../client.ts";
import { ctes, ms } from "../fragments.ts";
import { type TaskKind, openTask } from "../transactions/task.ts";
import { particularsJson } from "./particulars.ts";

/** A claimed outbox row with all that a message needs. The lease is the claimer's alone until it runs out. */
export interface Claim {
  appointmentId: string;
  patientId: string;
  leaseId: string;
  version: number;
  /** iCalendar SEQUENCE of the last message, also of one that perhaps was never sent. */
  sequence: number;
  lastNotified: Fact | null;
  /** A later message was handed over, and nobody knows whether it was sent: the patient may believe what it said. */
  unsure: boolean;
  now: Fact;
  particulars: Particulars;
}

/** How long a claimer may take, seconds: longer than SES's time limit and the statements around it. */
export const LEASE_SECONDS = 60;

/** After a failed attempt the row can be claimed again so many seconds later, twice as many after each further one. */
const RETRY_SECONDS = 10;

/** A notice that always fails is tried so often for ever: the trouble may be over at any time, and a try costs little. */
const RETRY_CAP_SECONDS = 900;

/** How long after an attempt that failed, the so many-th, the next one is made: an interval. */
export const retryIn = (attempts: SQL): SQL =>
  sql`make_interval(secs => least(${RETRY_CAP_SECONDS}, ${RETRY_SECONDS} * power(2, least(${attempts}, 20) - 1)))`;

/** Why a message surely was not sent; any other failure leaves open whether it was. */
const NOT_SENT = ["no-address", "suppressed", "MessageRefused", "MessageNotTaken"];

/**
 * An operation is still looking for this appointment's new place: where it is now is not what to tell. But whatever
 * becomes of the operation, nobody waits for it beyond the maximum delay.
 */
const IN_OPERATION = sql`(
  exists (select from operation_items i where i.appointment_id = o.appointment_id and i.state = 'pending')
  and o.first_dirty_at + make_interval(secs => (select max_delay_seconds from policy)) > clock_timestamp())`;

/** What is true of appointment `a` for a patient: it is over for whoever it was taken from to be given to another. */
export const factJson = (a: SQL, patientId: SQL): SQL => sql`jsonb_build_object(
  'state', case when ${a}.patient_id <> ${patientId} then 'cancelled' else case ${a}.status
    when 'cancelled' then 'cancelled' when 'to-place' then 'being-placed' when 'moved' then 'moved-by-clinic'
    else 'booked' end end,
  'startsAt', ${ms(sql`${a}.starts_at`)}, 'endsAt', ${ms(sql`${a}.ends_at`)},
  'timeZone', (select l.time_zone from locations l where l.id = ${a}.location_id),
  'locationId', ${a}.location_id, 'doctorId', ${a}.doctor_id)`;

/** `sequence` of the last message about outbox row `o` that was begun after the one recorded as told, null if none was. */
export const perhapsSent = (o: SQL): SQL => sql`
  select max(d.sequence) as sequence from deliveries d
  where d.appointment_id = ${o}.appointment_id and d.patient_id = ${o}.patient_id and d.sequence > ${o}.sequence
    and d.kind <> 'reminder' and (d.state <> 'failed' or d.why not in (${sql.join(
      NOT_SENT.map((why) => sql`${why}`),
      sql`, `,
    )}))`;

/**
 * Claims what is due and unclaimed: one appointment's rows, or up to `limit` of all, those that have failed least often
 * first, then the oldest, so that rows which always fail are in nobody's way. `waiting` is when the
 * named appointment falls due (epoch milliseconds) if it is dirty but not due yet; null otherwise. `now` is the
 * database's clock.
 */
export async function claimDue(db: Database, target: { appointmentId: string } | { limit: number }) {
  const one = "appointmentId" in target;
  const which = one ? sql`o.appointment_id = ${target.appointmentId}::uuid` : sql`true`;
  const [row] = await db.rows<{ claims: Claim[]; waiting: number | null; now: number }>(sql`
    with due as materialized (
      select o.appointment_id, o.patient_id from outbox o
      where ${which} and o.due_at <= clock_timestamp() and (o.lease_until is null or o.lease_until <= clock_timestamp())
        and not ${IN_OPERATION}
      order by o.attempts, o.due_at limit ${one ? 10 : target.limit} for update skip locked),
    claimed as (
      update outbox o set lease_id = uuidv7(), attempts = o.attempts + 1,
        lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      from due d where o.appointment_id = d.appointment_id and o.patient_id = d.patient_id
      returning o.*)
    select
      coalesce((select jsonb_agg(jsonb_build_object(
        'appointmentId', c.appointment_id, 'patientId', c.patient_id, 'leaseId', c.lease_id, 'version', (
          -- Of the same moment as the facts beside it: a change that committed while the row was being locked is not in
          -- them, and must leave the row dirty.
          select x.version from outbox x where x.appointment_id = c.appointment_id and x.patient_id = c.patient_id),
        'sequence', greatest(c.sequence, u.sequence), 'unsure', u.sequence is not null, 'lastNotified', c.last_notified,
        -- Whoever it was taken from learns nothing of where it is moved for the one who has it now.
        'now', ${factJson(sql`a`, sql`c.patient_id`)} ||
          case when a.patient_id <> c.patient_id then coalesce(c.last_notified - 'state', '{}') else '{}' end,
        'particulars', ${particularsJson(sql`a`, sql`t`)}))
        from claimed c join appointments a on a.id = c.appointment_id join patients t on t.id = c.patient_id
          cross join lateral (${perhapsSent(sql`c`)}) u),
        '[]') as claims,
      ${one ? sql`(select ${ms(sql`min(o.due_at)`)} from outbox o where ${which} and o.due_at > clock_timestamp())` : sql`null`}
        as waiting, ${ms(sql`clock_timestamp()`)}::float8 as now`);
  return { claims: row?.claims ?? [], waiting: row?.waiting ?? null, now: row?.now ?? 0 };
}

/** A message that is about to be sent for a claim. */
export interface Start {
  claim: Claim;
  kind: Exclude<Notice["kind"], "nothing">;
  sequence: number;
}

/**
 * Records that messages are about to be sent, before they are: answers each claim's delivery by its lease. One that is
 * missing must not be sent: its lease is lost, or it was changed since it was claimed, and will be told as it is then.
 */
export async function startDeliveries(db: Database, starts: readonly Start[]): Promise<Map<string, string>> {
  if (starts.length === 0) return new Map();
  const wanted = starts.map(({ claim, kind, sequence }) => ({
    ...keyOf(claim),
    version: claim.version,
    kind,
    sequence,
  }));
  const rows = await db.rows<{ lease: string; id: string }>(
    sql`${ctes([
      sql`locked as materialized (
      select o.appointment_id, o.patient_id, o.lease_until, x.lease, x.version, x.sequence, x.kind,
        o.version = x.version as is_current
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) x(appointment uuid, patient uuid, lease uuid, version int,
        sequence int, kind text)
        join outbox o on o.appointment_id = x.appointment and o.patient_id = x.patient and o.lease_id = x.lease
      for no key update of o)`,
      // Judged after the locks: the lease may have run out while this waited for one.
      sql`mine as materialized (select l.* from locked l where l.lease_until > clock_timestamp())`,
      sql`let_go as (
      update outbox o set lease_id = null, lease_until = null, attempts = o.attempts - 1 from mine m
      where o.appointment_id = m.appointment_id and o.patient_id = m.patient_id and not m.is_current)`,
      sql`started as (
      insert into deliveries (appointment_id, patient_id, version, sequence, kind)
      select appointment_id, patient_id, version, sequence, kind from mine where is_current
      returning id, appointment_id, patient_id)`,
    ])} select m.lease, s.id from started s join mine m using (appointment_id, patient_id)`,
  );
  return new Map(rows.map(({ lease, id }) => [lease, id]));
}

/**
 * What became of a claim. `nothing`: there was nothing to say. `failed`: it cannot be said, for `why` (a code), and staff
 * have a task. `again`: it may not have been sent, and is tried again later.
 */
export type Settled = { claim: Claim } & (
  | { outcome: "nothing" }
  | { outcome: "sent"; deliveryId: string; messageId: string; sequence: number }
  | { outcome: "failed"; deliveryId: string; why: string; task: TaskKind }
  | { outcome: "again"; deliveryId: string; why: string }
);

/**
 * Settles claims: each delivery's outcome and what the patient now knows, together. A row stays dirty if it was changed
 * again meanwhile (another version), or is to be tried again.
 */
export async function settleClaims(db: Database, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  const rows = settled.map(({ claim, ...outcome }) => ({
    ...keyOf(claim),
    version: claim.version,
    told: outcome.outcome === "sent" ? claim.now : null,
    ...outcome,
  }));
  const isDone = sql`x.outcome <> 'again' and o.version = x.version`;
  await db.rows(
    sql`${ctes([
      sql`x as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) r(appointment uuid, patient uuid, lease uuid,
        version int, outcome text, "deliveryId" uuid, "messageId" text, told jsonb, sequence int, why text, task text))`,
      sql`settled as (
      update outbox o set
        last_notified = case x.outcome when 'sent' then x.told else o.last_notified end,
        last_notified_at = case x.outcome when 'sent' then clock_timestamp() else o.last_notified_at end,
        sequence = case x.outcome when 'sent' then x.sequence else o.sequence end,
        attempts = case x.outcome when 'again' then o.attempts else 0 end,
        lease_id = null,
        lease_until = case x.outcome when 'again' then clock_timestamp() + ${retryIn(sql`o.attempts`)} end,
        first_dirty_at = case when ${isDone} then null else o.first_dirty_at end,
        due_at = case when ${isDone} then null else o.due_at end
      -- By the lease alone: the patient's record may have been merged into another meanwhile.
      from x where o.appointment_id = x.appointment and o.lease_id = x.lease)`,
      openTask(
        "opened",
        sql`select x.task, x.patient, x.appointment, jsonb_build_object('deliveryId', x."deliveryId", 'why', x.why)
        from x where x.task is not null`,
      ),
    ])} ${settleDeliveries}`,
  );
}

/** The end of a statement: what became of the deliveries of `x` ("deliveryId", outcome, "messageId", why). */
export const settleDeliveries = sql`update deliveries d set
    -- SES may have told us what became of it before we could say that it was sent.
    state = case when d.state <> 'sending' then d.state when x.outcome = 'sent' then 'sent' else 'failed' end,
    finished_at = clock_timestamp(), message_id = coalesce(x."messageId", d.message_id), why = coalesce(x.why, d.why)
  from x where d.id = x."deliveryId"`;

const keyOf = ({ appointmentId, patientId, leaseId }: Claim) => ({
  appointment: appointmentId,
  patient: patientId,
  lease: leaseId,
});
