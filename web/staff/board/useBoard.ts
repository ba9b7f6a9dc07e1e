import { useQuery } from "@tanstack/react-query";
import { type RefObject, startTransition, useEffect, useMemo, useState } from "react";
import type { Board as Answer } from "#contract/answers/board.ts";
import type { Column } from "#kit/board/cells.ts";
import { POLL_MS, type Window, boardQuery } from "#kit/board/query.ts";
import { type Board, changesBetween, foldBoard } from "./fold.ts";
import { useIsMoving } from "./moveStore.ts";

/** Nothing moves while the pointer does, nor this long after. */
const STILL_MS = 1200;

export interface LiveBoard {
  /** The board on the screen. It waits while an appointment is moved, a panel is open or the pointer moves. */
  shown: Board | null;
  /** The newest known board. */
  newest: Board | null;
  /** How many cells wait to be shown. */
  changes: number;
  /** Shows them now. */
  apply: () => void;
  error: Error | null;
  refetch: () => void;
}

/** The board of a window, asked for every few seconds. @param columnsOf must be stable */
export function useBoard(
  window: Window,
  columnsOf: (answer: Answer) => Column[],
  { paused, pointedAt }: { paused: boolean; pointedAt: RefObject<number> },
): LiveBoard {
  const { data, error, refetch } = useQuery({ ...boardQuery(window), refetchInterval: POLL_MS });
  const moving = useIsMoving();
  const [fold] = useState(folder);
  const newest = useMemo(() => (data ? fold(data, columnsOf(data)) : null), [data, fold, columnsOf]);
  const [kept, setShown] = useState<Board | null>(null);
  const shown = kept && newest && sameColumns(kept, newest) ? kept : newest;
  useEffect(() => {
    if (newest === kept || moving || paused) return;
    const show = () => startTransition(() => setShown(newest));
    const wait = pointedAt.current + STILL_MS - performance.now();
    if (wait <= 0 || kept === null || (newest && !sameColumns(kept, newest))) return show();
    const timer = setInterval(() => {
      if (performance.now() - pointedAt.current >= STILL_MS) show();
    }, STILL_MS / 2);
    return () => clearInterval(timer);
  }, [newest, kept, moving, paused, pointedAt]);
  const changes = useMemo(
    () => (shown && newest && shown !== newest ? changesBetween(shown, newest) : 0),
    [shown, newest],
  );
  const apply = () => setShown(newest);
  return { shown, newest, changes, apply, error, refetch: () => void refetch() };
}

/** Folds each answer into the board of the one before. */
function folder() {
  let before: Board | null = null;
  return (answer: Answer, columns: Column[]): Board => (before = foldBoard(answer, columns, before));
}

const sameColumns = (a: Board, b: Board) =>
  a.columns.length === b.columns.length && a.columns.every(({ key }, at) => key === b.columns[at]?.key);
