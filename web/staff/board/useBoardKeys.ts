import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useShortcuts } from "#kit/shortcuts/shortcuts.ts";
import { addDays } from "#kit/time/format.ts";
import type { Cell } from "#kit/board/cells.ts";
import { isMovable } from "./judge.ts";
import type { BoardSearch } from "./search.ts";
import type { Desk } from "./useDesk.ts";
import type { SavedView } from "./views.ts";

export interface BoardKeys {
  desk: Desk;
  search: BoardSearch;
  date: string;
  week: boolean;
  views: readonly SavedView[];
  /** Shows what can be done with a cell, also with a free one. */
  onDetails: (cell: Cell) => void;
}

/** The keys of the screen, beside those of the grid; and the list of all of them for `?`. */
export function useBoardKeys(keys: BoardKeys): (key: string, cell: Cell) => boolean {
  const { desk, search, date, week, views, onDetails } = keys;
  const { t } = useLingui();
  const navigate = useNavigate();
  useShortcuts(
    useMemo(
      () => ({
        title: t`Day board`,
        shortcuts: [
          { keys: "↑ ↓ ← →", what: t`Next cell; Page Up and Down: an hour` },
          { keys: "Home End", what: t`First or last column; with Ctrl: first or last cell` },
          { keys: "Enter", what: t`Details and what can be done` },
          { keys: "M", what: t`Move: arrows, then Enter to drop or Esc to put it back` },
          { keys: "A", what: t`The patient has arrived` },
          { keys: "P", what: t`Park on the pinboard` },
          { keys: "E", what: t`Edit the times: close, open, remove or add one` },
          { keys: "N", what: t`To the row of now` },
          { keys: "[ ]", what: t`Day or week before, after` },
          { keys: "1 – 9", what: t`Saved view` },
        ],
      }),
      [t],
    ),
  );
  const { mark, park } = desk;
  return useCallback(
    (key: string, cell: Cell) => {
      const { appointment } = cell;
      const view = /^[1-9]$/.test(key) ? views[Number(key) - 1] : undefined;
      if (view) {
        void navigate({
          to: "/",
          search: { ...view.search, ...(search.date === undefined ? {} : { date: search.date }) },
        });
        return true;
      }
      if (key === "[" || key === "]") {
        const days = (week ? 7 : 1) * (key === "[" ? -1 : 1);
        void navigate({ to: "/", search: { ...search, date: addDays(date, days) } });
        return true;
      }
      if (key === "e" || key === "E") {
        onDetails(cell);
        return true;
      }
      if (!appointment) return false;
      if (key === "a" || key === "A") {
        if (!["booked", "moved", "no-show"].includes(appointment.status)) return false;
        mark(appointment, "arrived");
        return true;
      }
      if ((key === "p" || key === "P") && isMovable(appointment)) {
        park(appointment);
        return true;
      }
      return false;
    },
    [views, search, date, week, navigate, mark, park, onDetails],
  );
}
