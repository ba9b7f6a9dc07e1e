import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import { survivorOf } from "../fragments.ts";

/** What a patient has decided about the clinic's mails, and what there is to decide. */
export interface PreferencesRow {
  language: string;
  reminders: boolean;
  languages: string[];
  email: string | null;
  mailStopped: boolean;
  /** The version of the patient's record, which holds them. */
  version: number;
}

/**
 * The language in which the clinic writes to a patient `t`: their own while it is offered, else the clinic's first. What
 * they chose stays in their record.
 */
export function languageOf(t: SQL): SQL {
  const own = sql`split_part(${t}.language, '-', 1)`;
  return sql`(select case when ${own} = any(p.locales) then ${own} else p.locales[1] end from policy p)`;
}

/** The caller's own; `item` null: the caller has no active record. find_preferences.sql. */
export function findPreferences(db: Database, caller: CallerRef) {
  return read<PreferencesRow>(db, caller, "find_preferences");
}

/** What somebody with a link from a reminder is shown: nothing that says whose it is. */
export interface ReminderChoice {
  language: string;
  reminders: boolean;
  clinicName: string;
}

/** Null: there is no such patient. */
export async function findReminderChoice(db: Database, patientId: string): Promise<ReminderChoice | null> {
  const [row] = await db.rows<ReminderChoice & Record<string, unknown>>(sql`
    select ${languageOf(sql`t`)} as language, t.reminders, (select name from clinic) as "clinicName" from patients t
    where t.id = ${survivorOf(sql`${patientId}::uuid`)}`);
  return row ?? null;
}
