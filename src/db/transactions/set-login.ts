import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { doctorAudit, doctorRecordJson, type DoctorRecordRow } from "../queries/doctors.ts";
import { type PatientRow, patientJson } from "../queries/patients.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type RecordRefusal, versionCase } from "./record.ts";

/** Which record, and the versions (ETags) of it that the caller accepts, usually one. */
export interface LoginOf {
  id: string;
  versions: number[];
}

const DOCTORS = { table: sql`doctors`, subjectId: sql`null::uuid`, json: doctorRecordJson, audit: doctorAudit };
const PATIENTS = { table: sql`patients`, subjectId: sql`a.id`, json: patientJson, audit: patientJson };

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
      current as materialized (
        select d.* from doctors d where exists (select from go) and d.id = ${id}::uuid for no key update),
      verdict as materialized (
        select case ${versionCase(versions)}
          when not t.active then jsonb_build_object('code', 'wrong-state', 'current', 'inactive')
          when t.person_id is not null then jsonb_build_object('code', 'wrong-state', 'current', 'linked')
          when exists (select from people p where p.subject = ${subject}) then jsonb_build_object('code', 'login-taken')
          end as refusal
        from current t),
      joined as (
        insert into people (subject, role, name)
        select ${subject}, 'doctor', c.name from current c, verdict v where v.refusal is null returning id),
      ${changedCtes(DOCTORS, sql`j.id`, sql`from joined j where t.id = (select id from current)`)}`,
  });
}

/** A doctor's login ends, and may be given to another. */
export function endDoctorLogin(db: Database, act: Act, of: LoginOf): Promise<Outcome<DoctorRecordRow, RecordRefusal>> {
  return endLogin<DoctorRecordRow>(db, act, of, "doctor", DOCTORS);
}

/** A patient's login ends: it was linked to the wrong record, say. By its verified address it may be linked again. */
export function endPatientLogin(db: Database, act: Act, of: LoginOf): Promise<Outcome<PatientRow, RecordRefusal>> {
  return endLogin<PatientRow>(db, act, of, "patient", PATIENTS);
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
  kind: typeof DOCTORS,
): Promise<Outcome<Row, RecordRefusal>> {
  return runVerb<Row, RecordRefusal>(db, act, {
    audit: { action: `${entity}.unlink`, entity },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as (select null where false),
      current as materialized (
        select t.* from ${kind.table} t where exists (select from go) and t.id = ${id}::uuid for no key update),
      verdict as materialized (select case ${versionCase(versions)} end as refusal from current t),
      left_behind as (
        update people p set subject = 'unlinked|' || p.id, active = false, epoch = p.epoch + 1
        from current c, verdict v where p.id = c.person_id and v.refusal is null returning p.id),
      ${changedCtes(
        kind,
        sql`null`,
        sql`from left_behind l where t.id = (select id from current)`,
        sql`union all select c.id, null, null, null, ${kind.json(sql`c`)}, false
          from current c, verdict v where v.refusal is null and c.person_id is null`,
      )}`,
  });
}

/** `altered` and `change`: the record with another person, by whom, and as the audit trail has it. */
function changedCtes(kind: typeof DOCTORS, personId: SQL, source: SQL, otherwise = sql``): SQL {
  const audit = (r: SQL): SQL => sql`${kind.audit(r)} || jsonb_build_object('personId', ${r}.person_id)`;
  return sql`altered as (
      update ${kind.table} t set person_id = ${personId}, changed_by = (select actor_id from go),
        updated_at = clock_timestamp(), version = t.version + 1
      ${source} returning t.*),
    change as materialized (
      select a.id as entity_id, ${kind.subjectId} as subject_id, ${audit(sql`c`)} as before, ${audit(sql`a`)} as after,
        ${kind.json(sql`a`)} as result, true as changed
      from altered a, current c
      ${otherwise})`;
}
