import { type CSSProperties, memo } from "react";
import type { Cell } from "#kit/board/cells.ts";
import classes from "./cells.module.css";
import { isMovable } from "./judge.ts";
import { splitName } from "#kit/board/names.ts";
import { waitingMinutes } from "#kit/board/words.ts";
import { cellName } from "./words.ts";

export interface BoardCellProps {
  cell: Cell;
  doctor: string;
  /** The lines that it covers, counted from 1 as the grid does. */
  line: number;
  lines: number;
  /** Epoch milliseconds of the present minute. */
  now: number;
  /** The language of the name, which is no other prop. */
  locale: string;
}

/** One cell of the grid. It has no listener and is never its own tab stop: the grid moves that by hand. */
export const BoardCell = memo(function BoardCell({ cell, doctor, line, lines, now }: BoardCellProps) {
  const { appointment, kind, note } = cell;
  const state = appointment ? appointment.status : kind;
  const past = cell.slot !== null && Date.parse(cell.slot.startsAt) <= now;
  const style: CSSProperties = { gridArea: `${line} / ${cell.column + 2} / span ${lines}` };
  return (
    <div
      role="gridcell"
      tabIndex={-1}
      aria-colindex={cell.column + 2}
      aria-rowspan={lines > 1 ? lines : undefined}
      aria-label={cellName(cell, doctor, now)}
      className={classes["cell"]}
      data-state={state}
      data-past={past || undefined}
      data-will-come={appointment?.willCome || undefined}
      data-hour={cell.from % 60 === 0 || undefined}
      data-cell={cell.id}
      data-column={cell.column}
      data-minute={cell.from}
      data-movable={appointment && isMovable(appointment) ? "" : undefined}
      style={style}
    >
      {appointment ? <Who name={appointment.patientName} waiting={waitingMinutes(appointment, now)} /> : null}
      {kind === "held" && cell.slot?.heldUntil && (
        <span className={classes["left"]} data-left={`${minutesLeft(cell.slot.heldUntil, now)}′`} />
      )}
      {(kind === "absent" || kind === "holiday") && note !== null && <span className={classes["note"]}>{note}</span>}
    </div>
  );
});

const minutesLeft = (until: string, now: number) => Math.max(1, Math.ceil((Date.parse(until) - now) / 60_000));

function Who({ name, waiting }: { name: string; waiting: number | null }) {
  const { surname, given } = splitName(name);
  return (
    <>
      <span className={classes["who"]}>
        {surname} <span className={classes["given"]}>{given}</span>
      </span>
      {waiting !== null && <span className={classes["waiting"]}>{waiting}</span>}
    </>
  );
}
