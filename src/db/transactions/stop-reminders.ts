import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ctes, survivorOf } from "../fragments.ts";
import { type ReminderChoice, languageOf } from "../queries/preferences.ts";

/**
 * Turns a patient's reminders off by a link from their mail: whoever has it may, and is not known, so the audit trail names
 * nobody. What is so already is neither counted as a change nor audited. Null: there is no such patient.
 */
export async function stopReminders(
  db: Database,
  patientId: string,
  requestId: string,
): Promise<ReminderChoice | null> {
  const [row] = await db.rows<ReminderChoice & Record<string, unknown>>(
    sql`${ctes([
      sql`current as materialized (select t.* from patients t where t.id = ${survivorOf(sql`${patientId}::uuid`)} for no key update)`,
      sql`altered as (
      update patients t set reminders = false, changed_by = null, updated_at = clock_timestamp(), version = t.version + 1
      from current c where t.id = c.id and c.reminders returning t.id)`,
      sql`audited as (
      insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
      select null, a.id, 'reminders.stop', 'patient', a.id, '{"reminders": true}', '{"reminders": false}', ${requestId}
      from altered a)`,
    ])} select ${languageOf(sql`c`)} as language, false as reminders, (select name from clinic) as "clinicName" from current c`,
  );
  return row ?? null;
}
