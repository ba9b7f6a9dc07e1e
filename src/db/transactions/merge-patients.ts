import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ctes } from "../fragments.ts";
import { runOperation } from "../operation.ts";
import type { PatientRow } from "../queries/patients.ts";
import type { Transaction } from "../transaction.ts";
import type { Act, Outcome } from "../call.ts";
import { mergeNotices } from "./merge-notices.ts";
import { endRecord, inheritRecord } from "./merge-records.ts";
import { versionCase } from "./record.ts";

export interface MergeInput {
  /** The record that goes, and the versions (ETags) of it that the caller accepts, usually one. */
  goingId: string;
  versions: number[];
  /** The record that stays, and its version if the caller has read it. */
  stayingId: string;
  stayingVersion: number | null;
  reason: string | null;
}

/** Why two records stay two; `patientId` says which of them stands in the way. */
export type MergeRefusal =
  | { code: "not-found" | "no-such-survivor" | "same-record" }
  | {
      code: "version-conflict";
      patientId: string;
      changedBy: string | null;
      changedAt: number;
      zone: string;
    }
  | { code: "wrong-state"; patientId: string; current: "merged" | "inactive" | "linked" }
  /** Both are booked at one time: the survivor's appointment, and that of the record that goes. */
  | { code: "overlaps-own-appointment"; appointmentId: string; otherAppointmentId: string };

/** Appointments that take place yet; what is over cannot be changed any more, so it may overlap. */
const LIVE = sql`('booked', 'moved', 'arrived')`;

/**
 * Staff make one record of two that are of the same person, in one transaction: everything of the record that goes
 * becomes the other's, or ends; it is switched off and says which one took its place. Whatever either was told counts as
 * told to the survivor, so that nobody hears of it.
 *
 * Both patients are locked first, by id, as by whoever locks several, then held slots, appointments and notices; what is
 * to be judged and moved is read after the locks were had, as nobody else begins anything for these patients then.
 */
export function mergePatients(db: Database, act: Act, input: MergeInput): Promise<Outcome<PatientRow, MergeRefusal>> {
  return runOperation<PatientRow, MergeRefusal>(db, act, async (tx, { actorId }) => {
    if (input.goingId === input.stayingId) return { why: { code: "same-record" } };
    await lockPatients(tx, input);
    const why = await lockAndJudge(tx, input);
    if (why) return { why };
    const merging = { ...input, actorId, requestId: act.requestId };
    const dueAt = await mergeNotices(tx, merging);
    const login = await endRecord(tx, merging);
    return { result: await inheritRecord(tx, merging, login), dueAt };
  });
}

async function lockPatients(tx: Transaction, { goingId, stayingId }: MergeInput): Promise<void> {
  await tx.rows(sql`select t.id from patients t where t.id in (${goingId}::uuid, ${stayingId}::uuid)
    order by t.id for no key update`);
}

/** Locks what is to be changed, and says why nothing may be; null if it may. */
async function lockAndJudge(tx: Transaction, input: MergeInput): Promise<MergeRefusal | null> {
  const { goingId, versions, stayingId, stayingVersion } = input;
  const conflict = (accepted: number[]): SQL =>
    sql`case ${versionCase(accepted)} end || jsonb_build_object('patientId', t.id)`;
  const state = (current: MergeRefusal & { code: "wrong-state" }): SQL => sql`${JSON.stringify(current)}::jsonb`;
  const wrong = (current: "merged" | "inactive" | "linked", patientId: string): SQL =>
    state({ code: "wrong-state", current, patientId });
  const [row] = await tx.rows<{ why: MergeRefusal | null }>(sql`${ctes([
    sql`going as materialized (select t.* from patients t where t.id = ${goingId}::uuid)`,
    sql`staying as materialized (select t.* from patients t where t.id = ${stayingId}::uuid)`,
    sql`places as materialized (
      select s.id from slots s
      where s.id = any(array(select unnest(hold_slot_ids) from going)) and s.held_by = ${goingId}::uuid
      order by s.id for update)`,
    sql`visits as materialized (
      select a.* from appointments a where (select count(*) from places) >= 0 and a.patient_id = ${goingId}::uuid
      order by a.id for no key update)`,
    // For update, as the key is to be another one; so whoever is about to send something has begun, or will not.
    sql`notices as materialized (
      select o.appointment_id from outbox o
      where (select count(*) from visits) >= 0 and o.patient_id in (${goingId}::uuid, ${stayingId}::uuid)
        and o.appointment_id in (select x.appointment_id from outbox x where x.patient_id = ${goingId}::uuid)
      order by o.appointment_id, o.patient_id for update)`,
    sql`rivals as materialized (
      select o.id as staying_id, a.id as going_id from visits a join appointments o on o.patient_id = ${stayingId}::uuid
      where a.slot_id is not null and o.slot_id is not null and not a.overlap_allowed and not o.overlap_allowed
        and a.status in ${LIVE} and o.status in ${LIVE} and greatest(a.ends_at, o.ends_at) > clock_timestamp()
        and tstzrange(a.starts_at, a.ends_at) && tstzrange(o.starts_at, o.ends_at)
      order by o.starts_at, o.id, a.id limit 1)`,
  ])} select case
      when g.id is null then jsonb_build_object('code', 'not-found')
      else coalesce(
        (select ${conflict(versions)} from going t),
        case when g.merged_into is not null then ${wrong("merged", goingId)}
          when s.id is null then jsonb_build_object('code', 'no-such-survivor') end,
        ${stayingVersion === null ? sql`null` : sql`(select ${conflict([stayingVersion])} from staying t)`},
        case when s.merged_into is not null then ${wrong("merged", stayingId)}
          when not s.active then ${wrong("inactive", stayingId)}
          when g.person_id is not null and s.person_id is not null then ${wrong("linked", goingId)} end,
        (select jsonb_build_object('code', 'overlaps-own-appointment', 'appointmentId', r.staying_id,
          'otherAppointmentId', r.going_id) from rivals r)) end as why, (select count(*) from notices)
    from (select) always left join going g on true left join staying s on true`);
  if (!row) throw new Error("judging a merge answered no row");
  return row.why;
}
