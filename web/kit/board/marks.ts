import type { BoardAppointment } from "#contract/answers/board.ts";

export type Mark = "arrived" | "completed" | "no-show";

/** The marks that the present state allows (mark_attendance.sql), the likeliest first. @param now epoch milliseconds */
export function marksOf({ status, startsAt }: Pick<BoardAppointment, "status" | "startsAt">, now: number): Mark[] {
  const expected = status === "booked" || status === "moved";
  const isToday = startsAt.slice(0, 10) <= new Date(now + offsetOf(startsAt)).toISOString().slice(0, 10);
  const begun = Date.parse(startsAt) <= now;
  const marks: Mark[] = [];
  if ((isToday && expected) || status === "no-show" || status === "completed") marks.push("arrived");
  if (status === "arrived") marks.push("completed");
  if (begun && (expected || status === "arrived")) marks.push("no-show");
  return marks;
}

/** The offset of the location's zone, milliseconds, as the instant is written. */
function offsetOf(instant: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(instant) ?? [];
  return (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === "-" ? -1 : 1);
}
