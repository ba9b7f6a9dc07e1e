import { type SQL, sql } from "drizzle-orm";
import { survivorOf } from "../fragments.ts";

/** What about telling needs a person. */
export type TaskKind = "mail-bounced" | "mail-complained" | "mail-refused" | "no-address" | "job-failed";

/**
 * A CTE that opens tasks for staff: one for each row (kind, patient id, appointment id, detail) of `rows`. `detail` has
 * ids and codes only. The same trouble again, while nobody has seen to it, is the same task; that of a record which was
 * merged meanwhile is its survivor's.
 */
export function openTask(name: string, rows: SQL): SQL {
  return sql`${sql.identifier(name)} as (
    insert into tasks (kind, patient_id, appointment_id, detail)
    select x.kind, ${survivorOf(sql`x.patient_id`)}, x.appointment_id, x.detail from (${rows}) x (kind, patient_id, appointment_id, detail)
    on conflict do nothing)`;
}
