import type pg from "pg";
import { type Person, addSlots, foundClinic, hire, setPolicy } from "#test/support/small-clinic.ts";

/** The clients' shared knowledge of the clinic in a soak. Only the database knows the truth. */
export interface SoakClinic {
  patients: Person[];
  doctors: Person[];
  staff: Person[];
  slots: string[];
  /** The clinic's dates on which there are slots that have not begun. */
  dates: string[];
}

const HOUR = 60;
const DOCTORS = 8;
const SLOTS_EACH = 72;

/**
 * A clinic in which everything is scarce. Doctors' slots are at the same times, so that patients' appointments overlap.
 * Holds last eight seconds. A fifth of the slots is inside the freeze. No mail is sent during the run.
 */
export async function foundSoakClinic(admin: pg.Pool): Promise<SoakClinic> {
  const location = await foundClinic(admin);
  await setPolicy(admin, {
    hold_seconds: 8,
    hold_minutes_per_day: 14_400,
    holds_per_patient: 2,
    change_budget: 100,
    patient_change_budget: 1000,
    // The limits of patients must not end the run: with the defaults nine confirmations of ten are refused.
    patient_action_budget: 1000,
    appointments_per_patient: 200,
    mails_per_day: 200,
    late_openings: "patients",
    max_delay_seconds: 86_400,
    quiet_seconds: 3600,
  });
  const patients = await hire(admin, "patient", 48);
  const doctors = await hire(admin, "doctor", DOCTORS);
  const staff = await hire(admin, "staff", 8);
  const slots: string[] = [];
  for (const [n, doctor] of doctors.entries()) {
    const starts = Array.from({ length: SLOTS_EACH }, (_, k) => 6 * HOUR + k * 1.5 * HOUR + (n % 2) * 10);
    slots.push(...(await addSlots(admin, doctor, location, starts)));
  }
  await admin.query("analyze");
  const { rows } = await admin.query<{ date: string }>(
    "select distinct clinic_date::text as date from slots order by 1",
  );
  return { patients, doctors, staff, slots, dates: rows.map(({ date }) => date) };
}
