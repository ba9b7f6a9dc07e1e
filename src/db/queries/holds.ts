import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import {
  type CallerRef,
  type SlotRow,
  actorCte,
  ctes,
  firstSlots,
  floorCte,
  isBeyondFloor,
  isFree,
  slotJson,
} from "../fragments.ts";
import { type HoldRow, holdJson } from "../transactions/hold.ts";

/** The caller's live hold. `known` false: no such caller; `hold` null: expired, released, or not theirs. */
export async function findHold(db: Database, caller: CallerRef, holdId: string) {
  const whose =
    caller.role === "staff"
      ? sql`true`
      : sql`s.held_by = (select t.id from patients t where t.person_id = (select id from actor))`;
  const [row] = await db.rows<{ known: boolean; hold: HoldRow | null }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known,
      (select ${holdJson(sql`s`, sql`clock_timestamp()`)} from slots s
       where s.hold_id = ${holdId}::uuid and s.hold_expires_at > clock_timestamp()
         and exists (select from actor) and ${whose}) as hold`);
  return { known: row?.known ?? false, hold: row?.hold ?? null };
}

/** What became of a slot that was asked for, and what is free near it instead. */
export interface SlotFate {
  /** There is such a slot. */
  exists: boolean;
  /** The slot's id; for a hold, the slot whose last hold it was. */
  slotId: string | null;
  /** It is free for this caller right now. */
  free: boolean;
  /** Nobody to act for: the patient is switched off, merged into another, not there, or not the one who holds it. */
  nobody: boolean;
  /** An own appointment at that time. */
  overlaps: string | null;
  /** The three nearest free slots: the same specialty's first, then anybody's, each by distance in time. */
  alternatives: SlotRow[];
}

/**
 * Explains a refusal: read after a verb changed nothing. `target` is the slot asked for, the hold that was to be
 * confirmed, or neither (nothing was free): then alternatives are counted from now.
 */
export async function explainRefusal(
  db: Database,
  caller: CallerRef,
  patientId: string | null,
  target: { slotId: string } | { holdId: string } | { from?: string | undefined },
): Promise<SlotFate> {
  const which =
    "slotId" in target
      ? sql`s.id = ${target.slotId}::uuid`
      : "holdId" in target
        ? sql`s.hold_id = ${target.holdId}::uuid and s.held_by = (select id from patient)`
        : sql`false`;
  // Staff who do not say for whom mean whoever holds it.
  const holder =
    "holdId" in target ? sql`(select s.held_by from slots s where s.hold_id = ${target.holdId}::uuid)` : sql`null`;
  const whose =
    caller.role === "staff"
      ? sql`t.id = coalesce(${patientId}::uuid, ${holder}::uuid)`
      : sql`t.person_id = (select id from actor)`;
  const named = caller.role === "staff" ? sql`${patientId}::uuid` : sql`null::uuid`;
  const from = "from" in target ? (target.from ?? null) : null;
  const free = isFree(sql`s`, {
    now: sql`(select now from moment)`,
    holder: sql`(select id from patient)`,
    staff: caller.role === "staff",
  });
  const near = (side: "before" | "after", doctors: "specialty" | "anybody") => {
    const order =
      side === "after" ? sql`s.clinic_date, s.starts_at, s.id` : sql`s.clinic_date desc, s.starts_at desc, s.id desc`;
    // A slot's start alone would have all slots of that day looked at first; the pair is where an index scan begins.
    const range =
      side === "after"
        ? sql`(s.clinic_date, s.starts_at) >= ((select at_date from origin), (select at from origin))
            and s.starts_at >= (select at from origin)`
        : sql`(s.clinic_date, s.starts_at) < ((select at_date from origin), (select at from origin))
            and s.starts_at < (select at from origin) and ${isBeyondFloor(sql`s`)}`;
    const nearest = firstSlots({
      fit: sql`${range} and ${free} and s.id is distinct from (select id from origin)`,
      order,
      limit: 3,
      specialty: doctors === "specialty" ? sql`(select specialty from origin)` : null,
    });
    return sql`(select s.*, ${doctors === "specialty"}::boolean as same from ${nearest} s)`;
  };
  const [row] = await db.rows<{ fate: SlotFate }>(sql`${ctes([
    actorCte(caller),
    sql`patient as materialized (select t.id, t.active and t.merged_into is null as active from patients t where ${whose})`,
    sql`moment as materialized (select clock_timestamp() as now)`,
    floorCte({ now: sql`(select now from moment)`, staff: caller.role === "staff", from: sql`null::date` }),
    sql`asked as materialized (select s.*, ${free} as free from slots s where ${which} limit 1)`,
    sql`origin as materialized (
      select a.id, coalesce(a.starts_at, greatest(${from}::date, (select now from moment))) as at,
        coalesce(a.clinic_date, greatest(${from}::date, (select now from moment)::date)) as at_date, d.specialty
      from (select 1) one left join asked a on true left join doctors d on d.id = a.doctor_id)`,
    sql`nearby as (
      select distinct on (n.id) n.* from (
        ${near("after", "specialty")} union all ${near("before", "specialty")}
        union all ${near("after", "anybody")} union all ${near("before", "anybody")}) n
      order by n.id, n.same desc)`,
    sql`chosen as (
      select n.*, abs(extract(epoch from n.starts_at - (select at from origin))) as distance from nearby n
      order by n.same desc, distance, n.starts_at, n.id limit 3)`,
  ])} select jsonb_build_object(
      'exists', exists (select from asked), 'slotId', (select id from asked),
      'free', coalesce((select free from asked), false),
      'nobody', coalesce(not (select active from patient), ${named} is not null)
        or coalesce(${named} <> ${holder}::uuid, false),
      'overlaps', (select o.id from appointments o, asked a where o.patient_id = (select id from patient)
        and o.slot_id is not null and tstzrange(o.starts_at, o.ends_at) && tstzrange(a.starts_at, a.ends_at) limit 1),
      'alternatives', coalesce((select jsonb_agg(${slotJson(sql`s`)} order by s.same desc, s.distance, s.starts_at, s.id)
        from chosen s), '[]')) as fate`);
  if (!row) throw new Error("explaining a refusal answered no row");
  return row.fate;
}
