import { epochDay } from "#domain/clinic-time.ts";
import { normalise, overlapsAny } from "#domain/interval.ts";
import type { ExtraSession } from "#domain/schedule/model.ts";
import { instantsOn, readSession, weeklyFormOf } from "#domain/schedule/occurrence.ts";
import { validateExceptions } from "#domain/schedule/validate.ts";
import type { CalendarChange, Decision } from "./change.ts";
import { hasLeft, planClosures } from "./closures.ts";
import type { Calendar, CalendarDoctor, StoredException, StoredSlot } from "./model.ts";
import { isSettled } from "./model.ts";
import { releasedDates, planExtension } from "./reexpand.ts";
import { rulesFor } from "./schedule-change.ts";

type Added = Extract<CalendarChange, { kind: "exception-add" }>;
type Removed = Extract<CalendarChange, { kind: "exception-remove" }>;

/** An absence closes slots, an extra session adds some. Refused if it conflicts with the doctor's other sessions. */
export function planExceptionAdded(calendar: Calendar, { doctorId, exception, note }: Added): Decision {
  const doctor = calendar.doctors.get(doctorId);
  if (!doctor) return { fault: { code: "not-found" } };
  if (exception.kind === "extra" && hasLeft(doctor, exception.date)) {
    const detail = `The doctor leaves on ${doctor.leavesOn}.`;
    return { fault: { code: "invalid-request", errors: [{ pointer: "/date", detail }] } };
  }
  const last = `/${doctor.exceptions.length}`;
  const errors = validateExceptions([...doctor.exceptions, exception], doctor.sessions, rulesFor(calendar, doctor))
    // Only the new exception is checked: older ones may break a setting that was changed after them.
    .filter(({ pointer }) => pointer === "" || pointer === last || pointer.startsWith(`${last}/`))
    .map(({ pointer, message }) => ({ pointer: pointer.slice(last.length), detail: message }));
  if (errors.length > 0) return { fault: { code: "invalid-request", errors } };

  const stored = { ...exception, id: "", note };
  const after = withExceptions(calendar, doctor, [...doctor.exceptions, stored]);
  if (exception.kind === "absence") return { plan: planClosures(calendar, after), reason: "absence" };
  const { from, to } = releasedDates(calendar);
  const instants = instantsOf(calendar, exception);
  const add =
    exception.date < from || exception.date >= to
      ? []
      : planExtension(after, { ...doctor, exceptions: [...doctor.exceptions, stored] }, calendar.slots).filter(
          (slot) => slot.origin === "extra" && overlapsAny(instants, { start: slot.startsAt, end: slot.endsAt }),
        );
  return { plan: { add, set: [], remove: [], displace: [] }, reason: "extra" };
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
