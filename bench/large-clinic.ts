import type { Client } from "pg";

export interface ClinicSize {
  doctors: number;
  days: number;
  slotsPerDay: number;
  patients: number;
  /** Spreads the slots of a day over its 24 hours, instead of one after the other from eight o'clock on. */
  roundTheClock?: boolean;
}

/** 500 doctors, 90 days of 32 quarter-hours: 1.44 million slots. */
export const LARGE: ClinicSize = { doctors: 500, days: 90, slotsPerDay: 32, patients: 5_000 };
/** The same clinic with five doctors. */
export const SMALL: ClinicSize = { ...LARGE, doctors: 5 };

const DAY_MINUTES = 1440;

/** Number of specialties: every twentieth doctor has the same one. */
export const SPECIALTIES = 20;

/** The `sub` of a doctor, patient or member of staff, by number. */
export const subjectOf = (role: "doctor" | "patient" | "staff", n: number): string => `bench|${role}${n}`;

/**
 * Fills a migrated, empty database with a clinic of any size, equal for equal size and day. Slots start today. Nine in ten
 * are booked in the next three days, six in ten within two weeks, two in ten after. One in fifty is closed. Constraints and
 * indexes are dropped for the load and created again, which checks all rows.
 */
export async function fillClinic(owner: Client, size: ClinicSize): Promise<void> {
  await owner.query(
    "set statement_timeout = 0; set maintenance_work_mem = '512MB'; set max_parallel_maintenance_workers = 1",
  );
  await owner.query(`
    insert into clinic (name, phone, time_zone) values ('Bench', '+353 1 555 0100', 'Europe/Dublin');
    insert into policy (quiet_seconds, max_delay_seconds) values (3600, 86400);
    insert into locations (name, address, time_zone, country) values ('Quay', '1 Quay', 'Europe/Dublin', 'IE')`);
  await owner.query(
    `with person as (
       insert into people (subject, role, name)
       select 'bench|' || r || n, r, initcap(r) || ' ' || n
       from (values ('patient', $1::int), ('doctor', $2::int), ('staff', 5)) x (r, many), generate_series(1, many) n
       returning id, subject, role, name),
     patient as (
       insert into patients (person_id, number, name, date_of_birth)
       select id, subject, name, '1980-01-01' from person where role = 'patient')
     insert into doctors (person_id, name, specialty)
     select id, name, 'Specialty ' || (substring(subject from '[0-9]+$')::int % $3::int) from person where role = 'doctor'`,
    [size.patients, size.doctors, SPECIALTIES],
  );
  await withoutGuards(owner, ["slots", "appointments"], async () => {
    await owner.query(
      `insert into slots (id, doctor_id, location_id, starts_at, ends_at, clinic_date, appointment_id, status, closed_by)
       select uuidv7(), d.id, l.id, x.at, x.at + interval '15 minutes', (x.at at time zone l.time_zone)::date,
         case when not x.closed and x.chance < x.taken then uuidv7() end,
         case when x.closed then 'closed' else 'open' end, case when x.closed then 'absence' end
       from (select id, row_number() over (order by name, id) as n from doctors) d, locations l,
         lateral (
           select date_trunc('day', now() at time zone l.time_zone) at time zone l.time_zone + day * interval '24 hours'
               + $3::interval + k * $4::interval as at,
             (d.n * 7919 + day * 104729 + k * 1299709) % 100 as chance,
             (d.n * 31 + day * 17) % 50 = 0 as closed,
             case when day < 3 then 90 when day < 14 then 60 else 20 end as taken
           from generate_series(0, $1::int - 1) day, generate_series(0, $2::int - 1) k) x`,
      [
        size.days,
        size.slotsPerDay,
        ...(size.roundTheClock ? ["0", `${DAY_MINUTES / size.slotsPerDay} minutes`] : ["8 hours", "15 minutes"]),
      ],
    );
    // Slots at one time have different doctors, and so different patients, because there are at least as many patients.
    // Counted from the first slot, so that each patient gets equally many on every day.
    await owner.query(`
      with patient as (select id, row_number() over (order by id) - 1 as n, count(*) over () as many from patients),
        doctor as (select id, row_number() over (order by name, id) as n from doctors)
      insert into appointments (id, patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
      select s.appointment_id, p.id, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at
      from slots s join doctor d on d.id = s.doctor_id
        join patient p on p.n = (d.n + (extract(epoch from s.starts_at - (select min(starts_at) from slots))::bigint / 900) * 7) % (select many from patient limit 1)
      where s.appointment_id is not null`);
  });
  await owner.query("vacuum (analyze)");
}

/** Runs `work` without indexes and constraints on these tables, and then creates them again, which checks all rows. */
export async function withoutGuards(owner: Client, tables: string[], work: () => Promise<void>): Promise<void> {
  const { rows: constraints } = await owner.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where conrelid = any($1::regclass[]) and contype in ('x', 'f')`,
    [tables],
  );
  const { rows: indexes } = await owner.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i where i.indrelid = any($1::regclass[])
       and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [tables],
  );
  for (const { table, name } of constraints) await owner.query(`alter table ${table} drop constraint "${name}"`);
  for (const { name } of indexes) await owner.query(`drop index ${name}`);
  await work();
  for (const { definition } of indexes) await owner.query(definition);
  for (const { table, name, definition } of constraints) {
    await owner.query(`alter table ${table} add constraint "${name}" ${definition}`);
  }
}
