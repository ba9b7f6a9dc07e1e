import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import {
  NOW,
  type SlotRow,
  firstSlots,
  floorCte,
  isBeyondFloor,
  isDoctorWanted,
  isFree,
  ms,
  patientCtes,
  slotJson,
} from "../fragments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type HoldLimit, HOLD_LIMIT, allowanceCte, debtAfter } from "./allowance.ts";
import type { Override } from "./subject.ts";

export interface HoldRow {
  id: string;
  slot: SlotRow;
  expiresAt: number;
  expiresInMs: number;
  extensionsLeft: number;
}

/** What to hold: a named slot, or the first free one by doctor, specialty and clinic dates (both included). */
export type HoldTarget =
  | { slotId: string }
  | {
      doctorId?: string | undefined;
      specialty?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
    };

/** A hold as the verbs answer it, from a slot row `s` just written and the policy. */
export function holdJson(s: SQL, now: SQL): SQL {
  return sql`jsonb_build_object('id', ${s}.hold_id, 'slot', ${slotJson(s)}, 'expiresAt', ${ms(sql`${s}.hold_expires_at`)},
    'expiresInMs', (extract(epoch from ${s}.hold_expires_at - ${now}) * 1000)::int,
    'extensionsLeft', greatest(0, (select hold_extensions from policy) - ${s}.hold_extensions))`;
}

/** What the audit trail keeps of a slot's hold. */
export function holdAudit(s: SQL): SQL {
  return sql`jsonb_build_object('slotId', ${s}.id, 'holdId', ${s}.hold_id, 'heldBy', ${s}.held_by,
    'holdExpiresAt', ${s}.hold_expires_at, 'holdExtensions', ${s}.hold_extensions)`;
}

/**
 * Holds a slot for a patient, in one statement. The slot's row is locked `FOR UPDATE SKIP LOCKED`, so that nobody waits
 * for a rival; the hold itself is data with an expiry judged by the database's clock. The patient's other holds beyond
 * `holdsPerPatient` are released, oldest first. Asking again for a slot one holds gives the same hold, unextended.
 *
 * Refused (nothing changed) when the slot is not free, or nothing is, or the patient's holding time is used up. With an
 * override staff may hold a closed slot.
 */
export function hold(
  db: Database,
  act: Act,
  patientId: string | null,
  target: HoldTarget,
  override: Override | null = null,
): Promise<Outcome<HoldRow, HoldLimit>> {
  const staff = act.caller.role === "staff";
  const mine = sql`coalesce(s.held_by = (select id from patient) and s.hold_expires_at > ${NOW}, false)`;
  // Asking again for what one holds costs nothing; anything else needs holding time.
  const free = sql`${isFree(sql`s`, {
    now: NOW,
    holder: sql`(select id from patient)`,
    staff,
    closedToo: override !== null && "slotId" in target,
  })} and ((select ok from allowance) or ${mine})`;
  const first = "slotId" in target ? null : target;
  const specialty = first?.specialty && !first.doctorId ? sql`${first.specialty}` : null;
  const asFree = sql`${free} and ${isBeyondFloor(sql`s`)}`;
  // Where the specialty's free slots begin and end: the locking scan reads everybody's slots, but only between the two.
  const end = (order: SQL) =>
    sql`select s.clinic_date, s.starts_at from ${firstSlots({ fit: asFree, order, limit: 1, specialty })} s`;
  const edge = (of: SQL) => sql`((select clinic_date from ${of}), (select starts_at from ${of}))`;
  const within = specialty
    ? sql`(s.clinic_date, s.starts_at) >= ${edge(sql`first_free`)}
          and (s.clinic_date, s.starts_at) <= ${edge(sql`last_free`)}`
    : isBeyondFloor(sql`s`);
  const chosen =
    "slotId" in target
      ? sql`s.id = ${target.slotId}::uuid and ${free}`
      : sql`${free} and ${isDoctorWanted(sql`s`, target)} and ${within}
          and s.clinic_date <= coalesce(${target.to ?? null}::date, 'infinity')
          and not exists (
            select from appointments o where o.patient_id = (select id from patient) and o.slot_id is not null
              and tstzrange(o.starts_at, o.ends_at) && tstzrange(s.starts_at, s.ends_at))
        order by s.clinic_date, s.starts_at, s.id limit 1`;

  return runVerb<HoldRow, HoldLimit>(db, act, {
    audit: { action: "hold", entity: "slot", reason: override?.reason ?? null },
    tell: null,
    refusal: HOLD_LIMIT,
    fate: slotFate(act.caller, patientId, target),
    steps: sql`${patientCtes(act.caller, patientId)},
      ${allowanceCte(sql`select hold_seconds from policy`, staff)},
      ${first ? sql`${floorCte({ now: NOW, staff, from: sql`${first.from ?? null}::date` })},` : sql``}
      ${
        specialty
          ? sql`first_free as materialized (${end(sql`s.clinic_date, s.starts_at, s.id`)}),
              last_free as materialized (${end(sql`s.clinic_date desc, s.starts_at desc, s.id desc`)}),`
          : sql``
      }
      candidate as materialized (
        select s.*, ${mine} as mine
        from slots s where ${chosen} for update skip locked),
      -- The patient's other slots as they are now, not as they were when the statement began: the lock sees to that.
      others as materialized (
        select s.* from slots s
        where s.id = any(array(select unnest(hold_slot_ids) from patient))
          and s.id <> (select id from candidate) and not (select mine from candidate)
        for update skip locked),
      surplus as (
        select id from (
          select o.id, row_number() over (order by array_position((select hold_slot_ids from patient), o.id) desc) as age
          from others o where o.held_by = (select id from patient) and o.hold_expires_at > ${NOW}) ranked
        where age >= (select holds_per_patient from policy)),
      released as (
        update slots s set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
          version = s.version + 1
        from surplus where s.id = surplus.id),
      held as (
        update slots s set
          hold_id = uuidv7(), held_by = (select id from patient), hold_extensions = 0, version = s.version + 1,
          hold_expires_at = ${NOW} + make_interval(secs => (select hold_seconds from policy))
        from candidate c where s.id = c.id and not c.mine
        returning s.*),
      remembered as (
        update patients t set hold_debt_until = ${debtAfter(staff)}, hold_slot_ids = array(
          select x from unnest(t.hold_slot_ids) x
          where x <> (select id from held) and x not in (select id from surplus)
            and x not in (select id from others where held_by is distinct from t.id or hold_expires_at <= ${NOW}))
          || (select id from held)
        where t.id = (select id from patient) and exists (select from held)),
      change as materialized (
        select h.id as entity_id, h.held_by as subject_id, ${holdAudit(sql`c`)} as before,
          ${holdAudit(sql`h`)} || jsonb_build_object('released', array(select id from surplus)) as after,
          ${holdJson(sql`h`, NOW)} as result, true as changed
        from held h, candidate c
        union all
        select c.id, c.held_by, null, null, ${holdJson(sql`c`, NOW)}, false from candidate c where c.mine)`,
  });
}
