import { addDays, epochDay } from "#domain/clinic-time.ts";
import { normalise, overlapsAny } from "#domain/interval.ts";
import type { ExtraSession } from "#domain/schedule/model.ts";
import { instantsOn, readSession, weeklyFormOf } from "#domain/schedule/occurrence.ts";
import { validateExceptions } from "#domain/schedule/validate.ts";
import type { CalendarChange, Decision, FieldFault } from "./change.ts";
import { hasLeft, planClosures } from "./closures.ts";
import type { Calendar, CalendarDoctor, NewSlot, StoredException, StoredSlot } from "./model.ts";
import { isSettled } from "./model.ts";
import { planExtension, releasedDates, wantedSlots } from "./reexpand.ts";
import { rulesFor } from "./schedule-change.ts";

type Added = Extract<CalendarChange, { kind: "exception-add" }>;
type Removed = Extract<CalendarChange, { kind: "exception-remove" }>;

/** An absence closes slots, an extra session adds some. Refused if it conflicts with the doctor's other sessions. */
export function planExceptionAdded(calendar: Calendar, { doctorId, exception, note }: Added): Decision {
  const doctor = calendar.doctors.get(doctorId);
  if (!doctor) return { fault: { code: "not-found" } };
  if (exception.kind === "extra" && hasLeft(doctor, exception.date)) {
    const detail = `The doctor leaves on ${doctor.leavesOn}.`;
    return { fault: { code: "invalid-request", errors: [{ pointer: "/date", detail, why: "left" }] } };
  }
  const last = `/${doctor.exceptions.length}`;
  const issues = validateExceptions([...doctor.exceptions, exception], doctor.sessions, rulesFor(calendar, doctor))
    // Only the new exception is checked: older ones may break a setting that was changed after them.
    .filter(({ pointer }) => pointer === "" || pointer === last || pointer.startsWith(`${last}/`));
  if (issues.length > 0) {
    const errors = issues.map(({ pointer, code: why, message }) => ({
      pointer: pointer.slice(last.length),
      detail: message,
      why,
    }));
    const code = issues.every((issue) => issue.code === "overlap") ? "duplicate" : "invalid-request";
    return { fault: { code, errors } };
  }

  const stored = { ...exception, id: "", note };
  const after = withExceptions(calendar, doctor, [...doctor.exceptions, stored]);
  if (exception.kind === "absence") return { plan: planClosures(calendar, after), reason: "absence" };
  const instants = instantsOf(calendar, exception);
  const withExtra = { ...doctor, exceptions: [...doctor.exceptions, stored] };
  const ofSession = (slot: NewSlot): boolean =>
    slot.origin === "extra" && overlapsAny(instants, { start: slot.startsAt, end: slot.endsAt });
  const never = whyNever(
    calendar,
    exception,
    wantedSlots(after, withExtra, exception.date, addDays(exception.date, 2)).filter(ofSession),
  );
  if (never) return { fault: { code: "invalid-request", errors: [never] } };
  // Slots beyond the booking horizon are added when their date is released.
  const isReleased = exception.date < releasedDates(calendar).to;
  const add = isReleased ? planExtension(after, withExtra, calendar.slots).filter(ofSession) : [];
  if (isReleased && add.length === 0) {
    const detail = "The doctor has other slots at all of these times.";
    return { fault: { code: "duplicate", errors: [{ pointer: "/from", detail, why: "overlap" }] } };
  }
  return { plan: { add, set: [], remove: [], displace: [] }, reason: "extra" };
}

/** Why an extra session would offer no time at all: a fault; null if it offers some. `slots`: those that it wants. */
function whyNever(calendar: Calendar, { date }: ExtraSession, slots: readonly NewSlot[]): FieldFault | null {
  const toCome = slots.filter(({ startsAt }) => startsAt > calendar.now);
  if (toCome.length === 0) return { pointer: "/date", detail: "This session would be in the past.", why: "past" };
  const [first] = toCome;
  if (toCome.some(({ status }) => status === "open")) return null;
  if (first?.closedBy === "holiday") {
    return { pointer: "/date", detail: `${date} is a public holiday there.`, why: "holiday" };
  }
  return { pointer: "/date", detail: "The doctor is absent at that time.", why: "absent" };
}

/** Removing an absence opens the slots that it alone closed. Removing an extra session removes its slots. */
export function planExceptionRemoved(calendar: Calendar, { doctorId, exceptionId }: Removed): Decision {
  const doctor = calendar.doctors.get(doctorId);
  const exception = doctor?.exceptions.find(({ id }) => id === exceptionId);
  if (!doctor || !exception) return { fault: { code: "not-found" } };
  const rest = doctor.exceptions.filter(({ id }) => id !== exceptionId);
  if (exception.kind === "absence") {
    return { plan: planClosures(calendar, withExceptions(calendar, doctor, rest)), reason: "absence" };
  }
  const instants = instantsOf(calendar, exception);
  const remove = calendar.slots
    .filter((slot: StoredSlot) => {
      const inside = overlapsAny(instants, { start: slot.startsAt, end: slot.endsAt });
      return slot.origin === "extra" && inside && !isSettled(slot, calendar.now);
    })
    .map(({ id }) => id);
  return { plan: { add: [], set: [], remove, displace: remove }, reason: "extra" };
}

function withExceptions(calendar: Calendar, doctor: CalendarDoctor, exceptions: readonly StoredException[]): Calendar {
  return { ...calendar, doctors: new Map(calendar.doctors).set(doctor.id, { ...doctor, exceptions }) };
}

function instantsOf(calendar: Calendar, extra: ExtraSession) {
  const zone = calendar.locations.get(extra.locationId)?.zone ?? "UTC";
  return normalise(instantsOn(readSession(weeklyFormOf(extra)), epochDay(extra.date), zone));
}
