import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { patientCtes } from "../fragments.ts";
import { type PreferencesRow, preferencesJson } from "../queries/preferences.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type RecordRefusal, assignments, languageCase, versionCase } from "./record.ts";

export interface ChangePreferencesInput {
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** What is named is set; what is not named stays. */
  changes: { language?: string | undefined; reminders?: boolean | undefined };
}

/**
 * A patient decides about their own mails. Refused when somebody was faster, or the clinic writes in no such language.
 * What is so already is answered, and neither counted as a change nor audited.
 */
export function changePreferences(
  db: Database,
  act: Act,
  { versions, changes }: ChangePreferencesInput,
): Promise<Outcome<PreferencesRow, RecordRefusal>> {
  const { language, reminders } = changes;
  const { set, differs } = assignments({
    language: language === undefined ? undefined : { value: language, type: "text" },
    reminders: reminders === undefined ? undefined : { value: reminders, type: "boolean" },
  });
  return runVerb<PreferencesRow, RecordRefusal>(db, act, {
    audit: { action: "preferences.change", entity: "patient" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${patientCtes(act.caller, null)},
      verdict as materialized (
        select case ${versionCase(versions)}
          ${language === undefined ? sql`` : languageCase(language)} end as refusal, ${differs} as differs
        from patient t),
      altered as (
        update patients t set ${set}, changed_by = (select actor_id from go), updated_at = clock_timestamp(),
          version = t.version + 1
        from verdict v where t.id = (select id from patient) and v.refusal is null and v.differs
        returning t.*),
      change as materialized (
        select a.id as entity_id, a.id as subject_id,
          jsonb_build_object('language', t.language, 'reminders', t.reminders) as before,
          jsonb_build_object('language', a.language, 'reminders', a.reminders) as after,
          ${preferencesJson(sql`a`)} as result, true as changed
        from altered a, patient t
        union all
        select t.id, t.id, null, null, ${preferencesJson(sql`t`)}, false
        from patient t, verdict v where v.refusal is null and not v.differs)`,
  });
}
