import { useQuery } from "@tanstack/react-query";
import type { Board } from "#contract/answers/board.ts";
import { sessionQuery } from "#kit/api/queries.ts";
import { type Cell, cellsOf } from "#kit/board/cells.ts";
import { POLL_MS, boardQuery } from "#kit/board/query.ts";

/** The doctor's own board of some dates, asked for every few seconds. Clinic dates, both included. */
export function useDoctorBoard(from: string, to: string) {
  const window = { from, to, locationId: undefined, doctorId: undefined };
  const { data: session } = useQuery(sessionQuery);
  const { data, error, refetch } = useQuery({ ...boardQuery(window), refetchInterval: POLL_MS });
  const doctorId = session?.doctorId ?? "";
  const cellsOn = (date: string): Cell[] =>
    data === undefined ? [] : cellsOf(data, { key: date, doctorId, date, group: "" }, 0);
  return { board: data, cellsOn, error, refetch };
}

/** The reason why a doctor has no times on a date: the holiday's name, or the note of an absence. */
export function closureOf(board: Board, date: string): { kind: "holiday" | "absent"; note: string | null } | null {
  const holiday = board.holidays.find((one) => one.date === date);
  if (holiday) return { kind: "holiday", note: holiday.name };
  const away = board.absences.find((one) => one.from === null && one.fromDate <= date && date <= one.toDate);
  return away ? { kind: "absent", note: away.note } : null;
}
