import type pg from "pg";
import { type Person, foundClinic, hire, setPolicy } from "#test/support/small-clinic.ts";
import { Life } from "./life.ts";

export const QUIET_SECONDS = 60;

const DOCTORS = 40;
const SLOTS_EACH = 6;
const AT_ONCE = 400;
const QUARTER_MS = 900_000;

/** A clinic that never runs out of patients and slots. The slots are so far ahead that no other rule binds. */
export async function foundSettlingClinic(admin: pg.Pool, firstSlotAt: number): Promise<() => Promise<Life>> {
  const location = await foundClinic(admin, {});
  await setPolicy(admin, {
    quiet_seconds: QUIET_SECONDS,
    max_delay_seconds: 900,
    hold_minutes_per_day: 14_400,
    change_budget: 100,
    patient_change_budget: 1000,
  });
  const doctors = await hire(admin, "doctor", DOCTORS);
  const [staff] = await hire(admin, "staff", 1);
  const ready: Life[] = [];
  let made = 0;

  async function makeMore(): Promise<void> {
    const patients = await hire(admin, "patient", AT_ONCE);
    const rows = patients.flatMap((_, n) => {
      const [doctor, row] = [doctors[n % DOCTORS] as Person, Math.floor((made + n) / DOCTORS)];
      return Array.from({ length: SLOTS_EACH }, (__, k) => ({
        doctor: doctor.id,
        at: firstSlotAt + (row * SLOTS_EACH + k) * QUARTER_MS,
      }));
    });
    const { rows: slots } = await admin.query<{ id: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
       select x.doctor, $2, t, t + interval '15 minutes', (t at time zone 'Europe/Dublin')::date, 'staff'
       from jsonb_to_recordset($1) x (doctor uuid, at float8), to_timestamp(x.at / 1000) t returning id`,
      [JSON.stringify(rows), location],
    );
    for (const [n, patient] of patients.entries()) {
      const own = slots.slice(n * SLOTS_EACH, (n + 1) * SLOTS_EACH).map(({ id }) => id);
      ready.push(new Life(admin, patient, staff as Person, own));
    }
    // Plans are made again for the grown tables.
    await admin.query("analyze");
    made += AT_ONCE;
  }

  return async () => {
    if (ready.length === 0) await makeMore();
    return ready.shift() as Life;
  };
}
