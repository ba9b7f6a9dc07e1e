import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, ms } from "../fragments.ts";
import { listedCtes } from "../reads.ts";

/** What a task is about. */
export type TaskKind = "mail-bounced" | "mail-complained" | "mail-refused" | "no-address" | "job-failed";

/** Something about notifications that a person must see to. Instants are epoch milliseconds, `zone` is the clinic's. */
export interface TaskRow {
  id: string;
  kind: TaskKind;
  status: "open" | "done";
  patientId: string | null;
  patientName: string | null;
  appointmentId: string | null;
  /** Ids and codes only. */
  detail: Record<string, unknown>;
  createdAt: number;
  doneAt: number | null;
  doneBy: string | null;
  version: number;
  zone: string;
}

export interface TasksFilter {
  status?: TaskRow["status"] | undefined;
  kind?: TaskKind | undefined;
  after?: { createdAt: number; id: string } | undefined;
  limit: number;
}

/** A task `k` as jsonb, for `TaskRow`. */
export function taskJson(k: SQL): SQL {
  return sql`jsonb_build_object('id', ${k}.id, 'kind', ${k}.kind, 'status', ${k}.status, 'patientId', ${k}.patient_id,
    'patientName', (select t.name from patients t where t.id = ${k}.patient_id), 'appointmentId', ${k}.appointment_id,
    'detail', ${k}.detail, 'createdAt', ${ms(sql`${k}.created_at`)}, 'doneAt', ${ms(sql`${k}.done_at`)},
    'doneBy', (select p.name from people p where p.id = ${k}.done_by), 'version', ${k}.version,
    'zone', (select time_zone from clinic))`;
}

/**
 * A page of tasks, the oldest first; one more than `limit` to show that there is more. Whose tasks were seen is noted.
 * Null: no such caller.
 */
export async function listTasks(db: Database, caller: CallerRef, filter: TasksFilter, requestId: string) {
  const where = [sql`exists (select from actor)`];
  if (filter.status) where.push(sql`k.status = ${filter.status}`);
  if (filter.kind) where.push(sql`k.kind = ${filter.kind}`);
  // The wire counts in milliseconds, the row in microseconds.
  const at = sql`date_trunc('milliseconds', k.created_at)`;
  if (filter.after) {
    where.push(sql`(${at}, k.id) > (to_timestamp(${filter.after.createdAt}::float8 / 1000), ${filter.after.id}::uuid)`);
  }
  const patients = sql`select jsonb_agg(distinct p.patient_id order by p.patient_id) filter (where p.patient_id is not null)
    from page p`;
  const [row] = await db.rows<{ known: boolean; items: TaskRow[] }>(sql`${ctes([
    actorCte(caller),
    sql`page as materialized (
      select k.* from tasks k where ${sql.join(where, sql` and `)} order by ${at}, k.id limit ${filter.limit + 1})`,
    ...listedCtes({ action: "task.list", patients, requestId }),
  ])} select exists (select from actor) as known, (
      select coalesce(jsonb_agg(${taskJson(sql`k`)} order by ${at}, k.id), '[]') from page k) as items`);
  return row?.known ? row.items : null;
}
