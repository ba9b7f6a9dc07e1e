import { useLingui } from "@lingui/react/macro";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import { singleKeysOn } from "#kit/shortcuts/shortcuts.ts";
import { BoardHead, type Heading } from "./BoardHead.tsx";
import { BoardRow } from "./BoardRow.tsx";
import classes from "./board.module.css";
import { settled, spotAfter } from "./boardKeys.ts";
import type { Cell } from "#kit/board/cells.ts";
import { type Board, cellAt, cellOfAppointment } from "./fold.ts";
import type { Spot } from "./geometry.ts";
import { type Facts, isMovable } from "./judge.ts";
import { MovePreview, SpokenMove } from "./MovePreview.tsx";
import { moveStore } from "./moveStore.ts";
import { NowLine } from "./NowLine.tsx";
import { listenToPointer } from "./pointerMove.ts";
import type { MoveNames } from "./words.ts";

export interface DayBoardProps {
  board: Board;
  newest: Board;
  headings: readonly Heading[];
  doctors: readonly string[];
  facts: Facts;
  names: MoveNames;
  /** The present minute of the day at the clinic, where a column is today; else null. */
  nowMinute: number | null;
  /** The name of the grid: what it shows. */
  label: string;
  onOpen: (cell: Cell) => void;
  onDrop: () => void;
  /** A key that the board itself does not know, with the cell that has the focus. True: it was used. */
  onKey: (key: string, cell: Cell) => boolean;
  /** The appointment that follows the keyboard once the board shows it elsewhere. */
  follow: RefObject<string | null>;
  pointedAt: RefObject<number>;
  /** Staff move appointments; doctors do not. */
  canMove: boolean;
  parked: (id: string) => BoardAppointment | null;
  onPark: (appointment: BoardAppointment) => void;
  children: ReactNode;
}

/** The first line below the two lines of headings. */
const FIRST = 3;
/** A line must be so high for its time to be written, rem. */
const LABEL_REM = 1;

