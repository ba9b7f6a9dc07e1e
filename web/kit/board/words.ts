import { t } from "@lingui/core/macro";
import type { AppointmentStatus } from "#contract/answers/appointments.ts";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Mark } from "./marks.ts";

/** The names of an appointment's states. */
export function statusWords(status: AppointmentStatus): string {
  const words: Record<AppointmentStatus, string> = {
    booked: t`booked`,
    moved: t`moved by the clinic`,
    "to-place": t`to place`,
    cancelled: t`cancelled`,
    arrived: t`arrived`,
    completed: t`seen`,
    "no-show": t`did not come`,
  };
  return words[status];
}

/** The board's names of an appointment's states. A patient who has answered is expected. */
export function stateWords({ status, willCome }: Pick<BoardAppointment, "status" | "willCome">): string {
  return willCome ? t`will come` : statusWords(status);
}

/** A mark's name on its button. A correction says that it is one. */
export function markWords(mark: Mark, status: AppointmentStatus): string {
  if (mark === "completed") return t`Seen`;
  if (mark === "no-show") return t`Did not come`;
  if (status === "no-show") return t`Arrived after all`;
  return status === "completed" ? t`Not seen yet` : t`Arrived`;
}

/** Whole minutes since the patient arrived. @param now epoch milliseconds */
export function waitingMinutes({ arrivedAt }: Pick<BoardAppointment, "arrivedAt">, now: number): number | null {
  return arrivedAt === null ? null : Math.max(0, Math.floor((now - Date.parse(arrivedAt)) / 60_000));
}
