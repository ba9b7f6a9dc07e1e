import type { Client } from "pg";
import { type ClinicSize, fillClinic, withoutGuards } from "./large-clinic.ts";

/** Ten years of quarters. A quarter is 13 weeks, so weekdays stay what they are. */
export const QUARTERS = 40;

/** The clinic of issue 24 at a share of its size (1: 60 doctors, 40,000 patients, some 12 million rows in ten years). */
export const decadeSize = (share: number): ClinicSize => ({
  doctors: Math.max(2, Math.round(60 * share)),
  days: 90,
  slotsPerDay: 16,
  patients: Math.max(200, Math.round(40_000 * share)),
});

/** The tables whose guards are put back after the load. */
const LOADED = ["slots", "appointments", "outbox", "deliveries", "reminders", "tasks", "cases", "operations"];

/**
 * Fills an empty, migrated database with a clinic that opened a quarter ago: 90 days to come and one quarter of history.
 * Equal for equal size and day.
 */
export async function fillYoungClinic(owner: Client, size: ClinicSize): Promise<void> {
  await fillClinic(owner, size);
  await owner.query(`
    insert into schedules (doctor_id, location_id, weekday, from_time, to_time, valid_from)
    select d.id, l.id, w, '08:00', '12:00', current_date - 100 from doctors d, locations l, generate_series(1, 7) w`);
  await addHistory(owner, 1, 1);
}

/**
 * Adds the quarters `from` to `to` before today, 1 the latest: what the coming quarter has, with its appointments over, and
 * with the audit rows, messages, tasks, cases and operations that such a quarter leaves. Needs a superuser: triggers rest.
 */
export async function addHistory(owner: Client, from: number, to: number): Promise<void> {
  await owner.query("set statement_timeout = 0; set work_mem = '64MB'");
  const load = async (): Promise<void> => {
    await owner.query("set session_replication_role = replica");
    for (const text of STATEMENTS) await owner.query(text.replaceAll("$quarters", `generate_series(${from}, ${to})`));
    await owner.query("set session_replication_role = origin");
  };
  await withoutGuards(owner, [...LOADED, "audit", "operation_items"], load);
  await owner.query("drop table past_visits");
  await owner.query("vacuum (analyze)");
}

