import type { CalendarChange, Decision } from "./change.ts";
import { bare, closuresOf, planClosures, stateOf } from "./closures.ts";
import type { Calendar, SlotPlan } from "./model.ts";
import { isSettled } from "./model.ts";
import { planExtension } from "./reexpand.ts";

/**
 * A doctor leaves on a clinic date. This is an absence without an end, after which no slots are released. All appointments
 * from that date on lose their slots, also those that staff booked in closed slots. Another date moves the day. No date
 * cancels the leaving, and releases the slots that were held back.
 */
export function planDoctorLeaving(
  calendar: Calendar,
  { doctorId, from }: Extract<CalendarChange, { kind: "doctor-left" }>,
): Decision {
  const doctor = calendar.doctors.get(doctorId);
  if (!doctor) return { fault: { code: "not-found" } };
  if (!doctor.active) {
    const detail = "The doctor's record is switched off: switch it on first.";
    return { fault: { code: "wrong-state", current: "inactive", detail, why: "inactive" } };
  }
  if (from !== null && from < calendar.today) {
    const detail = `Not before today, ${calendar.today}: what has taken place is not changed any more.`;
    return { fault: { code: "invalid-request", errors: [{ pointer: "/from", detail, why: "past" }] } };
  }
  const leaving = { ...doctor, leavesOn: from };
  const after = { ...calendar, doctors: new Map(calendar.doctors).set(doctorId, leaving) };
  const plan = withEverybody(calendar, after, planClosures(calendar, after), from);
  const stays = doctor.leavesOn !== null && (from === null || from > doctor.leavesOn);
  const add = stays ? planExtension(after, leaving, calendar.slots) : [];
  return { plan: { ...plan, add }, reason: "doctor-left" };
}

/** The plan, in which all appointments from that date on lose their slots. */
function withEverybody(calendar: Calendar, after: Calendar, plan: SlotPlan, from: string | null): SlotPlan {
  const known = new Set(plan.displace);
  const causes = closuresOf(after);
  const more = calendar.slots.filter(
    (slot) =>
      slot.appointment !== null &&
      from !== null &&
      slot.date >= from &&
      !isSettled(slot, calendar.now) &&
      !known.has(slot.id),
  );
  const ids = new Set(more.map(({ id }) => id));
  return {
    ...plan,
    set: [
      ...plan.set.filter(({ id }) => !ids.has(id)),
      ...more.map((slot) => ({ ...bare(slot), id: slot.id, ...stateOf(slot.byHand, causes(slot)) })),
    ],
    displace: [...plan.displace, ...ids],
  };
}
