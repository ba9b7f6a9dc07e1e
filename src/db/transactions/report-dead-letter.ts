import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ctes, ms } from "../fragments.ts";
import { openTask } from "./task.ts";

/** A message that the queue has given up: ids and codes only. */
export interface DeadLetter {
  job: string;
  messageId: string;
  /** Where the queue keeps it. */
  deadLetterId: string | null;
  /** The last answer's status; 0 when there was none. */
  status: number;
  appointmentId: string | null;
}

/** So many letters are named in one task; it counts all of them. */
const NAMED = 50;

/**
 * Tells staff of a dead letter. One open task for a job counts all that come while nobody has seen to it, as an outage
 * gives many at once. A letter that is reported again changes nothing.
 */
export async function reportDeadLetter(db: Database, letter: DeadLetter): Promise<void> {
  const { job, messageId, deadLetterId, status, appointmentId } = letter;
  const named = JSON.stringify([{ messageId, deadLetterId, status }]);
  await db.rows(
    sql`${ctes([
      sql`known as materialized (
      select k.id, k.status, k.detail from tasks k where k.kind = 'job-failed' and k.detail ->> 'job' = ${job}
        and (k.status = 'open' or k.detail -> 'letters' @> jsonb_build_array(jsonb_build_object('messageId', ${messageId}::text)))
      for no key update)`,
      sql`told as materialized (
      select from known k
      where k.detail -> 'letters' @> jsonb_build_array(jsonb_build_object('messageId', ${messageId}::text)))`,
      sql`counted as (
      update tasks k set version = k.version + 1, detail = k.detail || jsonb_build_object(
        'count', (k.detail ->> 'count')::int + 1, 'lastAt', ${ms(sql`clock_timestamp()`)},
        'letters', case when jsonb_array_length(k.detail -> 'letters') < ${NAMED}
          then k.detail -> 'letters' || ${named}::jsonb else k.detail -> 'letters' end)
      where k.id = (select id from known where status = 'open' order by id limit 1) and not exists (select from told))`,
      openTask(
        "opened",
        sql`select 'job-failed', null::uuid, (select a.id from appointments a where a.id = ${appointmentId}::uuid),
          jsonb_build_object('job', ${job}::text, 'count', 1, 'letters', ${named}::jsonb)
        where not exists (select from known where status = 'open') and not exists (select from told)`,
      ),
    ])} select 1`,
  );
}
