import { type Board, cellAt } from "./fold.ts";
import type { Cell } from "#kit/board/cells.ts";
import type { Spot } from "./geometry.ts";

/** Where a key leads from a spot: the same on the grid and during a move. Undefined for keys that lead nowhere. */
export function spotAfter(
  key: string,
  ctrl: boolean,
  board: Board,
  { column, minute }: Spot,
  nowMinute: number | null,
): Spot | undefined {
  const last = board.columns.length - 1;
  const here = cellAt(board, column, minute);
  const within = (wanted: number) => Math.min(board.to - 1, Math.max(board.from, wanted));
  switch (key) {
    case "ArrowLeft":
      return { column: Math.max(0, column - 1), minute };
    case "ArrowRight":
      return { column: Math.min(last, column + 1), minute };
    case "ArrowUp":
      return { column, minute: within((here?.from ?? minute) - 1) };
    case "ArrowDown":
      return { column, minute: within(here?.to ?? minute) };
    case "PageUp":
      return { column, minute: within(minute - 60) };
    case "PageDown":
      return { column, minute: within(minute + 60) };
    case "Home":
      return { column: 0, minute: ctrl ? board.from : minute };
    case "End":
      return { column: last, minute: ctrl ? board.to - 1 : minute };
    case "n":
    case "N":
      return nowMinute === null ? undefined : { column, minute: within(nowMinute) };
    default:
      return undefined;
  }
}

/**
 * The remembered spot. A step up or down goes on from the start of the cell. A step aside keeps the minute, so that a walk
 * across an absence returns to the line where it began.
 */
export function settled(key: string, spot: Spot, cell: Cell): Spot {
  return key === "ArrowUp" || key === "ArrowDown" ? { ...spot, minute: cell.from } : spot;
}
