import type { Board as Answer } from "#contract/answers/board.ts";
import { addDays } from "#kit/time/format.ts";
import type { Column } from "#kit/board/cells.ts";

/** The columns of a day: its doctors, by specialty. */
export const dayColumns = (answer: Answer, date: string): Column[] =>
  answer.doctors.map(({ id, specialty }) => ({ key: `${id} ${date}`, doctorId: id, date, group: specialty }));

/** The columns of a doctor's week: the days on which there is anything. */
export function weekColumns(answer: Answer, doctorId: string, monday: string): Column[] {
  const name = answer.doctors.find(({ id }) => id === doctorId)?.name ?? "";
  return weekDates(monday)
    .filter(
      (date) =>
        answer.slots.some((slot) => slot.date === date && slot.doctorId === doctorId) ||
        answer.appointments.some(
          (one) => one.doctorId === doctorId && one.slotId === null && one.startsAt.startsWith(date),
        ),
    )
    .map((date) => ({ key: `${doctorId} ${date}`, doctorId, date, group: name }));
}

export const weekDates = (monday: string): string[] => [0, 1, 2, 3, 4, 5, 6].map((days) => addDays(monday, days));
