import { type SQL, sql } from "drizzle-orm";
import type { CallerRef } from "../call.ts";
import { type SlotRow, ctes, firstSlots, floorCte, isBeyondFloor, isFree, slotJson } from "../fragments.ts";

/** What became of a slot that was asked for, and what is free near it instead. */
export interface SlotFate {
  /** What was asked for: a slot by its id, the hold on one, or the first that is free. */
  asked: "slot" | "hold" | "first";
  /** There is such a slot. */
  exists: boolean;
  /** The slot's id; for a hold, the slot whose last hold it was. */
  slotId: string | null;
  /** It is free for this caller right now. */
  free: boolean;
  /** What is left of the hold that was asked for, milliseconds; null when it is over. */
  expiresInMs: number | null;
  /** Nobody to act for: the patient is switched off, merged into another, not there, or not the one who holds it. */
  nobody: boolean;
  /** An own appointment at that time. */
  overlaps: string | null;
  /** The three nearest free slots: the same specialty's first, then anybody's, each by distance in time. */
  alternatives: SlotRow[];
}

/** The slot asked for, the hold on it, or neither (the first that is free): then alternatives are counted from that date. */
export type SlotAsked = { slotId: string } | { holdId: string } | { from?: string | undefined };

/**
 * A jsonb expression, a `SlotFate`: says to a caller, or to the patient for whom staff act, what has become of what they
 * asked for. For a statement that has `actor`.
 */
export function slotFate(caller: CallerRef, patientId: string | null, target: SlotAsked): SQL {
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
  const asked: SlotFate["asked"] = "slotId" in target ? "slot" : "holdId" in target ? "hold" : "first";
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
  return sql`(${ctes([
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
  ])} select jsonb_build_object('asked', ${asked}::text,
      'exists', exists (select from asked), 'slotId', (select id from asked),
      'free', coalesce((select free from asked), false),
      'expiresInMs', (select (extract(epoch from k.hold_expires_at - m.now) * 1000)::int from asked k, moment m
        where ${asked} = 'hold' and k.hold_expires_at > m.now),
      'nobody', coalesce(not (select active from patient), ${named} is not null)
        or coalesce(${named} <> ${holder}::uuid, false),
      'overlaps', (select o.id from appointments o, asked a where o.patient_id = (select id from patient)
        and o.slot_id is not null and not o.overlap_allowed
        and tstzrange(o.starts_at, o.ends_at) && tstzrange(a.starts_at, a.ends_at) limit 1),
      'alternatives', coalesce((select jsonb_agg(${slotJson(sql`s`)} order by s.same desc, s.distance, s.starts_at, s.id)
        from chosen s), '[]')))`;
}
