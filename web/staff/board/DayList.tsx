import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import type { Cell } from "#kit/board/cells.ts";
import cells from "./cells.module.css";
import type { Board } from "./fold.ts";
import { clock, shortDoctor } from "#kit/board/names.ts";
import classes from "./screen.module.css";
import { stateWords, waitingMinutes } from "#kit/board/words.ts";

export interface DayListProps {
  board: Board;
  doctors: readonly string[];
  /** Epoch milliseconds. */
  now: number;
  nowMinute: number | null;
  onOpen: (cell: Cell) => void;
}

/** The day as a list: the board's data, line by line. It is what phones show, and what is printed. */
export function DayList({ board, doctors, now, nowMinute, onOpen }: DayListProps) {
  const { t } = useLingui();
  const [withFree, setWithFree] = useState(false);
  const [of, setOf] = useState("");
  const next = useRef<HTMLTableRowElement>(null);
  const shown = board.cells
    .flat()
    .filter(
      ({ appointment, kind }) =>
        appointment !== null || (withFree && (kind === "free" || kind === "late" || kind === "held")),
    )
    .filter(({ column }) => of === "" || board.columns[column]?.key === of)
    .sort((a, b) => a.from - b.from || a.column - b.column);
  const nextId = nowMinute === null ? undefined : shown.find(({ to }) => to > nowMinute)?.id;
  useEffect(() => {
    next.current?.scrollIntoView({ block: "center" });
    // At the first look alone.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <div className={classes["list"]}>
      <div className={classes["listTools"]}>
        <label>
          {t({ message: "Doctor", context: "label before the name" })}{" "}
          <select value={of} onChange={(event) => setOf(event.currentTarget.value)}>
            <option value="">{t`All`}</option>
            {board.columns.map(({ key }, at) => (
              <option key={key} value={key}>
                {doctors[at]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={withFree} onChange={(event) => setWithFree(event.currentTarget.checked)} />{" "}
          <Trans>Free times too</Trans>
        </label>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{t`Time`}</th>
            <th scope="col">{t`Patient`}</th>
            <th scope="col">{t({ message: "Doctor", context: "label before the name" })}</th>
            <th scope="col">{t`Status`}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((cell) => {
            const { appointment } = cell;
            const waiting = appointment && waitingMinutes(appointment, now);
            return (
              <tr
                key={`${cell.column} ${cell.from}`}
                ref={cell.id === nextId ? next : undefined}
                data-next={cell.id === nextId || undefined}
              >
                <td className={classes["when"]}>{clock(cell.from)}</td>
                <td>
                  <button
                    type="button"
                    aria-label={appointment?.patientName ?? kindWords(cell)}
                    className={`${cells["cell"]} ${classes["entry"]}`}
                    data-state={appointment ? appointment.status : cell.kind}
                    onClick={() => onOpen(cell)}
                  >
                    <span className={cells["who"]}>{appointment?.patientName ?? kindWords(cell)}</span>
                  </button>
                </td>
                <td>{shortDoctor(doctors[cell.column] ?? "")}</td>
                <td>
                  {appointment && stateWords(appointment)}
                  {waiting !== null && <> {t`${waiting} min`}</>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {shown.length === 0 && (
        <p>
          <Trans>No appointments.</Trans>
        </p>
      )}
    </div>
  );

  function kindWords({ kind }: Cell): string {
    if (kind === "late") return t`Late opening`;
    return kind === "held" ? t`Held by a patient` : t`Free`;
  }
}
