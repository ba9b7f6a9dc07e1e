import { sql } from "drizzle-orm";
import type { CaseReason } from "#domain/calendar/change.ts";
import type { Database } from "../client.ts";
import { type CallerRef, actorCte, ctes, ms } from "../fragments.ts";
import { listedCtes } from "../reads.ts";

/** A placement case with its appointment. Instants are epoch milliseconds, `zone` is the location's. */
export interface CaseRow {
  id: string;
  status: "open" | "placed" | "cancelled";
  reason: CaseReason;
  appointmentId: string;
  patientId: string;
  patientName: string;
  doctorId: string;
  locationId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
  dueAt: number;
  createdAt: number;
  closedAt: number | null;
}

export interface CasesFilter {
  status?: CaseRow["status"] | undefined;
  after?: { dueAt: number; id: string } | undefined;
  limit: number;
}

/**
 * A page of placement cases, the most pressing first; one more than `limit` to show that there is more. Whose cases were
 * seen is noted. Null: no such caller.
 */
export async function listCases(db: Database, caller: CallerRef, filter: CasesFilter, requestId: string) {
  const where = [sql`exists (select from actor)`];
  if (filter.status) where.push(sql`k.status = ${filter.status}`);
  if (filter.after) {
    where.push(sql`(k.due_at, k.id) > (to_timestamp(${filter.after.dueAt}::float8 / 1000), ${filter.after.id}::uuid)`);
  }
  const patients = sql`select jsonb_agg(distinct a.patient_id order by a.patient_id)
    from page p join appointments a on a.id = p.appointment_id`;
  const [row] = await db.rows<{ known: boolean; items: CaseRow[] }>(sql`${ctes([
    actorCte(caller),
    sql`page as materialized (
      select k.* from cases k where ${sql.join(where, sql` and `)} order by k.due_at, k.id limit ${filter.limit + 1})`,
    ...listedCtes({ action: "case.list", patients, requestId }),
  ])} select exists (select from actor) as known, (
      select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'status', p.status, 'reason', p.reason,
        'appointmentId', a.id, 'patientId', a.patient_id, 'patientName', t.name, 'doctorId', a.doctor_id,
        'locationId', a.location_id, 'startsAt', ${ms(sql`a.starts_at`)}, 'endsAt', ${ms(sql`a.ends_at`)},
        'zone', l.time_zone, 'dueAt', ${ms(sql`p.due_at`)}, 'createdAt', ${ms(sql`p.created_at`)},
        'closedAt', ${ms(sql`p.closed_at`)}) order by p.due_at, p.id), '[]')
      from page p join appointments a on a.id = p.appointment_id join patients t on t.id = a.patient_id
        join locations l on l.id = a.location_id) as items`);
  return row?.known ? row.items : null;
}
