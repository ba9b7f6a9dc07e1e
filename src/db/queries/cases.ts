import { type SQL, sql } from "drizzle-orm";
import type { CaseReason } from "#domain/calendar/change.ts";
import type { QueueSlot } from "#domain/placement.ts";
import type { DisplacedAppointment, Unplaceable } from "#domain/reassignment/model.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, floorCte, isBeyondFloor, isFree, ms } from "../fragments.ts";
import { listedCtes, notedCte } from "../reads.ts";
import { type ReassignmentRules, candidateColumns, displacedJson, rulesJson } from "./candidates.ts";

/** A placement case with its appointment. Instants are epoch milliseconds, `zone` is the location's. */
export interface CaseRow {
  id: string;
  status: "open" | "placed" | "cancelled";
  reason: CaseReason;
  causedBy: string | null;
  operationId: string | null;
  why: Unplaceable | null;
  appointmentId: string;
  patientId: string;
  patientName: string;
  patientNumber: string;
  patientActive: boolean;
  dateOfBirth: string;
  phone: string | null;
  email: string | null;
  doctorId: string;
  doctorName: string;
  locationId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
  dueAt: number;
  createdAt: number;
  closedAt: number | null;
  /** Only while it lasts. */
  claim: { by: string; mine: boolean; expiresAt: number; expiresInMs: number } | null;
  contactAfter: number | null;
  contactNote: string | null;
  version: number;
}

/** Case `k` of appointment `a` as jsonb, for `CaseRow`; it needs `actor`. */
export function caseJson(k: SQL, a: SQL): SQL {
  const ofPatient = (column: SQL) => sql`(select t.${column} from patients t where t.id = ${a}.patient_id)`;
  return sql`jsonb_build_object('id', ${k}.id, 'status', ${k}.status, 'reason', ${k}.reason,
    'causedBy', (select who.name from audit u join people who on who.id = u.actor_id
      where u.entity_id = ${a}.id and u.action = 'appointment.displace' and u.request_id = ${k}.request_id limit 1),
    'operationId', ${k}.operation_id, 'why', ${k}.why, 'appointmentId', ${a}.id, 'patientId', ${a}.patient_id,
    'patientName', ${ofPatient(sql`name`)}, 'patientNumber', ${ofPatient(sql`number`)},
    'patientActive', ${ofPatient(sql`active`)}, 'dateOfBirth', ${ofPatient(sql`date_of_birth`)}, 'phone', ${ofPatient(sql`phone`)}, 'email', ${ofPatient(sql`email`)},
    'doctorId', ${a}.doctor_id, 'doctorName', (select d.name from doctors d where d.id = ${a}.doctor_id),
    'locationId', ${a}.location_id, 'startsAt', ${ms(sql`${a}.starts_at`)}, 'endsAt', ${ms(sql`${a}.ends_at`)},
    'zone', (select l.time_zone from locations l where l.id = ${a}.location_id),
    'dueAt', ${ms(sql`${k}.due_at`)}, 'createdAt', ${ms(sql`${k}.created_at`)}, 'closedAt', ${ms(sql`${k}.closed_at`)},
    'claim', case when ${k}.claim_expires_at > clock_timestamp() then jsonb_build_object(
      'by', (select who.name from people who where who.id = ${k}.claimed_by),
      'mine', ${k}.claimed_by = (select id from actor), 'expiresAt', ${ms(sql`${k}.claim_expires_at`)},
      'expiresInMs', ceil(extract(epoch from ${k}.claim_expires_at - clock_timestamp()) * 1000)::bigint) end,
    'contactAfter', ${ms(sql`${k}.contact_after`)}, 'contactNote', ${k}.contact_note, 'version', ${k}.version)`;
}

export interface CasesFilter {
  status?: CaseRow["status"] | undefined;
  /** Only those that the caller has claimed. */
  mine: boolean;
  after?: { dueAt: number; id: string } | undefined;
  limit: number;
}

export interface CasesPage {
  /** One more than `limit` when there are more. */
  items: CaseRow[];
  counts: { open: number; mine: number };
}