/** `uuidv7(interval)` gives ids of that time, so that they rise as those of a real clinic do. */
const STATEMENTS = [
  `insert into slots (id, doctor_id, location_id, starts_at, ends_at, clinic_date, status, closed_by)
   select uuidv7(x.at - now()), s.doctor_id, s.location_id, x.at, x.at + (s.ends_at - s.starts_at),
     (x.at at time zone l.time_zone)::date, s.status, s.closed_by
   from slots s join locations l on l.id = s.location_id, $quarters q,
     lateral (select (s.starts_at at time zone l.time_zone - q * interval '91 days') at time zone l.time_zone as at) x
   where s.clinic_date between current_date and current_date + 89 and s.version = 1
   order by x.at`,
  // A visit in four of ten slots. Its number decides what became of it. `of` is the patient's number.
  `create temporary table past_visits as
   select v.*, (select array_agg(p.id order by p.id) from patients p) [1 + (v.n * 7) % (select count(*) from patients)] as patient_id
   from (select s.id as slot_id, s.doctor_id, s.location_id, s.starts_at, s.ends_at,
       uuidv7(s.starts_at - now() - interval '20 days') as id, row_number() over (order by s.starts_at, s.id) as n
     from slots s where s.status = 'open' and s.appointment_id is null and s.ends_at < now()
       and s.starts_at >= now() - (select max(q) from $quarters q) * interval '91 days' - interval '1 day'
       and s.starts_at < now() - ((select min(q) from $quarters q) - 1) * interval '91 days'
       and abs(hashtextextended(s.id::text, 24)) % 10 < 4) v`,
  `insert into appointments (id, patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, status, cancelled_by,
     cancel_code, reason, overlap_allowed, created_at, updated_at)
   select v.id, v.patient_id, v.doctor_id, v.location_id, case when n % 12 > 0 then v.slot_id end, v.starts_at, v.ends_at,
     case when n % 12 = 0 then 'cancelled' when n % 20 = 1 then 'no-show' else 'completed' end,
     case when n % 12 = 0 then 'patient' end, case when n % 12 = 0 then 'unspecified' end, repeat('x', 60), true,
     v.starts_at - interval '20 days', v.starts_at
   from past_visits v order by v.starts_at`,
  `update slots s set appointment_id = v.id from past_visits v where s.id = v.slot_id and v.n % 12 > 0`,
  `insert into outbox (appointment_id, patient_id, version, last_notified, last_notified_at, sequence)
   select id, patient_id, 1, jsonb_build_object('status', 'booked', 'startsAt', extract(epoch from starts_at) * 1000),
     starts_at - interval '20 days', 0 from past_visits order by starts_at`,
  `insert into deliveries (id, appointment_id, patient_id, version, sequence, kind, state, message_id, started_at, finished_at)
   select uuidv7(v.starts_at - now() - k * interval '10 days'), v.id, v.patient_id, 1, 0,
     case k when 2 then 'booked' else 'reminder' end, 'sent', md5(v.id::text || k), v.starts_at - k * interval '10 days',
     v.starts_at - k * interval '10 days'
   from past_visits v, generate_series(1, 2) k order by v.starts_at`,
  `insert into reminders (appointment_id, patient_id, starts_at, lead_hours, state)
   select id, patient_id, starts_at, 24, 'sent' from past_visits order by starts_at`,
  `insert into audit (id, at, actor_id, patient_id, action, entity, entity_id, after, request_id)
   select uuidv7(x.at - now()), x.at, staff.ids[1 + v.n % cardinality(staff.ids)],
     case when k < 3 then v.patient_id end,
     case k when 1 then 'appointment.confirm' when 2 then 'appointment.read' else 'appointment.list' end, 'appointment', v.id,
     case k when 1 then jsonb_build_object('status', 'booked', 'slotId', v.slot_id)
       when 3 then jsonb_build_object('patientIds', jsonb_build_array(v.patient_id)) end, 'past'
   from past_visits v, generate_series(1, 3) k, lateral (select v.starts_at - k * interval '3 days' as at) x,
     (select array_agg(id) as ids from people where role = 'staff') staff
   where k < 3 or v.n % 5 = 0 order by x.at`,
  `insert into tasks (id, kind, patient_id, appointment_id, status, created_at, done_at)
   select uuidv7(starts_at - now()), 'mail-bounced', patient_id, id, 'done', starts_at, starts_at + interval '1 hour'
   from past_visits where n % 20 = 0 order by starts_at`,
  `insert into operations (id, kind, change, actor_id, request_id, preview, phase, displaced, created_at, finished_at)
   select uuidv7(starts_at - now()), 'absence', '{"kind": "absence"}', (select id from people where role = 'staff' limit 1),
     'past', jsonb_build_object('reassigned', '[]'::jsonb, 'toPlace', '[]'::jsonb, 'shown', repeat('x', 1500)), 'done', 1,
     starts_at, starts_at
   from past_visits where n % 20 = 0 order by starts_at`,
  `insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id,
     from_starts_at, from_ends_at, state, decided_at)
   select o.id, v.id, v.patient_id, v.slot_id, v.doctor_id, v.location_id, v.starts_at, v.ends_at, 'to-place', v.starts_at
   from operations o join past_visits v on v.starts_at = o.created_at and v.n % 20 = 0 where o.request_id = 'past'
   on conflict do nothing`,
  `insert into cases (id, appointment_id, reason, status, request_id, due_at, created_at, closed_at)
   select uuidv7(starts_at - now()), id, 'absence', 'placed', 'past', starts_at, starts_at, starts_at
   from past_visits where n % 20 = 0 order by starts_at`,
  `insert into exceptions (doctor_id, kind, from_date, to_date)
   select d.id, 'absence', current_date - 91 * q, current_date - 91 * q + 3 from doctors d, $quarters q`,
  `insert into holidays (location_id, date, name, source)
   select l.id, current_date - 91 * q + k * 30, 'Holiday', 'decade' from locations l, $quarters q, generate_series(1, 2) k
   on conflict do nothing`,
];
