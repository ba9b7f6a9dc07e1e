import type { Database } from "../client.ts";
import { type Callable, type CallerRef, read, run } from "../call.ts";

/** A patient's choices about the clinic's mails, and the options. */
export interface PreferencesRow {
  language: string;
  reminders: boolean;
  languages: string[];
  email: string | null;
  mailStopped: boolean;
  /** The version of the patient's record, which holds them. */
  version: number;
}

/** The caller's own; `item` null: the caller has no active record. find_preferences.sql. */
export function findPreferences(db: Database, caller: CallerRef) {
  return read<PreferencesRow>(db, caller, "find_preferences");
}

/** The data of the page behind the link in a reminder. They do not name the patient. */
export interface ReminderChoice {
  language: string;
  reminders: boolean;
  clinicName: string;
}

/** Null: there is no such patient. find_reminder_choice.sql. */
export function findReminderChoice(db: Callable, patientId: string): Promise<ReminderChoice | null> {
  return run(db, "find_reminder_choice", { patient: patientId });
}
