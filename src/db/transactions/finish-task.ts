import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ms } from "../fragments.ts";
import { type TaskRow, taskJson } from "../queries/tasks.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { isOutdated } from "./record.ts";

export type TaskRefusal =
  | { code: "not-found" }
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  | { code: "wrong-state"; current: "done" };

/** Staff have seen to a task. Refused when it has changed since they read it, or somebody has seen to it already. */
export function finishTask(
  db: Database,
  act: Act,
  { taskId, versions }: { taskId: string; versions: number[] },
): Promise<Outcome<TaskRow, TaskRefusal>> {
  return runVerb<TaskRow, TaskRefusal>(db, act, {
    audit: { action: "task.finish", entity: "task" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`patient as materialized (select where false),
      current as materialized (
        select k.* from tasks k where exists (select from go) and k.id = ${taskId}::uuid for no key update),
      verdict as materialized (
        select case
          when k.status = 'done' then jsonb_build_object('code', 'wrong-state', 'current', 'done')
          when ${isOutdated(sql`k.version`, versions)} then jsonb_build_object(
            'code', 'version-conflict', 'changedBy', null, 'zone', (select time_zone from clinic),
            'changedAt', coalesce((k.detail ->> 'lastAt')::bigint, ${ms(sql`k.created_at`)})) end as refusal
        from current k),
      finished as (
        update tasks k set status = 'done', done_at = clock_timestamp(), done_by = (select actor_id from go),
          version = k.version + 1
        from verdict v where k.id = (select id from current) and v.refusal is null
        returning k.*),
      change as materialized (
        select f.id as entity_id, f.patient_id as patient_id, jsonb_build_object('status', 'open', 'kind', f.kind) as before,
          jsonb_build_object('status', f.status, 'kind', f.kind) as after, ${taskJson(sql`f`)} as result, true as changed
        from finished f)`,
  });
}
