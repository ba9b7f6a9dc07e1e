import type pg from "pg";
import type { Person } from "./small-clinic.ts";
import type { Policy, World } from "./oracle.ts";

export const POLICY: Policy = { freezeHours: 24, minNoticeMinutes: 60, changeBudget: 2, patientChangeBudget: 4 };

let count = 0;

/** A world with a number of doctors and patients, and empty slots (doctor, minutes from now). */
export function emptyWorld(doctors: number, patients: number, slots: [doctor: number, startsIn: number][]): World {
  const personState = () => ({
    id: crypto.randomUUID(),
    personId: crypto.randomUUID(),
    subject: `world|${++count}|${crypto.randomUUID()}`,
  });
  return {
    policy: { ...POLICY },
    doctors: Array.from({ length: doctors }, personState),
    patients: Array.from({ length: patients }, () => ({ ...personState(), changes: 0 })),
    slots: slots.map(([doctor, startsIn]) => ({
      id: crypto.randomUUID(),
      doctor,
      startsIn,
      open: true,
      hold: null,
      appointment: null,
      late: false,
    })),
    appointments: [],
  };
}

export function patientOf(world: World, index: number): Person {
  const { id, personId, subject } = world.patients[index]!;
  return { id, personId, caller: { subject, role: "patient", sessionVersion: null } };
}

export function doctorOf(world: World, index: number): Person {
  const { id, personId, subject } = world.doctors[index]!;
  return { id, personId, caller: { subject, role: "doctor", sessionVersion: null } };
}

/** Writes worlds into the database, row by row as they are in memory. */
export async function write(admin: pg.Pool, locationId: string, worlds: readonly World[]): Promise<void> {
  const rows = { doctors: [], patients: [], slots: [], appointments: [] } as Record<string, unknown[]>;
  for (const world of worlds) {
    rows["doctors"]!.push(...world.doctors);
    rows["patients"]!.push(...world.patients);
    rows["slots"]!.push(
      ...world.slots.map((slot) => ({
        ...slot,
        doctorId: world.doctors[slot.doctor]!.id,
        appointmentId: slot.appointment === null ? null : world.appointments[slot.appointment]!.id,
        holdId: slot.hold?.id ?? null,
        heldBy: slot.hold ? world.patients[slot.hold.by]!.id : null,
        live: slot.hold?.live ?? false,
      })),
    );
    rows["appointments"]!.push(
      ...world.appointments.map((row) => ({
        ...row,
        patientId: world.patients[row.patient]!.id,
        doctorId: world.doctors[row.doctor]!.id,
        slotId: row.slot === null ? null : world.slots[row.slot]!.id,
      })),
    );
  }
  await admin.query(
    `with w as (select $1::jsonb as w),
     d as (select x.* from w, jsonb_to_recordset(w -> 'doctors') x (id uuid, "personId" uuid, subject text)),
     p as (select x.* from w, jsonb_to_recordset(w -> 'patients') x (id uuid, "personId" uuid, subject text, changes int)),
     person as (
       insert into people (id, subject, role, name)
       select "personId", subject, 'doctor', 'Doctor' from d union all select "personId", subject, 'patient', 'Patient' from p),
     doctor as (
       -- A specialty of their own: alternatives are looked for doctor by doctor, and a world is not to see the others'.
       insert into doctors (id, person_id, name, specialty) select id, "personId", 'Doctor', id::text from d),
     patient as (
       insert into patients (id, person_id, number, name, date_of_birth, change_times)
       select id, "personId", id::text, 'Patient', '1980-01-01', array_fill(now() - interval '1 day', array[changes]) from p),
     slot as (
       insert into slots (id, doctor_id, location_id, starts_at, ends_at, clinic_date, origin, status, closed_by,
         late_opening, appointment_id, hold_id, held_by, hold_expires_at)
       select x.id, "doctorId", $2, at, at + interval '15 minutes', (at at time zone 'Europe/Dublin')::date, 'staff',
         case when open then 'open' else 'closed' end, case when not open then 'staff' end, late, "appointmentId", "holdId",
         "heldBy", case when "holdId" is not null then now() + case when live then 1 else -1 end * interval '1 hour' end
       from w, jsonb_to_recordset(w -> 'slots') x (id uuid, "doctorId" uuid, "startsIn" float8, open boolean, late boolean,
         "appointmentId" uuid, "holdId" uuid, "heldBy" uuid, live boolean),
         lateral (select now() + make_interval(secs => "startsIn" * 60) as at) y),
     appointment as (
       insert into appointments (id, patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, status, changes_used,
         version, overlap_allowed)
       select x.id, "patientId", "doctorId", $2, "slotId", at, at + interval '15 minutes', status, used, version,
         "overlapAllowed"
       from w, jsonb_to_recordset(w -> 'appointments') x (id uuid, "patientId" uuid, "doctorId" uuid, "slotId" uuid,
         "startsIn" float8, status text, used int, version int, "overlapAllowed" boolean),
         lateral (select now() + make_interval(secs => "startsIn" * 60) as at) y)
     select 1`,
    [JSON.stringify(rows), locationId],
  );
}

/** The visible state of a world in the database, in one shape for both. */
export function shapeOf(world: World) {
  return {
    slots: Object.fromEntries(
      world.slots.map((slot) => [
        slot.id,
        {
          open: slot.open,
          late: slot.late,
          hold: slot.hold?.live ? { id: slot.hold.id, by: world.patients[slot.hold.by]!.id } : null,
          appointment: slot.appointment === null ? null : world.appointments[slot.appointment]!.id,
        },
      ]),
    ),
    appointments: Object.fromEntries(
      world.appointments.map((row) => [
        row.id,
        {
          patient: world.patients[row.patient]!.id,
          doctor: world.doctors[row.doctor]!.id,
          slot: row.slot === null ? null : world.slots[row.slot]!.id,
          status: row.status,
          used: row.used,
          version: row.version,
          overlapAllowed: row.overlapAllowed,
        },
      ]),
    ),
    changes: Object.fromEntries(world.patients.map((patient) => [patient.id, patient.changes])),
  };
}

/** The same of the rows that a world has in the database. */
export async function read(
  admin: pg.Pool,
  world: Pick<World, "doctors" | "patients">,
): Promise<ReturnType<typeof shapeOf>> {
  const { rows } = await admin.query<{ shape: ReturnType<typeof shapeOf> }>(
    `select jsonb_build_object(
       'slots', (select jsonb_object_agg(s.id, jsonb_build_object('open', s.status = 'open', 'late', s.late_opening,
           'hold', case when s.hold_expires_at > clock_timestamp() then jsonb_build_object('id', s.hold_id, 'by', s.held_by) end,
           'appointment', s.appointment_id)) from slots s where s.doctor_id = any($1)),
       'appointments', coalesce((select jsonb_object_agg(a.id, jsonb_build_object('patient', a.patient_id, 'doctor', a.doctor_id,
           'slot', a.slot_id, 'status', a.status, 'used', a.changes_used, 'version', a.version,
           'overlapAllowed', a.overlap_allowed)) from appointments a where a.patient_id = any($2)), '{}'),
       'changes', (select jsonb_object_agg(p.id, cardinality(p.change_times)) from patients p where p.id = any($2))) as shape`,
    [world.doctors.map(({ id }) => id), world.patients.map(({ id }) => id)],
  );
  return rows[0]!.shape;
}
