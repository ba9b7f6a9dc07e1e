import { Trans, useLingui } from "@lingui/react/macro";
import { Fragment, useEffect, useRef } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import type { Cell } from "#kit/board/cells.ts";
import { clock } from "#kit/board/names.ts";
import { PatientLine } from "./PatientLine.tsx";
import type { Marking } from "./useMark.ts";
import { cellPlace, cellTime, kindWords } from "./words.ts";
import classes from "./Doctor.module.css";

export interface DayListProps {
  cells: readonly Cell[];
  config: Config;
  /** Epoch milliseconds. */
  now: number;
  /** The present minute of the day; null on other days. */
  nowMinute: number | null;
  marking: Marking;
}

/** The times of a day with a marker at the present minute. */
export function DayList({ cells, config, now, nowMinute, marking }: DayListProps) {
  const { t } = useLingui();
  const marker = useRef<HTMLLIElement>(null);
  useEffect(() => marker.current?.scrollIntoView({ block: "center" }), []);
  const nowAt = nowMinute === null ? -1 : cells.findIndex(({ to }) => to > nowMinute);
  const nextId = cells.slice(Math.max(0, nowAt)).find(({ appointment }) => appointment)?.appointment?.id;
  // The page names the location once, where the day has only one.
  const showPlace = new Set(cells.map((cell) => cellPlace(cell, config))).size > 1;
  const nowLine = nowMinute !== null && (
    <li ref={marker} className={classes["now"]}>
      <Trans>Now, {clock(nowMinute)}</Trans>
    </li>
  );
  return (
    <ol className={classes["list"]} aria-label={t`Times of the day`}>
      {cells.map((cell, at) => (
        <Fragment key={`${cell.from} ${cell.appointment?.id ?? ""}`}>
          {at === nowAt && nowLine}
          {cell.appointment ? (
            <PatientLine
              cell={cell}
              appointment={cell.appointment}
              config={config}
              showPlace={showPlace}
              now={now}
              next={nowMinute !== null && cell.appointment.id === nextId}
              marking={marking}
            />
          ) : (
            <li className={classes["line"]} data-state={cell.kind} data-cell={cell.id}>
              <span className={classes["time"]}>{cellTime(cell, config)}</span>
              <span className={classes["plain"]}>{kindWords(cell)}</span>
              {showPlace && <span className={classes["place"]}>{cellPlace(cell, config)}</span>}
            </li>
          )}
        </Fragment>
      ))}
      {nowAt === -1 && nowLine}
    </ol>
  );
}
