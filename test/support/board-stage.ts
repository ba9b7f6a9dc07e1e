import type { TestStack } from "./stack.ts";

/** Two doctors of the test's own with quarter-hour slots on one date. A patient has an appointment in the first. */
export interface Stage {
  date: string;
  doctors: [string, string];
  /** Slot ids by doctor and time: `slots[0]["09:00"]`. */
  slots: [Record<string, string>, Record<string, string>];
  patient: { account: string; name: string };
  appointmentId: string;
}

/** @param days from today on @param from the minute of the day when the slots begin; four an hour for three hours */
export async function setBoardStage(stack: TestStack, days: number, from = 9 * 60): Promise<Stage> {
  const name = crypto.randomUUID().slice(0, 6);
  const rows = await stack.sql<{ id: string; date: string }>(
    `insert into doctors (name, specialty) select 'Dr ' || n || ' ${name}', 'Testing ${name}' from unnest('{Alpha,Beta}'::text[]) n
     returning id, ((now() at time zone 'Europe/Dublin')::date + $1::int)::text as date`,
    [days],
  );
  const [first, second] = rows;
  if (!first || !second) throw new Error("no doctors");
  const slotsOf = async (doctorId: string): Promise<Record<string, string>> => {
    const made = await stack.sql<{ id: string; time: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
       select $1, l.id, (x at time zone l.time_zone), (x at time zone l.time_zone) + interval '15 minutes', $2::date, 'staff'
       from (select id, time_zone from locations order by position limit 1) l,
         generate_series($2::date + make_interval(mins => $3), $2::date + make_interval(mins => $3 + 165), interval '15 minutes') x
       returning id, to_char(starts_at at time zone 'Europe/Dublin', 'HH24:MI') as time`,
      [doctorId, first.date, from],
    );
    return Object.fromEntries(made.map(({ id, time }) => [time, id]));
  };
  const slots: Stage["slots"] = [await slotsOf(first.id), await slotsOf(second.id)];
  const patient = await stack.newPatient();
  const [seated] = await stack.sql<{ id: string; name: string }>(
    `with a as (
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
       select $2, doctor_id, location_id, id, starts_at, ends_at from slots where id = $1 returning id, slot_id, patient_id)
     update slots s set appointment_id = a.id from a join patients p on p.id = a.patient_id
     where s.id = a.slot_id returning a.id, p.name`,
    [Object.values(slots[0])[0], patient.id],
  );
  if (!seated) throw new Error("no appointment");
  return {
    date: first.date,
    doctors: [first.id, second.id],
    slots,
    patient: { account: patient.account, name: seated.name },
    appointmentId: seated.id,
  };
}
