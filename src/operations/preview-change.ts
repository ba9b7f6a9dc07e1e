import type { CallerRef } from "#db/call.ts";
import type { Database } from "#db/client.ts";
import type { PlaceRow } from "#db/rows.ts";
import { readCalendar, scopeOf } from "#db/queries/clinic-calendar.ts";
import { type PatientShown, readPreviewStock } from "#db/queries/reassignment.ts";
import { keepPreview } from "#db/verbs/clinic-calendar.ts";
import { type CalendarChange, type Fault, dateFaults } from "#domain/calendar/change.ts";
import { decide } from "#domain/calendar/decide.ts";
import type { Calendar, SlotPlan, StoredSlot } from "#domain/calendar/model.ts";
import type { MoveExplanation, Unplaceable } from "#domain/reassignment/model.ts";
import { affectedBy, tokenOf } from "./affected.ts";
import { type PlannedMove, planNext } from "./plan-reassignment.ts";

/** An appointment that would lose its slot by a change, and which slot. */
export interface Displaced extends PlaceRow {
  appointmentId: string;
  patientId: string;
}

/** An appointment that would get another slot at once; `to.id` is null for a slot that the change itself makes. */
export interface Reassigned extends Displaced {
  to: PlaceRow & { id: string | null };
  why: MoveExplanation;
}

/** An appointment that a person would have to place. */
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
 * A dry run: which appointments a change would displace, and the best plan for all of them as things are. Nothing in the
 * calendar is changed or locked. If an appointment is affected, the preview is kept. The audit trail records the patients
 * shown, under the request's id. Null: no such caller.
 */
export async function previewChange(
  db: Database,
  caller: CallerRef,
  change: CalendarChange,
  requestId = "",
): Promise<{ impact: Impact; people: Record<string, PatientShown> } | { fault: Fault } | null> {
  const errors = dateFaults(change);
  if (errors.length > 0) return { fault: { code: "invalid-request", errors } };
  const { item: calendar } = await readCalendar(db, caller, scopeOf(change));
  if (!calendar) return null;
  const decision = decide(calendar, change);
  if ("fault" in decision) return decision;
  const { fence, lost, unchanged } = await affectedBy(calendar, change, decision.plan);
  const token = tokenOf(fence);
  if (lost.length === 0) return { impact: { token, affected: 0, unchanged, reassigned: [], toPlace: [] }, people: {} };
  const found = await plansFor({ db, caller, calendar, plan: decision.plan }, lost);
  if (!found) return null;
  // The kept preview is without names: they can change, and the record of a patient may be erased.
  const impact = { token, affected: lost.length, unchanged, ...found.plans };
  await keepPreview(db, caller, { token, shown: impact }, requestId);
  return { impact, people: found.people };
}

/** Where the appointments would go. Null: no such caller. */
async function plansFor(
  { db, caller, calendar, plan }: { db: Database; caller: CallerRef; calendar: Calendar; plan: SlotPlan },
  lost: readonly StoredSlot[],
) {
  const found = await readPreviewStock(db, caller, idsOf(lost), madeBy(calendar, plan));
  if (!found) return null;
  const { stock, made, people } = found;
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
  return { plans: { reassigned: reassigned.sort(byStart), toPlace: toPlace.sort(byStart) }, people };
}

function idsOf(lost: readonly StoredSlot[]): string[] {
  return lost.flatMap(({ appointment }) => appointment?.id ?? []);
}

/** The open slots that the change itself makes or opens for them. */
function madeBy(calendar: Calendar, plan: SlotPlan) {
  const displace = new Set(plan.displace);
  const booked = new Set(
    calendar.slots.filter((slot) => slot.appointment && !displace.has(slot.id)).map(({ id }) => id),
  );
  return [
    ...plan.set
      .filter(({ id }) => !booked.has(id))
      .map((slot) => ({ ...slot, stored: slot.id, holdEnds: displace.has(slot.id) })),
    ...plan.add.map((slot, index) => ({ ...slot, id: `${NEW}${index}`, stored: null, holdEnds: true })),
  ].filter(({ status }) => status === "open");
}

/** The prefix of a planned slot's id, until the slot exists. No stored id begins so. */
const NEW = "new ";

function displacedOf(calendar: Calendar, slot: StoredSlot): Displaced {
  const { doctorId, locationId, startsAt, endsAt, appointment } = slot;
  const zone = zoneOf(calendar, locationId);
  if (!appointment) throw new Error("a slot that a patient loses is not booked");
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
