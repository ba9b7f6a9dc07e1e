import { useCallback, useMemo } from "react";
import type { Board as Answer } from "#contract/answers/board.ts";
import { addDays } from "#kit/time/format.ts";
import type { Column } from "#kit/board/cells.ts";
import { dayColumns, weekColumns } from "./columns.ts";
import type { Window } from "#kit/board/query.ts";

export interface Wanted {
  week: boolean;
  monday: string;
  date: string;
  doctorId: string | undefined;
  locationId: string | undefined;
}

/** The request, and the columns made of its answer: a day's doctors, or a doctor's days. Both are stable. */
export function useWindow({
  week,
  monday,
  date,
  doctorId,
  locationId,
}: Wanted): [Window, (answer: Answer) => Column[]] {
  const window = useMemo(
    () => ({ from: week ? monday : date, to: week ? addDays(monday, 6) : date, locationId, doctorId }),
    [week, monday, date, locationId, doctorId],
  );
  const columnsOf = useCallback(
    (answer: Answer) =>
      week && doctorId !== undefined ? weekColumns(answer, doctorId, monday) : dayColumns(answer, date),
    [week, doctorId, monday, date],
  );
  return [window, columnsOf];
}
