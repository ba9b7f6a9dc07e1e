import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { DoctorRecordRow } from "../queries/doctors.ts";
import { columnsOf } from "./columns.ts";
import type { LoginOf, RecordRefusal } from "./record-refusal.ts";

export interface CreateDoctorInput {
  name: string;
  specialty: string;
  /** Minutes; the policy's when null. */
  slotMinutes: number | null;
}

export interface ChangeDoctorInput {
  doctorId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** Named members are set; the others stay. `slotMinutes` null: the policy's. */
  changes: {
    name?: string | undefined;
    specialty?: string | undefined;
    slotMinutes?: number | null | undefined;
    active?: boolean | undefined;
  };
}

/** Staff add a doctor, who has no schedule and no login yet: create_doctor.sql. */
export function createDoctor(db: Database, act: Act, input: CreateDoctorInput): Promise<Outcome<DoctorRecordRow>> {
  const args = { doctor_name: input.name, doctor_specialty: input.specialty, own_slot_minutes: input.slotMinutes };
  return call(db, act, "create_doctor", args);
}

/** Staff change a doctor's record, or switch it off: change_doctor.sql. */
export function changeDoctor(
  db: Database,
  act: Act,
  { doctorId, versions, changes }: ChangeDoctorInput,
): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  return call(db, act, "change_doctor", { doctor: doctorId, versions, changes: columnsOf(changes) });
}

/** Staff say who logs in as a doctor: give_doctor_login.sql. `subject` is the identity provider's `sub`. */
export function giveDoctorLogin(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
  subject: string,
): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  return call(db, act, "give_doctor_login", { doctor: id, versions, login: subject });
}

/** A doctor's login ends, and can be given to another doctor: end_doctor_login.sql. */
export function endDoctorLogin(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  return call(db, act, "end_doctor_login", { doctor: id, versions });
}