/** A page of placement cases, the most pressing first. Whose cases were seen is noted. Null: no such caller. */
export async function listCases(db: Database, caller: CallerRef, filter: CasesFilter, requestId: string) {
  const isMine = sql`k.status = 'open' and k.claimed_by = (select id from actor)
    and k.claim_expires_at > clock_timestamp()`;
  const where = [sql`exists (select from actor)`];
  if (filter.status) where.push(sql`k.status = ${filter.status}`);
  if (filter.mine) where.push(isMine);
  if (filter.after) {
    where.push(sql`(k.due_at, k.id) > (to_timestamp(${filter.after.dueAt}::float8 / 1000), ${filter.after.id}::uuid)`);
  }
  const patients = sql`select jsonb_agg(distinct a.patient_id order by a.patient_id)
    from page p join appointments a on a.id = p.appointment_id`;
  const [row] = await db.rows<CasesPage & { known: boolean }>(sql`${ctes([
    actorCte(caller),
    sql`page as materialized (
      select k.* from cases k where ${sql.join(where, sql` and `)} order by k.due_at, k.id limit ${filter.limit + 1})`,
    ...listedCtes({ action: "case.list", patients, requestId }),
  ])} select exists (select from actor) as known,
      (select jsonb_build_object('open', count(*), 'mine', count(*) filter (where ${isMine}))
        from cases k where k.status = 'open') as counts,
      (select coalesce(jsonb_agg(${caseJson(sql`p`, sql`a`)} order by p.due_at, p.id), '[]')
        from page p join appointments a on a.id = p.appointment_id) as items`);
  return row?.known ? { items: row.items, counts: row.counts } : null;
}

/** A free slot that could be a case's, `zone` its location's. */
export interface CaseCandidate extends QueueSlot {
  doctorName: string;
  zone: string;
}

export interface CaseDetail extends ReassignmentRules {
  case: CaseRow;
  displaced: DisplacedAppointment;
  /** None once the case is closed. */
  candidates: CaseCandidate[];
}

/**
 * So many free times are looked at before the lost one, and as many from then on, of each doctor: more than a day of an
 * empty calendar, so that what is left out is further off than anything that is shown.
 */
const NEAREST = 64;

/**
 * One placement case with what is needed to rank free times for it as they are this moment: the nearest of each doctor
 * of the specialty that are long enough, and all that are kept for the queue. That staff have read it is noted.
 * `known` false: no such caller; `item` null: no such case.
 */
export async function findCase(db: Database, caller: CallerRef, id: string, requestId: string) {
  const now = sql`(select now from moment)`;
  const free = sql`${isFree(sql`s`, { now, holder: sql`(select patient_id from visit)`, staff: true })}
    and s.ends_at - s.starts_at >= (select ends_at - starts_at from visit)`;
  const position = sql`(s.clinic_date, s.starts_at)`;
  const origin = sql`((select date from origin), (select at from origin))`;
  const specialty = sql`(select d.specialty from doctors d where d.id = (select doctor_id from visit))`;
  const near = (range: SQL, order: SQL) => sql`(
    select s.id from slots s where s.doctor_id = d.id and ${range} and ${free} order by ${order} limit ${NEAREST})`;
  const [row] = await db.rows<{ known: boolean; item: CaseDetail | null }>(sql`${ctes([
    actorCte(caller),
    sql`moment as materialized (select clock_timestamp() as now)`,
    floorCte({ now, staff: true, from: sql`null::date` }),
    sql`found as materialized (select k.* from cases k where k.id = ${id}::uuid and exists (select from actor))`,
    sql`visit as materialized (select a.* from appointments a, found k where a.id = k.appointment_id)`,
    sql`origin as materialized (
      select x.at, (x.at at time zone l.time_zone)::date as date
      from visit a join locations l on l.id = a.location_id
        cross join lateral (select greatest(a.starts_at, ${now}) as at) x)`,
    sql`eligible as materialized (
      select n.id
      from doctors d cross join lateral (
        ${near(sql`${position} >= ${origin}`, sql`s.clinic_date, s.starts_at, s.id`)} union all
        ${near(sql`${position} < ${origin} and ${isBeyondFloor(sql`s`)}`, sql`s.clinic_date desc, s.starts_at desc, s.id desc`)}) n
      where d.active and d.specialty = ${specialty} and exists (select from found k where k.status = 'open')
      union
      select s.id
      from slots s join doctors d on d.id = s.doctor_id
      where s.offered_until > ${now} and ${free} and d.active and d.specialty = ${specialty}
        and exists (select from found k where k.status = 'open'))`,
    notedCte({
      action: "case.read",
      entity: "appointment",
      entries: sql`select a.id, a.patient_id, null::jsonb from visit a`,
      requestId,
    }),
  ])} select exists (select from actor) as known, (
      select jsonb_build_object('case', ${caseJson(sql`k`, sql`a`)}, 'displaced', ${displacedJson()},
        'candidates', coalesce((
          select jsonb_agg(to_jsonb(c)) from (
            select ${candidateColumns}, d.name as "doctorName", l.time_zone as zone,
              coalesce(s.offered_until > ${now}, false) as offered, s.late_opening as "lateOpening"
            from eligible e join slots s on s.id = e.id join doctors d on d.id = s.doctor_id
              join locations l on l.id = s.location_id) c), '[]')) || ${rulesJson(now)}
      from found k, visit a) as item`);
  return { known: row?.known ?? false, item: row?.item ?? null };
}
