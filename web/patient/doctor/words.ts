import { t } from "@lingui/core/macro";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { startOf } from "#kit/appointments/words.ts";
import type { Cell } from "#kit/board/cells.ts";
import { clock } from "#kit/board/names.ts";
import { stateWords, waitingMinutes } from "#kit/board/words.ts";

/** When a cell begins, in the time of its location. */
export function cellTime({ appointment, slot, from }: Cell, config: Config): string {
  const at = appointment ?? slot;
  return at ? startOf(at, config) : clock(from);
}

/** The location of a cell, where the clinic has several. */
export function cellPlace({ appointment, slot }: Cell, config: Config): string | undefined {
  const at = appointment ?? slot;
  return at ? placeOf(config, at.locationId).name : undefined;
}

/** The state of an appointment, with the minutes that the patient waits or is late. @param now epoch milliseconds */
export function patientState(appointment: BoardAppointment, now: number): string {
  const waiting = waitingMinutes(appointment, now);
  if (waiting !== null) return t`arrived, waiting ${waiting} min`;
  const late = Math.floor((now - Date.parse(appointment.startsAt)) / 60_000);
  if (isExpected(appointment) && late >= 1 && now < Date.parse(appointment.endsAt)) return t`${late} min late`;
  if (isExpected(appointment) && late >= 1) return t`not arrived`;
  return stateWords(appointment);
}

/** Whether the patient is still to come. */
export const isExpected = ({ status }: BoardAppointment): boolean => status === "booked" || status === "moved";

/** The name of a time without an appointment. */
export function kindWords({ kind, note, to }: Cell): string {
  const until = clock(to);
  switch (kind) {
    case "free":
      return t`Free`;
    case "late":
      return t`Late opening`;
    case "held":
      return t`Held by a patient`;
    case "absent":
      return note === null ? t`Away until ${until}` : t`Away until ${until}: ${note}`;
    case "holiday":
      return note === null ? t`Public holiday` : t`Public holiday: ${note}`;
    case "closed":
    case "none":
    case "appointment":
      return t`Closed`;
  }
}
