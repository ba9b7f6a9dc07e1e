import { type SQL, sql } from "drizzle-orm";
import type { Fact } from "#domain/settle.ts";
import type { Database } from "../client.ts";
import { ms } from "../fragments.ts";

/** A claimed outbox row with all that a message needs. The lease is the claimer's alone until it runs out. */
export interface Claim {
  appointmentId: string;
  patientId: string;
  leaseId: string;
  version: number;
  sequence: number;
  told: Fact | null;
  now: Fact;
  /** `language` is one of the clinic's locales. */
  patient: { name: string; email: string | null; language: string };
  clinic: { name: string; phone: string };
  location: { name: string; address: string; only: boolean };
}

/** How long a claimer may take, seconds: longer than SES's time limit and the statements around it. */
const LEASE_SECONDS = 60;

/**
 * An operation is still looking for this appointment's new place: where it is now is not what to tell. But whatever
 * becomes of the operation, nobody waits for it beyond the maximum delay.
 */
const IN_OPERATION = sql`(
  exists (select from operation_items i where i.appointment_id = o.appointment_id and i.state = 'pending')
  and o.first_dirty_at + make_interval(secs => (select max_delay_seconds from policy)) > clock_timestamp())`;

/** What is true of appointment `a` for a patient: it is over for whoever it was taken from to be given to another. */
const fact = (a: SQL, patientId: SQL): SQL => sql`jsonb_build_object(
  'state', case when ${a}.patient_id <> ${patientId} then 'cancelled' else case ${a}.status
    when 'cancelled' then 'cancelled' when 'to-place' then 'being-placed' when 'moved' then 'moved-by-clinic'
    else 'booked' end end,
  'startsAt', ${ms(sql`${a}.starts_at`)}, 'endsAt', ${ms(sql`${a}.ends_at`)},
  'timeZone', (select l.time_zone from locations l where l.id = ${a}.location_id),
  'locationId', ${a}.location_id, 'doctorId', ${a}.doctor_id)`;

/**
 * Claims what is due and unclaimed: one appointment's rows, or up to `limit` of all, those that have failed least often
 * first, then the oldest, so that rows which always fail are in nobody's way. `waiting` is when the
 * named appointment falls due (epoch milliseconds) if it is dirty but not due yet; null otherwise.
 */
export async function claimDue(db: Database, target: { appointmentId: string } | { limit: number }) {
  const one = "appointmentId" in target;
  const which = one ? sql`o.appointment_id = ${target.appointmentId}::uuid` : sql`true`;
  const [row] = await db.rows<{ claims: Claim[]; waiting: number | null }>(sql`
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
        'sequence', c.sequence, 'told', c.told, 'now', ${fact(sql`a`, sql`c.patient_id`)},
        'patient', jsonb_build_object('name', t.name, 'email', t.email, 'language', t.language),
        'clinic', (select jsonb_build_object('name', name, 'phone', phone) from clinic),
        'location', jsonb_build_object('name', l.name, 'address', l.address,
          'only', (select count(*) = 1 from locations))))
        from claimed c join appointments a on a.id = c.appointment_id join patients t on t.id = c.patient_id
          join locations l on l.id = a.location_id), '[]') as claims,
      ${one ? sql`(select ${ms(sql`min(o.due_at)`)} from outbox o where ${which} and o.due_at > clock_timestamp())` : sql`null`}
        as waiting`);
  return { claims: row?.claims ?? [], waiting: row?.waiting ?? null };
}

/** Records that a message is about to be sent, before it is; answers the delivery's id. Null when the lease is lost. */
export async function startDelivery(
  db: Database,
  claim: Claim,
  kind: string,
  sequence: number,
): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into deliveries (appointment_id, patient_id, version, sequence, kind)
    select o.appointment_id, o.patient_id, ${claim.version}, ${sequence}, ${kind} from outbox o
    where o.appointment_id = ${claim.appointmentId}::uuid and o.patient_id = ${claim.patientId}::uuid
      and o.lease_id = ${claim.leaseId}::uuid and o.lease_until > clock_timestamp()
    returning id`);
  return row?.id ?? null;
}

/**
 * Settles a claim that is done with: the delivery's outcome and what the patient now knows, together. The row stays
 * dirty if it was changed again meanwhile (another version). `told` null: there was nothing to say, or nobody to say it to.
 */
export async function settleClaim(
  db: Database,
  claim: Claim,
  outcome: { deliveryId: string; messageId: string; told: Fact; sequence: number } | { deliveryId: string | null },
): Promise<void> {
  const sent = "messageId" in outcome;
  const told = sent
    ? sql`told = ${JSON.stringify(outcome.told)}::jsonb, told_at = clock_timestamp(), sequence = ${outcome.sequence},`
    : sql``;
  await db.rows(sql`
    with settled as (
      update outbox o set ${told} attempts = 0, lease_id = null, lease_until = null,
        first_dirty_at = case when o.version = ${claim.version} then null else o.first_dirty_at end,
        due_at = case when o.version = ${claim.version} then null else o.due_at end
      where o.appointment_id = ${claim.appointmentId}::uuid and o.patient_id = ${claim.patientId}::uuid
        and o.lease_id = ${claim.leaseId}::uuid)
    update deliveries set state = ${sent ? "sent" : "failed"}, finished_at = clock_timestamp(),
      message_id = ${sent ? outcome.messageId : null}
    where id = ${outcome.deliveryId}::uuid`);
}

/** Gives a claim back after a failed attempt, to be tried again from `retrySeconds` on. */
export async function returnClaim(db: Database, claim: Claim, deliveryId: string, retrySeconds: number): Promise<void> {
  await db.rows(sql`
    with returned as (
      update outbox o set lease_until = clock_timestamp() + make_interval(secs => ${retrySeconds})
      where o.appointment_id = ${claim.appointmentId}::uuid and o.patient_id = ${claim.patientId}::uuid
        and o.lease_id = ${claim.leaseId}::uuid)
    update deliveries set state = 'failed', finished_at = clock_timestamp() where id = ${deliveryId}::uuid`);
}
