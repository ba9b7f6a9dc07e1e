import { memo } from "react";
import { BoardCell } from "./BoardCell.tsx";
import classes from "./board.module.css";
import type { Row } from "./fold.ts";
import { clock } from "#kit/board/names.ts";

export interface BoardRowProps {
  row: Row;
  /** Its place in the grid, below the headings; counted from 1. */
  line: number;
  /** How many lines each of its cells covers. */
  spans: string;
  doctors: readonly string[];
  /** High enough for its time to be written. */
  labelled: boolean;
  now: number;
  locale: string;
}

/** One line of the grid: its time, and the cells that begin there. */
export const BoardRow = memo(function BoardRow({ row, line, spans, doctors, labelled, now, locale }: BoardRowProps) {
  const counts = spans.split(" ");
  return (
    <div role="row" aria-rowindex={line} className={classes["row"]}>
      <div
        role="rowheader"
        aria-colindex={1}
        className={classes["time"]}
        data-hour={row.from % 60 === 0 || undefined}
        data-hidden={!labelled || undefined}
        style={{ gridArea: `${line} / 1` }}
      >
        <span>{clock(row.from)}</span>
      </div>
      {row.cells.map((cell, at) => (
        <BoardCell
          key={cell.column}
          cell={cell}
          doctor={doctors[cell.column] ?? ""}
          line={line}
          lines={Number(counts[at])}
          now={now}
          locale={locale}
        />
      ))}
    </div>
  );
});
