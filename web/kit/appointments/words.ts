import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { dateOf, dayAndTime, dayOf, timeOf } from "../time/format.ts";
import { placeOf } from "./place.ts";

/** `Thursday 3 December, 10:15` in the time of the appointment's location. */
export function whenOf(appointment: Pick<Appointment, "startsAt" | "locationId">, config: Config): string {
  const { zone } = placeOf(config, appointment.locationId);
  return dayAndTime(dayOf(dateOf(appointment.startsAt, zone)), timeOf(appointment.startsAt, zone));
}

/** `Dr Byrne`; undefined before the doctors are loaded. */
export function doctorOf(
  appointment: Pick<Appointment, "doctorId">,
  doctors: Doctor[] | undefined,
): string | undefined {
  return doctors?.find(({ id }) => id === appointment.doctorId)?.name;
}
