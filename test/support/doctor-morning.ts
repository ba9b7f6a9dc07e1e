import type { TestStack } from "./stack.ts";

/** A morning of a doctor of the test's own: quarter hours that are nearly over, of one clinic date. */
export interface Morning {
  date: string;
  isToday: boolean;
  /** In the order in which they come. The first has a reason; the last one's time is under way, if the morning is today's. */
  patients: { name: string; appointmentId: string }[];
}

/**
 * Gives the login of a seeded doctor to a new doctor with ten slots. Among them: four patients, one free, one held, one in
 * an absence. They are before now on the clinic's date, or on the evening before in the first three hours of a date.
 */
export async function setMorning(stack: TestStack, account: string): Promise<Morning> {
  const { subject } = stack.accounts.find((one) => one.account === account)!;
  const [made] = await stack.sql<{ id: string; date: string; is_today: boolean; from: string }>(
    `with clock as (select now() at time zone 'Europe/Dublin' as here),
     morning as (
       select case when here::time >= '03:00' then date_trunc('minute', here) - interval '145 minutes'
         else here::date - interval '4 hours' end as start, here from clock),
     me as (select id from people where subject = $1),
     former as (update doctors d set person_id = null from me where d.person_id = me.id returning d.id)
     select start::date::text as date, start::date = here::date as is_today, start::text as from,
       (select id from former) as id from morning`,
    [subject],
  );
  if (!made) throw new Error("no morning");
  const [doctor] = await stack.sql<{ id: string }>(
    `insert into doctors (name, specialty, person_id)
     select 'Dr Morning', 'Testing ' || $1, id from people where subject = $1 returning id`,
    [subject],
  );
  const slots = await stack.sql<{ id: string }>(
    `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
     select $1, l.id, x at time zone l.time_zone, (x + interval '15 minutes') at time zone l.time_zone, $3::date, 'staff'
     from (select id, time_zone from locations order by position limit 1) l,
       generate_series($2::timestamp, $2::timestamp + interval '135 minutes', interval '15 minutes') x
     order by x returning id`,
    [doctor!.id, made.from, made.date],
  );
  const own = await stack.newPatients(4);
  const patients: Morning["patients"] = [];
  for (const [at, patient] of own.entries()) {
    const [seated] = await stack.sql<{ id: string; name: string }>(
      `with a as (
         insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, reason)
         select $2, doctor_id, location_id, id, starts_at, ends_at, $3 from slots where id = $1 returning id, slot_id, patient_id)
       update slots s set appointment_id = a.id from a join patients p on p.id = a.patient_id
       where s.id = a.slot_id returning a.id, p.name`,
      [slots[at === 3 ? 9 : at]!.id, patient.id, at === 0 ? "A cough that does not go away" : null],
    );
    patients.push({ name: seated!.name, appointmentId: seated!.id });
  }
  const set = (at: number, to: string) => stack.sql(`update slots set ${to} where id = $1`, [slots[at]!.id]);
  await set(4, `hold_id = uuidv7(), held_by = '${own[0]!.id}', hold_expires_at = now() + interval '1 hour'`);
  await set(5, "status = 'closed', closed_by = 'absence'");
  for (const at of [6, 7, 8]) await set(at, "status = 'closed', closed_by = 'removed', by_hand = 'removed'");
  await stack.sql(
    `insert into exceptions (doctor_id, kind, from_date, to_date, from_time, to_time, note)
     select doctor_id, 'absence', $2::date, $2::date, ($3::timestamp + interval '75 minutes')::time,
       ($3::timestamp + interval '90 minutes')::time, 'Course' from slots where id = $1`,
    [slots[5]!.id, made.date, made.from],
  );
  return { date: made.date, isToday: made.is_today, patients };
}
