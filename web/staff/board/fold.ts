import type { Board as Answer } from "#contract/answers/board.ts";
import { type Cell, type Column, cellsOf } from "#kit/board/cells.ts";

/** A line of the grid: from one boundary of any cell to the next. */
export interface Row {
  from: number;
  to: number;
  /** The cells that begin here, by column. */
  cells: Cell[];
}

/** The board as it is drawn. What has not changed keeps its identity from one answer to the next. */
export interface Board {
  answer: Answer;
  columns: Column[];
  /** Minutes of the day, whole hours. */
  from: number;
  to: number;
  /** The shortest cell, minutes: it decides how high a minute is. */
  shortest: number;
  rows: Row[];
  /** Each column without a gap, so that every spot lies in exactly one cell. */
  cells: Cell[][];
}

/** Folds an answer into the board before it. Cells and rows that are equal are those of before, so nothing of them renders. */
export function foldBoard(answer: Answer, columns: Column[], before: Board | null): Board {
  const perColumn = columns.map((column, at) => cellsOf(answer, column, at));
  const all = perColumn.flat();
  const hour = (minute: number, round: (x: number) => number) => round(minute / 60) * 60;
  const from = hour(Math.min(...all.map((cell) => cell.from), 9 * 60), Math.floor);
  const to = hour(Math.max(...all.map((cell) => cell.to), 12 * 60), Math.ceil);
  const known = new Map(before?.cells.flat().map((cell) => [keyOf(cell), cell]));
  const cells = perColumn.map((column, at) =>
    filled(column, at, from, to).map((cell) => {
      const old = known.get(keyOf(cell));
      return old && sameCell(old, cell) ? old : cell;
    }),
  );
  const lines = new Set([from, to]);
  for (let minute = from; minute < to; minute += 60) lines.add(minute);
  for (const { from: start, to: end } of all) lines.add(start).add(end);
  const sorted = [...lines].sort((a, b) => a - b);
  const starting = new Map<number, Cell[]>();
  for (const cell of cells.flat()) starting.set(cell.from, [...(starting.get(cell.from) ?? []), cell]);
  const oldRows = new Map(before?.rows.map((row) => [row.from, row]));
  const rows = sorted.slice(0, -1).map((minute, at): Row => {
    const row = { from: minute, to: sorted[at + 1] ?? to, cells: starting.get(minute) ?? [] };
    const old = oldRows.get(minute);
    return old && sameRow(old, row) ? old : row;
  });
  const shortest = Math.min(15, ...all.filter(({ kind }) => kind !== "none").map((cell) => cell.to - cell.from));
  return { answer, columns, from, to, shortest, rows, cells };
}

/** How many cells differ: what the chip counts. */
export function changesBetween(shown: Board, newest: Board): number {
  const known = new Set(shown.cells.flat());
  return newest.cells.flat().filter((cell) => cell.kind !== "none" && !known.has(cell)).length;
}

/** The cell at a minute of a column; null outside of the board. */
export function cellAt(board: Board, column: number, minute: number): Cell | null {
  return board.cells[column]?.find((cell) => cell.from <= minute && minute < cell.to) ?? null;
}

/** Where an appointment is on the board; null when it is not, or no longer. */
export function cellOfAppointment(board: Board, appointmentId: string): Cell | null {
  for (const column of board.cells) {
    for (const cell of column) if (cell.appointment?.id === appointmentId) return cell;
  }
  return null;
}

function filled(column: Cell[], at: number, from: number, to: number): Cell[] {
  const out: Cell[] = [];
  const gap = (start: number, end: number) => {
    if (start < end) out.push({ id: `none-${at}-${start}`, column: at, from: start, to: end, ...NOTHING });
  };
  let minute = from;
  for (const cell of column) {
    gap(minute, cell.from);
    out.push(cell);
    minute = cell.to;
  }
  gap(minute, to);
  return out;
}

const NOTHING = { kind: "none", slot: null, appointment: null, note: null } as const;

const keyOf = ({ column, from }: Cell) => `${column} ${from}`;

function sameCell(a: Cell, b: Cell): boolean {
  return (
    a.id === b.id &&
    a.to === b.to &&
    a.kind === b.kind &&
    a.note === b.note &&
    same(a.slot, b.slot) &&
    same(a.appointment, b.appointment)
  );
}

/** Slots and appointments are flat. */
function same<T extends object>(a: T | null, b: T | null): boolean {
  if (a === null || b === null) return a === b;
  return Object.entries(a).every(([name, value]) => value === (b as Record<string, unknown>)[name]);
}

function sameRow(a: Row, b: Row): boolean {
  return a.to === b.to && a.cells.length === b.cells.length && a.cells.every((cell, at) => cell === b.cells[at]);
}
