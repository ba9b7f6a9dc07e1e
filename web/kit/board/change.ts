import type { Appointment } from "#contract/answers/appointments.ts";
import type { BoardAppointment } from "#contract/answers/board.ts";
import { type RequestOptions, send } from "../api/request.ts";
import { appointmentPath } from "../appointments/queries.ts";

/**
 * Changes an appointment in the version that the board shows.
 * @returns the appointment as it is now, and its version
 * @throws {Problem} if the API refuses it
 */
export async function changeOnBoard(
  { id, version }: Pick<BoardAppointment, "id" | "version">,
  verb: "attendance" | "cancel" | "reschedule",
  body: object,
  options: Pick<RequestOptions, "idempotencyKey" | "onWaiting"> = {},
): Promise<[Appointment, number]> {
  const path = `${appointmentPath(id)}/${verb}`;
  const { data, etag } = await send<Appointment>(path, { method: "POST", body, ifMatch: `"${version}"`, ...options });
  return [data, Number(etag?.replaceAll('"', ""))];
}
