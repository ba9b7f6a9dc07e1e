import { sql } from "drizzle-orm";
import { limitsOfStaff } from "#domain/placement.ts";
import type { CandidateSlot, DisplacedAppointment, Plan, Unplaceable } from "#domain/reassignment/model.ts";
import { solve } from "#domain/reassignment/plan.ts";
import { reasons } from "#domain/reassignment/rank.ts";
import type { Database } from "../client.ts";
import { NOW, type SlotRow, ctes, isFree, ms, slotJson } from "../fragments.ts";
import { runOperation } from "../operation.ts";
import { appointmentAudit } from "../queries/appointments.ts";
import { type ReassignmentRules, candidateSlots, displacedJson, rulesJson } from "../queries/candidates.ts";
import type { Transaction } from "../transaction.ts";
import type { Act, Outcome } from "../call.ts";
import { isFrozen, lastAgreed, takenBy } from "./subject.ts";
import { tellCte } from "./tell.ts";

/** Why a named case has not been placed. */
export type NotPlaced =
  | Unplaceable
  | { code: "not-found" | "patient-inactive" | "closed" | "slot-taken" }
  /** Somebody else works on it. */
  | { code: "claimed"; by: string };

/** What became of one named case; `appointmentId` is null when there is no such case. */
export interface PlacedCase {
  caseId: string;
  appointmentId: string | null;
  slot: SlotRow | null;
  doctorName: string | null;
  /** What is different for the patient. */
  reasons: string[];
  why: NotPlaced | null;
}

interface Named {
  caseId: string;
  appointmentId: string | null;
  why: NotPlaced | null;
  displaced: DisplacedAppointment;
}

interface Choice {
  appointmentId: string;
  slotId: string;
}

/** So many of the nearest free times are weighed at once: what a Worker's memory holds with the solver's tables. */
const MOST_SLOTS = 20_000;

/** A slot can be lost between reading and locking it; then all are placed anew, so often at most. */
const ROUNDS = 5;

/**
 * Places the best matches of several cases at once: as many as possible, and of all ways to do so the cheapest by the
 * policy's weights. The limits are staff's, but no new time is within the freeze or the minimum notice, for nobody speaks
 * with these patients first. Slots are locked `SKIP LOCKED`: one that somebody is taking is not waited for, the others
 * are chosen anew without it. All in one transaction; what others have claimed is left to them.
 */
export function placeCases(db: Database, act: Act, ids: readonly string[]): Promise<Outcome<PlacedCase[]>> {
  return runOperation<PlacedCase[], never>(db, act, async (tx, { actorId }) => {
    const { named, candidates, rules } = await readCases(tx, ids, actorId);
    const displaced = named.filter(({ why }) => why === null).map((one) => one.displaced);
    const plan = await choose(tx, displaced, candidates, rules);
    const { placed, dueAt } = await move(tx, plan.choices, actorId, act.requestId);
    const result = named.map(({ caseId, appointmentId, why }): PlacedCase => {
      const found = placed.find((one) => one.appointmentId === appointmentId);
      const said = plan.reasons.get(appointmentId ?? "");
      if (!found || !said) {
        const none = why ?? plan.why.get(appointmentId ?? "") ?? { code: "slot-taken" };
        return { caseId, appointmentId, slot: null, doctorName: null, reasons: [], why: none };
      }
      return { caseId, appointmentId, slot: found.slot, doctorName: found.doctorName, reasons: said, why: null };
    });
    return { result, dueAt };
  });
}

/**
 * Locks the cases' patients, by id, and then reads the cases and the free slots nearest to them. Whoever has the patient's
 * lock is alone with their appointments and cases: every other verb begins with it.
 */
async function readCases(tx: Transaction, ids: readonly string[], actorId: string) {
  const these = sql`${`{${ids.join(",")}}`}::uuid[]`;
  await tx.rows(sql`select count(*) from (
    select t.id from patients t
    where t.id in (select a.patient_id from cases k join appointments a on a.id = k.appointment_id where k.id = any(${these}))
    order by t.id for no key update) locked`);
  const date = (day: ReturnType<typeof sql>) => sql`(date '1970-01-01' + ${day}::int)`;
  const beyond = sql`not (${isFrozen(sql`s.starts_at`)})
    and s.starts_at > ${NOW} + make_interval(mins => (select min_notice_minutes from policy))`;
  const [row] = await tx.rows<{ named: Named[]; candidates: CandidateSlot[]; rules: ReassignmentRules }>(sql`${ctes([
    sql`moment as materialized (select clock_timestamp() as now)`,
    sql`rules as materialized (select ${rulesJson(NOW)} as rules)`,
    sql`named as materialized (
      select x.id as "caseId", x.place, a.id as "appointmentId", ${displacedJson()} as displaced,
        case when a.id is null then jsonb_build_object('code', 'not-found')
          when k.status <> 'open' or a.status <> 'to-place' then jsonb_build_object('code', 'closed')
          when k.claimed_by <> ${actorId}::uuid and k.claim_expires_at > ${NOW} then jsonb_build_object(
            'code', 'claimed', 'by', (select p.name from people p where p.id = k.claimed_by))
          when not t.active then jsonb_build_object('code', 'patient-inactive') end as why
      from unnest(${these}) with ordinality x (id, place)
        left join cases k on k.id = x.id left join appointments a on a.id = k.appointment_id
        left join patients t on t.id = a.patient_id)`,
    sql`reach as materialized (
      select array_agg(distinct displaced ->> 'specialty') as specialties, avg((displaced ->> 'day')::int)::int as day
      from named where why is null)`,
    sql`free as (
      select c.* from (${candidateSlots({
        now: NOW,
        specialties: sql`(select specialties from reach)::text[]`,
        from: sql`(${NOW})::date - 1`,
        to: date(sql`(select rules -> 'limits' ->> 'lastDay' from rules)`),
        staff: true,
        fit: beyond,
      })}) c order by abs(c.day - (select day from reach)), c."startsAt", c."slotId" limit ${MOST_SLOTS})`,
  ])} select (select rules from rules) as rules, (select jsonb_agg(to_jsonb(n) order by n.place) from named n) as named,
    (select coalesce(jsonb_agg(to_jsonb(f)), '[]') from free f) as candidates`);
  if (!row) throw new Error("reading cases answered no row");
  return row;
}

