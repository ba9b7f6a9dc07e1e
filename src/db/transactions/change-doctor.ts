import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { DoctorRecordRow } from "../queries/doctors.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { DOCTOR, type RecordRefusal, alteredCtes, assignments, currentCte, loginCte, versionCase } from "./record.ts";

export interface ChangeDoctorInput {
  doctorId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** What is named is set; what is not named stays. `slotMinutes` null: the policy's. */
  changes: {
    name?: string | undefined;
    specialty?: string | undefined;
    slotMinutes?: number | null | undefined;
    active?: boolean | undefined;
  };
}

/**
 * Staff change a doctor's record, or switch it off. A doctor with appointments to come is refused, for their patients
 * must be moved or cancelled first; all slots to come are locked before they are counted, so nobody books in between.
 * With the record off, slots to come are closed and the login ends; on again, staff open what they want.
 */
export function changeDoctor(
  db: Database,
  act: Act,
  { doctorId, versions, changes }: ChangeDoctorInput,
): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  const off = changes.active === false;
  const { set, differs } = assignments({
    name: [changes.name, "text"],
    specialty: [changes.specialty, "text"],
    slot_minutes: [changes.slotMinutes, "int"],
    active: [changes.active, "boolean"],
  });
  // Who is back has no day of leaving any more.
  const comesBack = changes.active ? sql`, leaves_on = case when t.active then t.leaves_on end` : sql``;
  return runVerb<DoctorRecordRow, RecordRefusal>(db, act, {
    audit: { action: "doctor.change", entity: "doctor" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as (select null where false),
      ${currentCte(DOCTOR, doctorId)},
      places as materialized (
        select s.id, s.status, s.appointment_id from slots s
        where ${off ? sql`s.doctor_id = (select id from current where active)` : sql`false`} and s.ends_at > clock_timestamp()
        order by s.id for update),
      verdict as materialized (
        select case ${versionCase(versions)}
          when exists (select from places where appointment_id is not null) then jsonb_build_object(
            'code', 'wrong-state', 'current', 'active',
            'appointments', (select count(*) from places where appointment_id is not null)) end as refusal,
          ${differs} as differs
        from current t),
      ${alteredCtes(DOCTOR, sql`${set}${comesBack}`)},
      closed as (
        update slots s set status = 'closed', closed_by = 'staff', version = s.version + 1
        from places p, altered a where s.id = p.id and p.status = 'open'),
      ${loginCte}`,
  });
}
