import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { DoctorRecordRow } from "../queries/doctors.ts";
import type { PatientRow } from "../queries/patients.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import {
  DOCTOR,
  PATIENT,
  type RecordKind,
  type RecordRefusal,
  alteredCtes,
  currentCte,
  versionCase,
} from "./record.ts";

/** Which record, and the versions (ETags) of it that the caller accepts, usually one. */
export interface LoginOf {
  id: string;
  versions: number[];
}

/**
 * Staff say who logs in as a doctor: `subject` is the identity provider's `sub`. Refused when the doctor is switched off
 * or has a login already, or when that login is somebody's at this clinic.
 */
export function giveDoctorLogin(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
  subject: string,
): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  return runVerb<DoctorRecordRow, RecordRefusal>(db, act, {
    audit: { action: "doctor.link", entity: "doctor" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as (select null where false),
      ${currentCte(DOCTOR, id)},
      verdict as materialized (
        select case ${versionCase(versions)}
          when not t.active then jsonb_build_object('code', 'wrong-state', 'current', 'inactive')
          when t.person_id is not null then jsonb_build_object('code', 'wrong-state', 'current', 'linked')
          when exists (select from people p where p.subject = ${subject}) then jsonb_build_object('code', 'login-taken')
          end as refusal, true as differs
        from current t),
      joined as (
        insert into people (subject, role, name)
        select ${subject}, 'doctor', c.name from current c, verdict v where v.refusal is null returning id),
      ${alteredCtes(withLogin(DOCTOR), sql`person_id = (select id from joined)`)}`,
  });
}

/** A doctor's login ends, and may be given to another. */
export function endDoctorLogin(db: Database, act: Act, of: LoginOf): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  return endLogin<DoctorRecordRow>(db, act, of, "doctor", DOCTOR);
}

/** A patient's login ends: it was linked to the wrong record, say. By its verified address it may be linked again. */
export function endPatientLogin(db: Database, act: Act, of: LoginOf): Promise<Outcome<PatientRow, RecordRefusal>> {
  return endLogin<PatientRow>(db, act, of, "patient", PATIENT);
}

/**
 * The person who had it stays, for the audit trail names them, but nobody can log in as them any more and every session
 * of theirs is over. The login itself is free to be somebody else's. Without a login there is nothing to do.
 */
function endLogin<Row>(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
  entity: "doctor" | "patient",
  kind: RecordKind,
): Promise<Outcome<Row, RecordRefusal>> {
  return runVerb<Row, RecordRefusal>(db, act, {
    audit: { action: `${entity}.unlink`, entity },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as (select null where false),
      ${currentCte(kind, id)},
      verdict as materialized (
        select case ${versionCase(versions)} end as refusal, t.person_id is not null as differs from current t),
      left_behind as (
        update people p set subject = 'unlinked|' || p.id, active = false, session_version = p.session_version + 1
        from current c, verdict v where p.id = c.person_id and v.refusal is null),
      ${alteredCtes(withLogin(kind), sql`person_id = null`)}`,
  });
}

/** Whose login it is belongs into the audit trail as well. */
function withLogin(kind: RecordKind): RecordKind {
  return { ...kind, audit: (row) => sql`${kind.audit(row)} || jsonb_build_object('personId', ${row}.person_id)` };
}
