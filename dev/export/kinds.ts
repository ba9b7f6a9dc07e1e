import type { IMPORT_KINDS } from "#domain/closed-lists.ts";

/** A file that `npm run import` reads: a row is an object with these members, of which empty ones are left out. */
interface ImportFile {
  members: readonly string[];
  /** A statement with one column `row`, in the order in which rows may name others. */
  select: string;
}

/** Records that stand for a person. The others were merged into one of these, or erased. */
const PERSONS = "t.merged_into is null and t.erased_at is null";

const time = (column: string): string => `to_char(${column}, 'HH24:MI')`;
const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const row = (members: Record<string, string>): string =>
  `json_strip_nulls(json_build_object(${Object.entries(members)
    .map(([name, value]) => `'${name}', ${value}`)
    .join(", ")})) as row`;

const DOCTOR = { id: "d.id", name: "d.name", specialty: "d.specialty", slotMinutes: "d.slot_minutes" };
const PATIENT = {
  id: "t.id",
  name: "t.name",
  dateOfBirth: "t.date_of_birth",
  number: "t.number",
  email: "t.email",
  phone: "t.phone",
  language: "t.language",
  reminders: "t.reminders",
  keepsLocation: "t.keeps_location",
};
const SESSION = {
  id: "s.id",
  doctor: "s.doctor_id",
  location: "l.name",
  weekday: "s.weekday",
  from: time("s.from_time"),
  to: time("s.to_time"),
  slotMinutes: "s.slot_minutes",
  validFrom: "s.valid_from",
  // The last date of the session, as every `to` on the wire.
  validTo: "s.valid_to - 1",
};
const APPOINTMENT = {
  id: "a.id",
  patient: "a.patient_id",
  doctor: "a.doctor_id",
  location: "l.name",
  startsAt: instant("a.starts_at"),
  endsAt: instant("a.ends_at"),
  status: "a.status",
  reason: "a.reason",
  overlapAllowed: "a.overlap_allowed",
  changesUsed: "a.changes_used",
  cancelledBy: "a.cancelled_by",
  cancelCode: "a.cancel_code",
  cancelNote: "a.cancel_note",
};

/** The files of docs/imports.md. Ids are UUIDs, so an import keeps them. */
export const IMPORT_FILES: Record<(typeof IMPORT_KINDS)[number], ImportFile> = {
  doctors: { members: Object.keys(DOCTOR), select: `select ${row(DOCTOR)} from doctors d order by d.id` },
  patients: {
    members: Object.keys(PATIENT),
    select: `select ${row(PATIENT)} from patients t where ${PERSONS} order by t.id`,
  },
  schedules: {
    members: Object.keys(SESSION),
    select: `select ${row(SESSION)} from schedules s join locations l on l.id = s.location_id order by s.id`,
  },
  appointments: {
    members: Object.keys(APPOINTMENT),
    select: `select ${row(APPOINTMENT)} from appointments a join patients t on t.id = a.patient_id
       join locations l on l.id = a.location_id
     where ${PERSONS} and a.status <> 'to-place' order by a.starts_at, a.id`,
  },
};

/** What the files above cannot say, with the reason. The tables have all of it. */
export const LEFT_OUT = `
  select json_build_object('kind', x.kind, 'id', x.id, 'why', x.why) as row from (
    select 'doctors' as kind, d.id, 'switched off: an import opens it again' as why from doctors d where not d.active
    union all select 'patients', t.id, case when t.erased_at is not null then 'erased'
      when t.merged_into is not null then 'merged into ' || t.merged_into else 'switched off: an import opens it again' end
    from patients t where not t.active
    union all select 'appointments', a.id, case when t.erased_at is not null then 'the patient was erased'
      else 'waits for a new time' end
    from appointments a join patients t on t.id = a.patient_id
    where a.status = 'to-place' or t.erased_at is not null) x
  order by x.kind, x.id`;
