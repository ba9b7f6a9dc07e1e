import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { type CaseRow, caseJson } from "../queries/cases.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import type { Refusal } from "../refusal.ts";
import { type CaseSubject, claimedCase, subjectCtes, versionAndStateCases } from "./subject.ts";

/** What the audit trail keeps of a case `k`: not the note, which is in people's own words. */
function caseAudit(k: SQL): SQL {
  return sql`jsonb_build_object('caseId', ${k}.id, 'status', ${k}.status, 'claimedBy', ${k}.claimed_by,
    'claimExpiresAt', ${k}.claim_expires_at, 'contactAfter', ${k}.contact_after, 'version', ${k}.version)`;
}

/** Changes an open case whose version is as read and that nobody else has claimed. */
function changeCase(
  db: Database,
  act: Act,
  subject: CaseSubject,
  change: { action: string; set: SQL; refusal?: SQL },
): Promise<Outcome<CaseRow, Refusal>> {
  return runVerb<CaseRow, Refusal>(db, act, {
    audit: { action: change.action, entity: "appointment" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, subject, { byClinic: true })},
      verdict as materialized (
        select case ${versionAndStateCases(subject, "place")} ${change.refusal ?? sql``} end as refusal from subject a),
      changed as (
        update cases k set ${change.set}, ${touched}
        from verdict v where k.id = (select id from placement) and v.refusal is null returning k.*),
      change as materialized (
        select a.id as entity_id, a.patient_id as patient_id, ${caseAudit(sql`b`)} as before, ${caseAudit(sql`k`)} as after,
          ${caseJson(sql`k`, sql`a`)} as result, true as changed
        from changed k, placement b, subject a)`,
  });
}

const touched = sql`changed_by = (select actor_id from go), updated_at = ${NOW}, version = k.version + 1`;

/**
 * Takes a case to work on for `claimMinutes` by the database's clock, or for as long again if one has it already. Until
 * then nobody else can claim, place, put off or cancel it through the queue.
 */
export function claimCase(db: Database, act: Act, subject: CaseSubject): Promise<Outcome<CaseRow, Refusal>> {
  const until = sql`${NOW} + make_interval(mins => (select claim_minutes from policy))`;
  const set = sql`claimed_by = (select actor_id from go), claim_expires_at = ${until}`;
  return changeCase(db, act, subject, { action: "case.claim", set });
}

/**
 * The patient is to be called again at `at`, epoch milliseconds, no further ahead than times can be booked; whoever works
 * on it hands it back for now.
 */
export function contactLater(
  db: Database,
  act: Act,
  subject: CaseSubject,
  { at, note }: { at: number; note: string | null },
): Promise<Outcome<CaseRow, Refusal>> {
  const then = sql`to_timestamp(${at}::float8 / 1000)`;
  return changeCase(db, act, subject, {
    action: "case.contact-later",
    set: sql`contact_after = ${then}, contact_note = ${note}, claimed_by = null, claim_expires_at = null`,
    refusal: sql`when ${then} <= ${NOW} then ${notThen(sql`'Must be in the future'`)}
      when ${then} > ${NOW} + make_interval(days => (select horizon_days from policy)) then ${notThen(
        sql`format('At most %s days ahead, as far as times can be booked', (select horizon_days from policy))`,
      )}`,
  });
}

function notThen(detail: SQL): SQL {
  return sql`jsonb_build_object('code', 'invalid-request', 'pointer', '/at', 'detail', ${detail})`;
}

/** Hands a case back before its claim ends; repeatable. What somebody else has claimed stays theirs. */
export function releaseCase(db: Database, act: Act, caseId: string): Promise<Outcome<CaseRow, Refusal>> {
  return runVerb<CaseRow, Refusal>(db, act, {
    audit: { action: "case.release", entity: "appointment" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, { caseId, versions: [] }, { byClinic: true })},
      verdict as materialized (select case ${claimedCase} end as refusal from subject a),
      changed as (
        update cases k set claimed_by = null, claim_expires_at = null, ${touched}
        from verdict v where k.id = (select id from placement) and v.refusal is null and k.claimed_by is not null
        returning k.*),
      change as materialized (
        select a.id as entity_id, a.patient_id as patient_id, ${caseAudit(sql`b`)} as before, ${caseAudit(sql`k`)} as after,
          ${caseJson(sql`k`, sql`a`)} as result, true as changed
        from changed k, placement b, subject a
        union all
        select a.id, a.patient_id, null, null, ${caseJson(sql`b`, sql`a`)}, false
        from placement b, subject a, verdict v where v.refusal is null and b.claimed_by is null)`,
  });
}
