import { type SQL, sql } from "drizzle-orm";

export interface CallerRef {
  subject: string;
  role: "patient" | "doctor" | "staff";
  epoch: number | null;
}

/** Common table expressions, joined into one statement. */
export function ctes(parts: SQL[]): SQL {
  return sql`with ${sql.join(parts, sql`, `)}`;
}

/**
 * `actor(id, role)`: the caller as the database knows them now. Empty when the person is unknown, switched off, has
 * another role by now, or has logged out everywhere since the session began.
 */
export function actorCte(caller: CallerRef): SQL {
  return sql`actor as materialized (
    select p.id, p.role from people p
    where p.subject = ${caller.subject} and p.role = ${caller.role} and p.active
      and (${caller.epoch}::int is null or p.epoch = ${caller.epoch}::int))`;
}

/** The moment of decision, read once after every lock this verb may have waited for. */
export const NOW = sql`(select now from moment)`;

/**
 * `patient`: whom the verb is for, locked so that one patient's verbs go one after the other (rivals
 * are other patients and never wait here), and `moment(now)`, the database's clock after that wait. Patients are
 * themselves; staff name the patient; a merged or inactive record is nobody.
 */
export function patientCtes(caller: CallerRef, patientId: string | null): SQL {
  const whose =
    caller.role === "staff"
      ? sql`t.id = ${patientId}::uuid`
      : sql`t.person_id = (select actor_id from go) and (${patientId}::uuid is null or t.id = ${patientId}::uuid)`;
  return sql`patient as materialized (
    select t.* from patients t
    where exists (select from go) and ${whose} and t.active and t.merged_into is null
    for no key update),
  moment as materialized (select clock_timestamp() as now from patient)`;
}

interface FreeOptions {
  now: SQL;
  holder: SQL | null;
  staff: boolean;
  /** Staff have said why a closed slot is to be used all the same. */
  closedToo?: boolean;
}

/**
 * The one predicate of "free", shared by what is offered and what can be held. `now` and `holder` are expressions; a
 * holder's own hold counts as free for the holder. Late openings and minimum notice bind patients, not staff.
 * Scalar subqueries keep index order usable, so a first-available search stops at its first row.
 */
export function isFree(s: SQL, options: FreeOptions): SQL {
  const mine = options.holder ? sql` or ${s}.held_by = ${options.holder}` : sql``;
  const notice = options.staff
    ? sql`${s}.starts_at > ${options.now}`
    : sql`${s}.starts_at > ${options.now} + make_interval(mins => (select min_notice_minutes from policy))
      and (not ${s}.late_opening or (select late_openings from policy) = 'patients')`;
  const open = options.closedToo ? sql`true` : sql`${s}.status = 'open'`;
  return sql`${open} and ${s}.appointment_id is null and ${notice}
    and (${s}.hold_id is null or ${s}.hold_expires_at <= ${options.now}${mine})`;
}

/** Which doctors' slots: one, a specialty's, or everybody's. The array is built once, before the slots are read. */
export function isDoctorWanted(s: SQL, wanted: { doctorId?: string | undefined; specialty?: string | undefined }): SQL {
  const parts = [sql`true`];
  if (wanted.doctorId) parts.push(sql`${s}.doctor_id = ${wanted.doctorId}::uuid`);
  if (wanted.specialty) {
    parts.push(sql`${s}.doctor_id = any(array(select d.id from doctors d where d.specialty = ${wanted.specialty}))`);
  }
  return sql.join(parts, sql` and `);
}

/** An instant as epoch milliseconds, the one shape in which instants leave the database. */
export function ms(expression: SQL): SQL {
  return sql`(floor(extract(epoch from ${expression}) * 1000))::bigint`;
}

/** A slot as jsonb, for `SlotRow`. */
export function slotJson(s: SQL): SQL {
  return sql`jsonb_build_object('id', ${s}.id, 'doctorId', ${s}.doctor_id, 'locationId', ${s}.location_id,
    'startsAt', ${ms(sql`${s}.starts_at`)}, 'endsAt', ${ms(sql`${s}.ends_at`)},
    'zone', (select l.time_zone from locations l where l.id = ${s}.location_id))`;
}

/** A slot as the database tells it: instants in epoch milliseconds, `zone` the location's IANA zone. */
export interface SlotRow {
  id: string;
  doctorId: string;
  locationId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
}
