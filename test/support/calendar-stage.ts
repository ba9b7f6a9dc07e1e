import type { OwnPatient } from "./patients.ts";
import type { TestStack } from "./stack.ts";

/** A location and a doctor of the test's own. Appointments are on one day, and a few free times on the next. */
export interface CalendarStage {
  location: { id: string; name: string };
  doctor: { id: string; name: string };
  /** `YYYY-MM-DD` at the clinic. */
  date: string;
  next: string;
  patients: OwnPatient[];
}

/**
 * Eight quarter-hour times from nine o'clock, of which the first `booked` are taken, and `free` times on the next day.
 * @param days from today on
 */
export async function setCalendarStage(
  stack: TestStack,
  { days, booked, free }: { days: number; booked: number; free: number },
): Promise<CalendarStage> {
  const name = crypto.randomUUID().slice(0, 6);
  const [made] = await stack.sql<{ location: string; doctor: string; date: string; next: string }>(
    `with l as (
       insert into locations (name, address, time_zone, country, position)
       values ('Harbour ${name}', '1 Harbour', 'Europe/Dublin', 'IE', 9) returning id),
     d as (insert into doctors (name, specialty) values ('Dr Harbour ${name}', 'Harbour ${name}') returning id)
     select l.id as location, d.id as doctor, (x.today + $1::int)::text as date, (x.today + $1::int + 1)::text as next
     from l, d, (select (now() at time zone 'Europe/Dublin')::date as today) x`,
    [days],
  );
  if (!made) throw new Error("no stage");
  await stack.sql(
    `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
     select $1, $2, x.at, x.at + interval '15 minutes', (x.at at time zone 'Europe/Dublin')::date, 'staff'
     from (
       select ($3::date + make_interval(hours => 9, mins => 15 * n)) at time zone 'Europe/Dublin' as at
       from generate_series(0, 7) n
       union all
       select ($4::date + make_interval(hours => 9, mins => 15 * n)) at time zone 'Europe/Dublin'
       from generate_series(0, $5::int - 1) n) x`,
    [made.doctor, made.location, made.date, made.next, free],
  );
  const patients = await stack.newPatients(booked);
  await bookInOrder(stack, made.doctor, patients, made.date);
  return {
    location: { id: made.location, name: `Harbour ${name}` },
    doctor: { id: made.doctor, name: `Dr Harbour ${name}` },
    date: made.date,
    next: made.next,
    patients,
  };
}

/** Gives each patient the doctor's next free time of a date, and the name `Harbour <number>`. */
export async function bookInOrder(
  stack: TestStack,
  doctorId: string,
  patients: readonly OwnPatient[],
  date: string,
): Promise<void> {
  await stack.sql(
    `with s as (
       select id, doctor_id, location_id, starts_at, ends_at, row_number() over (order by starts_at) as n
       from slots where doctor_id = $1 and clinic_date = $3::date and appointment_id is null and status = 'open'),
     a as (
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
       select p.id, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at
       from unnest($2::uuid[]) with ordinality p(id, n) join s using (n) returning id, slot_id)
     update slots t set appointment_id = a.id from a where t.id = a.slot_id`,
    [doctorId, patients.map(({ id }) => id), date],
  );
}
