import type { Board } from "./fold.ts";

export interface Spot {
  column: number;
  minute: number;
}

/**
 * The spot under a point of the window, by arithmetic. So a cell that spans lines, an absence and a gap are hit exactly,
 * without a search for the element. Null outside of the times.
 */
export function spotAt(grid: HTMLElement, board: Board, x: number, y: number): Spot | null {
  const box = grid.getBoundingClientRect();
  const corner = grid.querySelector("[data-corner]")?.getBoundingClientRect();
  if (!corner) return null;
  const [left, top] = [x - box.left - corner.width, y - box.top - corner.height];
  const [width, height] = [box.width - corner.width, box.height - corner.height];
  // Under the sticky headings there are no times.
  if (left < 0 || left >= width || top < 0 || top >= height || y < corner.bottom || x < corner.right) return null;
  const column = Math.floor((left / width) * board.columns.length);
  return { column, minute: Math.floor(board.from + (top / height) * (board.to - board.from)) };
}

const EDGE = 44;

/** How far to scroll while the pointer is near an edge of the frame, in pixels per animation frame. */
export function edgeScroll(frame: DOMRect, x: number, y: number): [x: number, y: number] {
  const near = (at: number, low: number, high: number) =>
    at < low + EDGE ? -Math.ceil((low + EDGE - at) / 4) : at > high - EDGE ? Math.ceil((at - high + EDGE) / 4) : 0;
  return [near(x, frame.left, frame.right), near(y, frame.top, frame.bottom)];
}
