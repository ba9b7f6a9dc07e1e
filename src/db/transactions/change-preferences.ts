import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { patientCtes } from "../fragments.ts";
import { type PreferencesRow, preferencesJson } from "../queries/preferences.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import {
  PATIENT,
  type RecordKind,
  type RecordRefusal,
  alteredCtes,
  assignments,
  languageCase,
  versionCase,
} from "./record.ts";

export interface ChangePreferencesInput {
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** What is named is set; what is not named stays. */
  changes: { language?: string | undefined; reminders?: boolean | undefined };
}

/** The part of a patient's record that is the patient's own to decide. */
const PREFERENCES: RecordKind = {
  ...PATIENT,
  json: preferencesJson,
  audit: (t) => sql`jsonb_build_object('language', ${t}.language, 'reminders', ${t}.reminders)`,
};

/**
 * A patient decides about their own mails. Refused when somebody was faster, or the clinic writes in no such language.
 */
export function changePreferences(
  db: Database,
  act: Act,
  { versions, changes }: ChangePreferencesInput,
): Promise<Outcome<PreferencesRow, RecordRefusal>> {
  const { language, reminders } = changes;
  const { set, differs } = assignments({
    language: [language, "text"],
    reminders: [reminders, "boolean"],
  });
  return runVerb<PreferencesRow, RecordRefusal>(db, act, {
    audit: { action: "preferences.change", entity: "patient" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${patientCtes(act.caller, null)},
      current as materialized (select * from patient),
      verdict as materialized (
        select case ${versionCase(versions)}
          ${language === undefined ? sql`` : languageCase(language)} end as refusal, ${differs} as differs
        from current t),
      ${alteredCtes(PREFERENCES, set)}`,
  });
}
