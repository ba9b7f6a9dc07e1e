import type { Session } from "#domain/schedule/model.ts";
import { validateExceptions, validateTemplate } from "#domain/schedule/validate.ts";
import type { ScheduleRules } from "#domain/schedule/session-rules.ts";
import type { CalendarChange, Decision, FieldFault } from "./change.ts";
import type { Calendar, CalendarDoctor } from "./model.ts";
import { planReexpansion } from "./reexpand.ts";

/** A doctor's new weekly schedule. Refused if it is not valid or overlaps an extra session. */
export function planSchedule(
  calendar: Calendar,
  { doctorId, sessions }: Extract<CalendarChange, { kind: "schedule" }>,
): Decision {
  const doctor = calendar.doctors.get(doctorId);
  if (!doctor) return { fault: { code: "not-found" } };
  const rules = rulesFor(calendar, doctor);
  const errors = validateTemplate(sessions, rules).map(({ pointer, code, message }): FieldFault => ({
    pointer,
    detail: message,
    why: code,
  }));
  if (errors.length === 0) {
    const extras = doctor.exceptions.filter(({ kind }) => kind === "extra");
    for (const { code, message } of validateExceptions(extras, sessions, rules)) {
      errors.push({ pointer: "", detail: `An extra session of the doctor is in the way: ${message}`, why: code });
    }
  }
  if (errors.length > 0) return { fault: { code: "invalid-request", errors } };
  return { plan: planReexpansion(calendar, { ...doctor, sessions }, calendar.slots), reason: "schedule" };
}

/** True if two weekly schedules have the same sessions, in any order. */
export function isSameSchedule(one: readonly Session[], other: readonly Session[]): boolean {
  const text = (sessions: readonly Session[]): string =>
    sessions
      .map((s) => [s.weekday, s.from, s.to, s.slotMinutes, s.validFrom, s.validTo, s.locationId].join())
      .toSorted()
      .join(";");
  return text(one) === text(other);
}

/** The rules for a doctor's sessions and exceptions. */
export function rulesFor(calendar: Calendar, doctor: CalendarDoctor): ScheduleRules {
  return {
    locations: calendar.locations,
    doctorSlotMinutes: doctor.slotMinutes,
    policySlotMinutes: calendar.policySlotMinutes,
  };
}