/** Solves and locks the chosen slots, again without those that are lost, until all are ours. */
async function choose(
  tx: Transaction,
  displaced: DisplacedAppointment[],
  candidates: readonly CandidateSlot[],
  { weights, limits }: ReassignmentRules,
) {
  const ours = new Set<string>();
  const lost = new Set<string>();
  let plan: Plan = { moves: [], unplaced: [], proof: { placed: 0, cost: 0, bound: 0 } };
  let atFirst: Plan | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const free = candidates.filter(({ slotId }) => !lost.has(slotId));
    plan = solve({ displaced, candidates: free, weights, limits: limitsOfStaff(limits) });
    atFirst ??= plan;
    const chosen = new Set(plan.moves.map(({ slotId }) => slotId));
    const wanted = free.filter(({ slotId }) => chosen.has(slotId) && !ours.has(slotId));
    if (wanted.length === 0) break;
    // Free still, and where it was read: the clinic may have moved it since.
    const locked = await tx.rows<{ id: string }>(sql`
      select s.id
      from slots s join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) x ("slotId" uuid, "startsAt" bigint, "endsAt" bigint)
        on x."slotId" = s.id and x."startsAt" = ${ms(sql`s.starts_at`)} and x."endsAt" = ${ms(sql`s.ends_at`)}
      where ${isFree(sql`s`, { now: sql`clock_timestamp()`, holder: null, staff: true })}
      order by s.id for update of s skip locked`);
    for (const { id } of locked) ours.add(id);
    const missed = wanted.map(({ slotId }) => slotId).filter((slotId) => !ours.has(slotId));
    if (missed.length === 0) break;
    for (const slotId of missed) lost.add(slotId);
  }
  const moves = plan.moves.filter(({ slotId }) => ours.has(slotId));
  return {
    choices: moves.map(({ appointmentId, slotId }): Choice => ({ appointmentId, slotId })),
    reasons: new Map(moves.map(({ appointmentId, explanation }) => [appointmentId, reasons(explanation)])),
    // Whom only a lost slot would have served is told that it is lost, not that there was none.
    why: new Map(atFirst?.unplaced.map(({ appointmentId, why }) => [appointmentId, why])),
  };
}

/** Moves the appointments into slots that this transaction has locked, with audit rows and notices. */
async function move(tx: Transaction, choices: readonly Choice[], actorId: string, requestId: string) {
  if (choices.length === 0) return { placed: [], dueAt: null };
  const [row] = await tx.rows<{
    placed: { appointmentId: string; slot: SlotRow; doctorName: string }[];
    dueAt: number | null;
  }>(sql`${ctes([
    sql`choices as materialized (
      select x.* from jsonb_to_recordset(${JSON.stringify(choices)}::jsonb) x ("appointmentId" uuid, "slotId" uuid))`,
    // By id, as whoever locks several does.
    sql`visits as materialized (
      select a.id from appointments a where a.id in (select "appointmentId" from choices) order by a.id for no key update)`,
    sql`placed as (
      update appointments a set status = 'moved', moved_at = clock_timestamp(),
        moved_from = ${lastAgreed},
        slot_id = s.id, doctor_id = s.doctor_id, location_id = s.location_id, starts_at = s.starts_at,
        ends_at = s.ends_at, overlap_allowed = false, changed_by = ${actorId}::uuid, updated_at = clock_timestamp(),
        version = a.version + 1
      from visits v join choices x on x."appointmentId" = v.id join slots s on s.id = x."slotId"
      where a.id = v.id and a.status = 'to-place'
      returning a.*)`,
    sql`taken as (
      update slots s set ${takenBy(sql`m.id`)} from placed m where s.id = m.slot_id)`,
    sql`recorded as (
      insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, request_id)
      select ${actorId}::uuid, m.patient_id, 'appointment.place', 'appointment', m.id, ${appointmentAudit(sql`b`)},
        ${appointmentAudit(sql`m`)}, ${requestId}
      from placed m join appointments b on b.id = m.id)`,
    tellCte(sql`m.id, m.patient_id, m.starts_at`, sql`placed m`),
  ])} select (select ${ms(sql`max(due_at)`)}::float8 from told) as "dueAt", (
      select coalesce(jsonb_agg(jsonb_build_object('appointmentId', m.id, 'slot', ${slotJson(sql`s`)}, 'doctorName', d.name)), '[]')
      from placed m join slots s on s.id = m.slot_id join doctors d on d.id = m.doctor_id) as placed`);
  if (!row) throw new Error("placing cases answered no row");
  return row;
}
