import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { dateOf, dayAndTime, dayOf, fullDayOf, timeOf, timesOf } from "../time/format.ts";
import { placeOf } from "./place.ts";

type Start = Pick<Appointment, "startsAt" | "locationId">;

/** `10:15` in the time of the location, and `10:15 (Dublin time)` where the clinic has several zones. */
export function startOf({ startsAt, locationId }: Start, config: Config): string {
  const { zone, zoneName } = placeOf(config, locationId);
  return withZone(timeOf(startsAt, zone), zoneName);
}

/** `10:15–10:30` in the time of the location, and with its zone where the clinic has several. */
export function spanOf(slot: Start & { endsAt: string }, config: Config): string {
  const { zone, zoneName } = placeOf(config, slot.locationId);
  return withZone(timesOf(slot, zone), zoneName);
}

/** `Thursday 3 December, 10:15`, in the time of the location. */
export function whenOf(start: Start, config: Config): string {
  const { zone, zoneName } = placeOf(config, start.locationId);
  return withZone(dayAndTime(dayOf(dateOf(start.startsAt, zone)), timeOf(start.startsAt, zone)), zoneName);
}

/** `Thursday 3 December 2026, 10:15`, in the time of the location. */
export function fullWhenOf(start: Start, config: Config): string {
  const { zone, zoneName } = placeOf(config, start.locationId);
  return withZone(dayAndTime(fullDayOf(dateOf(start.startsAt, zone)), timeOf(start.startsAt, zone)), zoneName);
}

const withZone = (time: string, zoneName: string | undefined): string =>
  zoneName === undefined ? time : `${time} (${zoneName})`;

/** `Dr Byrne`; undefined before the doctors are loaded. */
export function doctorOf(
  appointment: Pick<Appointment, "doctorId">,
  doctors: Doctor[] | undefined,
): string | undefined {
  return doctors?.find(({ id }) => id === appointment.doctorId)?.name;
}