/** The grid of doctors and times: one tab stop, one set of listeners; a step of the keyboard renders nothing. */
export const DayBoard = memo(function DayBoard(props: DayBoardProps) {
  const { board, newest, headings, doctors, facts, names, nowMinute, label, onOpen, onDrop, onKey, follow } = props;
  const { pointedAt, canMove, parked, onPark, children } = props;
  const { i18n } = useLingui();
  const frame = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const spot = useRef<Spot>({ column: 0, minute: nowMinute ?? 0 });
  const latest = useRef({ newest, canMove, onDrop, onPark, parked });
  useLayoutEffect(() => {
    latest.current = { newest, canMove, onDrop, onPark, parked };
  });

  // Two pixels for a minute, so that lines lie on whole pixels; more where slots are shorter than 10 minutes.
  const minuteRem = Math.max(0.125, 1.25 / board.shortest);
  // With slots of 10 and of 15 minutes side by side, only the quarters of an hour are written.
  const roomy = board.rows.every(({ from, to }) => (to - from) * minuteRem >= LABEL_REM);
  const lineOf = useCallback((minute: number) => lineOn(board, minute), [board]);
  const columns = board.columns.map(({ key }) => key).join(" ");

  useEffect(() => {
    if (!frame.current || !overlay.current) return;
    return listenToPointer({
      frame: frame.current,
      overlay: overlay.current,
      grid: () => grid.current,
      scroller: () => scroller.current,
      board: () => latest.current.newest,
      appointmentOf: (element) => {
        if (!latest.current.canMove) return null;
        const { pin, column, minute } = (element as HTMLElement).dataset;
        if (pin !== undefined) return latest.current.parked(pin);
        return cellAt(latest.current.newest, Number(column), Number(minute))?.appointment ?? null;
      },
      onDrop: () => latest.current.onDrop(),
      onPark: (appointment) => latest.current.onPark(appointment),
    });
  }, []);

  // The first look is at now, an hour above it, or at the beginning of the day.
  useLayoutEffect(() => {
    const box = scroller.current;
    const start = nowMinute === null ? null : grid.current?.querySelector<HTMLElement>("[data-now]");
    if (box) box.scrollTop = start ? Math.max(0, start.offsetTop - box.clientHeight / 3) : 0;
    // Only when other columns are shown: `nowMinute` goes on by itself.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [columns]);

  useEffect(() => keepTabStop(grid.current, board, spot, follow), [board, follow]);

  const at = (element: Element | null): Cell | null => {
    const cell = element?.closest<HTMLElement>("[data-cell]");
    return cell ? cellAt(board, Number(cell.dataset["column"]), Number(cell.dataset["minute"])) : null;
  };

  function keyDown(event: KeyboardEvent) {
    if (event.altKey || event.metaKey) return;
    const move = moveStore.get();
    const { key } = event;
    const done = () => event.preventDefault();
    if (move?.by === "keys") {
      const next = spotAfter(
        key,
        event.ctrlKey,
        board,
        { column: Math.max(0, move.column), minute: move.minute },
        nowMinute,
      );
      if (key === "Enter") onDrop();
      else if (key === "Escape") moveStore.set(null);
      else if (next) moveStore.set({ ...move, ...next });
      else if (key === " ") return done();
      else return;
      return done();
    }
    const cell = cellAt(board, spot.current.column, spot.current.minute) ?? at(event.target as Element);
    if (!cell) return;
    const letter = key.length === 1 && key !== " ";
    if (letter && (event.ctrlKey || !singleKeysOn())) return;
    const next = spotAfter(key, event.ctrlKey, board, spot.current, nowMinute);
    if (next) {
      const target = cellAt(board, next.column, next.minute);
      if (target) {
        spot.current = settled(key, next, target);
        focusOn(grid.current, target);
      }
      return done();
    }
    if (key === "Enter" || key === " ") {
      onOpen(cell);
      return done();
    }
    if ((key === "m" || key === "M") && canMove && cell.appointment && isMovable(cell.appointment)) {
      moveStore.set({ appointment: cell.appointment, column: cell.column, minute: cell.from, by: "keys" });
      return done();
    }
    if (onKey(key, cell)) done();
  }

  return (
    <div
      ref={frame}
      className={classes["frame"]}
      onPointerMove={() => {
        pointedAt.current = performance.now();
      }}
    >
      <div ref={overlay} className={classes["overlay"]} hidden />
      <div ref={scroller} className={classes["scroller"]}>
        <div
          ref={grid}
          role="grid"
          tabIndex={-1}
          aria-label={label}
          aria-rowcount={board.rows.length + FIRST - 1}
          aria-colcount={board.columns.length + 1}
          className={classes["grid"]}
          style={
            {
              "--minute": `${minuteRem}rem`,
              "--columns": board.columns.length,
              gridTemplateRows: `var(--head-1) var(--head-2) ${board.rows
                .map(({ from, to }) => `${((to - from) * minuteRem).toFixed(4)}rem`)
                .join(" ")}`,
            } as React.CSSProperties
          }
          onClick={(event) => {
            const cell = at(event.target as Element);
            if (!cell) return;
            spot.current = { column: cell.column, minute: cell.from };
            focusOn(grid.current, cell);
            onOpen(cell);
          }}
          onKeyDown={keyDown}
          onFocus={(event) => {
            const cell = at(event.target);
            if (cell && cellAt(board, spot.current.column, spot.current.minute) !== cell) {
              spot.current = { column: cell.column, minute: cell.from };
            }
          }}
        >
          <BoardHead board={board} headings={headings} now={facts.now} />
          {board.rows.map((row, index) => (
            <BoardRow
              key={row.from}
              row={row}
              line={index + FIRST}
              spans={row.cells.map((cell) => lineOf(cell.to) - lineOf(cell.from)).join(" ")}
              doctors={doctors}
              labelled={roomy || row.from % 15 === 0}
              now={facts.now}
              locale={i18n.locale}
            />
          ))}
          {nowMinute !== null && nowMinute >= board.from && nowMinute < board.to && (
            <NowLine minute={nowMinute} from={board.from} />
          )}
          <MovePreview board={newest} facts={facts} names={names} lineOf={lineOf} />
        </div>
      </div>
      <SpokenMove board={newest} facts={facts} names={names} />
      {children}
    </div>
  );
});

/** The grid line at which a minute begins. */
function lineOn({ rows }: Board, minute: number): number {
  const at = rows.findIndex((row) => row.from >= minute);
  return (at === -1 ? rows.length : at) + FIRST;
}

const elementOf = (grid: HTMLElement, { column, from }: Cell) =>
  grid.querySelector<HTMLElement>(`[data-column="${column}"][data-minute="${from}"]`);

/** Gives a cell the focus, and makes it the grid's tab stop. */
function focusOn(grid: HTMLElement | null, cell: Cell): void {
  const element = grid && elementOf(grid, cell);
  if (!grid || !element) return;
  for (const old of grid.querySelectorAll<HTMLElement>('[data-cell][tabindex="0"]')) old.tabIndex = -1;
  element.tabIndex = 0;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** After new data exactly one cell is the tab stop: what was moved, else what is at the spot now. */
function keepTabStop(
  grid: HTMLElement | null,
  board: Board,
  spot: RefObject<Spot>,
  follow: RefObject<string | null>,
): void {
  if (!grid) return;
  const moved = follow.current === null ? null : cellOfAppointment(board, follow.current);
  if (moved) {
    follow.current = null;
    spot.current = { column: moved.column, minute: moved.from };
    focusOn(grid, moved);
    return;
  }
  const minute = Math.min(board.to - 1, Math.max(board.from, spot.current.minute));
  const cell = cellAt(board, Math.min(spot.current.column, board.columns.length - 1), minute);
  if (!cell) return;
  const element = elementOf(grid, cell);
  for (const old of grid.querySelectorAll<HTMLElement>('[data-cell][tabindex="0"]')) {
    if (old !== element) old.tabIndex = -1;
  }
  if (element) element.tabIndex = 0;
}
