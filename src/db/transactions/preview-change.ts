import { sql } from "drizzle-orm";
import { type CalendarChange, type Fault, dateFaults } from "#domain/calendar/change.ts";
import { decide } from "#domain/calendar/decide.ts";
import type { Calendar, SlotPlan, StoredSlot } from "#domain/calendar/model.ts";
import type { CandidateSlot, MoveExplanation, Unplaceable } from "#domain/reassignment/model.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { type PlaceRow, ctes } from "../fragments.ts";
import { dayOf, minuteOf } from "../queries/candidates.ts";
import { readCalendarAs, scopeOf } from "../queries/calendar.ts";
import { keepPreview } from "../queries/previews.ts";
import { type PlannedMove, planNext } from "../queries/reassignment-plan.ts";
import { type Stock, stockCtes } from "../queries/reassignment.ts";
import { affectedBy, tokenOf } from "./affected.ts";

/** Who would lose their slot by a change, and which. */
export interface Displaced extends PlaceRow {
  appointmentId: string;
  patientId: string;
}

/** Who would get another slot at once; `to.id` is null for a slot that the change itself makes. */
export interface Reassigned extends Displaced {
  to: PlaceRow & { id: string | null };
  why: MoveExplanation;
}

/** Whom a person would have to place. */
export interface LeftToPerson extends Displaced {
  why: Unplaceable;
}

export interface Impact {
  /** Agrees to this change for these appointments. */
  token: string;
  affected: number;
  /** Appointments within the change's reach that stay as they are. */
  unchanged: number;
  reassigned: Reassigned[];
  toPlace: LeftToPerson[];
}

/**
 * A dry run: who would be displaced by a change, and what the best plan for all of them is by now. Nothing in the calendar
 * is touched or locked; what was shown is kept where anybody is affected. Null: no such caller.
 */
export async function previewChange(
  db: Database,
  caller: CallerRef,
  change: CalendarChange,
): Promise<{ impact: Impact } | { fault: Fault } | null> {
  const errors = dateFaults(change);
  if (errors.length > 0) return { fault: { code: "invalid-request", errors } };
  const calendar = await readCalendarAs(db, caller, scopeOf(change));
  if (!calendar) return null;
  const decision = decide(calendar, change);
  if ("fault" in decision) return decision;
  const { fence, lost, unchanged } = await affectedBy(calendar, change, decision.plan);
  const token = tokenOf(fence);
  if (lost.length === 0) return { impact: { token, affected: 0, unchanged, reassigned: [], toPlace: [] } };
  const impact = { token, affected: lost.length, unchanged, ...(await plansFor(db, calendar, decision.plan, lost)) };
  await keepPreview(db, caller, token, impact);
  return { impact };
}

async function plansFor(db: Database, calendar: Calendar, plan: SlotPlan, lost: readonly StoredSlot[]) {
  const { stock, made } = await readStock(db, calendar, plan, lost);
  const changing = new Set([...plan.remove, ...plan.set.map(({ id }) => id)]);
  const taken = new Set<string>();
  const before = new Map(lost.map((slot) => [slot.appointment?.id, displacedOf(calendar, slot)]));
  const reassigned: Reassigned[] = [];
  const toPlace: LeftToPerson[] = [];
  for (let waiting = stock.displaced; waiting.length > 0;) {
    const batch = await planNext(db, { ...stock, displaced: waiting }, { made, changing, taken });
    if (!batch) break;
    const planned = new Set<string>();
    for (const move of batch.moves) {
      const from = before.get(move.appointmentId);
      if (from) reassigned.push({ ...from, to: slotOf(calendar, move), why: move.explanation });
      planned.add(move.appointmentId);
      taken.add(move.slotId);
    }
    for (const { appointmentId, why } of batch.unplaced) {
      const from = before.get(appointmentId);
      if (from) toPlace.push({ ...from, why });
      planned.add(appointmentId);
    }
    waiting = waiting.filter(({ appointmentId }) => !planned.has(appointmentId));
  }
  return { reassigned: reassigned.sort(byStart), toPlace: toPlace.sort(byStart) };
}

/** Who is displaced, and which slots the change itself makes or opens for them. */
async function readStock(db: Database, calendar: Calendar, plan: SlotPlan, lost: readonly StoredSlot[]) {
  const ids = sql`${`{${lost.map(({ appointment }) => appointment?.id).join(",")}}`}::uuid[]`;
  const displace = new Set(plan.displace);
  const booked = new Set(
    calendar.slots.filter((slot) => slot.appointment && !displace.has(slot.id)).map(({ id }) => id),
  );
  const made = [
    ...plan.set.filter(({ id }) => !booked.has(id)).map((slot) => ({ ...slot, holdEnds: displace.has(slot.id) })),
    ...plan.add.map((slot, index) => ({ ...slot, id: `${NEW}${index}`, holdEnds: true })),
  ].filter(({ status }) => status === "open");
  const [row] = await db.rows<{ stock: Stock; made: CandidateSlot[] }>(
    sql`${ctes([
      stockCtes(sql`select unnest(${ids})`, sql`true`, sql`o.id = any(${ids})`),
      sql`made as (
      select x.id as "slotId", d.id as "doctorId", d.specialty, l.id as "locationId", x."startsAt", x."endsAt",
        ${dayOf(sql`x.date`)} as day,
        ${minuteOf(sql`(to_timestamp(x."startsAt" / 1000.0) at time zone l.time_zone)`)} as minute
      from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) x(id text, "doctorId" uuid, "locationId" uuid,
          "startsAt" bigint, "endsAt" bigint, date date, "holdEnds" boolean)
        join doctors d on d.id = x."doctorId" and d.active join locations l on l.id = x."locationId"
      where x."holdEnds" or not exists (
        select from slots s where s.id::text = x.id and s.hold_expires_at > (select now from moment)))`,
    ])} select (select stock from stock) as stock, coalesce((select jsonb_agg(to_jsonb(m)) from made m), '[]') as made`,
  );
  if (!row) throw new Error("reading who is displaced answered no row");
  return row;
}

/** What a slot is called that does not exist yet; no id begins so. */
const NEW = "new ";

function displacedOf(calendar: Calendar, slot: StoredSlot): Displaced {
  const { doctorId, locationId, startsAt, endsAt, appointment } = slot;
  const zone = zoneOf(calendar, locationId);
  if (!appointment) throw new Error("a slot that somebody loses is booked");
  return {
    appointmentId: appointment.id,
    patientId: appointment.patientId,
    doctorId,
    locationId,
    startsAt,
    endsAt,
    zone,
  };
}

function slotOf(calendar: Calendar, { slot }: PlannedMove): Reassigned["to"] {
  const { slotId, doctorId, locationId, startsAt, endsAt } = slot;
  const id = slotId.startsWith(NEW) ? null : slotId;
  return { id, doctorId, locationId, startsAt, endsAt, zone: zoneOf(calendar, locationId) };
}

function zoneOf(calendar: Calendar, locationId: string): string {
  return calendar.locations.get(locationId)?.zone ?? "UTC";
}

const byStart = (a: Displaced, b: Displaced): number =>
  a.startsAt - b.startsAt || (a.appointmentId < b.appointmentId ? -1 : 1);
