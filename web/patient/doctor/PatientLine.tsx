import { Trans } from "@lingui/react/macro";
import { useId, useRef, useState } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Config } from "#contract/answers/clinic.ts";
import type { Cell } from "#kit/board/cells.ts";
import { type Mark, marksOf } from "#kit/board/marks.ts";
import { markWords } from "#kit/board/words.ts";
import type { Marking } from "./useMark.ts";
import { cellPlace, cellTime, patientState } from "./words.ts";
import classes from "./Doctor.module.css";

const KEYS: Record<Mark, string> = { arrived: "A", completed: "C", "no-show": "N" };

export interface PatientLineProps {
  cell: Cell;
  appointment: BoardAppointment;
  config: Config;
  /** Whether the day has several locations. */
  showPlace: boolean;
  /** Epoch milliseconds. */
  now: number;
  /** Whether the patient is the next one. */
  next: boolean;
  marking: Marking;
}

/** One patient of the day: time, name, reason, state, and the marks that the state allows. */
export function PatientLine({ cell, appointment, config, showPlace, now, next, marking }: PatientLineProps) {
  const [open, setOpen] = useState(false);
  const details = useId();
  const name = useRef<HTMLButtonElement>(null);
  const { id, status, patientName, reason, phone, phoneE164 } = appointment;
  const press = (mark: Mark) => {
    // The pressed button goes with the old state, so the focus stays with the patient.
    name.current?.focus();
    marking.mark(appointment, mark);
  };
  return (
    <li className={classes["line"]} data-line="" data-state={status} data-next={next || undefined}>
      <span className={classes["time"]}>{cellTime(cell, config)}</span>
      <div className={classes["who"]}>
        <button
          ref={name}
          type="button"
          className={classes["name"]}
          data-patient={id}
          aria-expanded={open}
          aria-controls={details}
          onClick={() => setOpen(!open)}
        >
          {patientName}
        </button>
        {reason !== null && <span className={classes["reason"]}>{reason}</span>}
        <p id={details} className={classes["details"]} hidden={!open}>
          {phone === null ? (
            <Trans>No telephone number is recorded.</Trans>
          ) : (
            <a href={`tel:${phoneE164 ?? phone.replaceAll(" ", "")}`}>{phone}</a>
          )}
        </p>
      </div>
      <span className={classes["state"]}>
        <span>{patientState(appointment, now)}</span>
        {showPlace && <span className={classes["place"]}>{cellPlace(cell, config)}</span>}
      </span>
      <span className={classes["marks"]}>
        {marksOf(appointment, now).map((mark, at) => (
          <button
            key={mark}
            type="button"
            className={classes["mark"]}
            data-primary={at === 0 || undefined}
            data-key={KEYS[mark]}
            aria-label={`${markWords(mark, status)}, ${patientName}`}
            onClick={() => press(mark)}
          >
            {markWords(mark, status)}
          </button>
        ))}
      </span>
    </li>
  );
}
