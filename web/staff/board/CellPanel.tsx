import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { CalendarTask } from "#kit/calendar/task.ts";
import { timesOf } from "#kit/time/format.ts";
import type { Cell } from "#kit/board/cells.ts";
import { History } from "./History.tsx";
import { isMovable } from "./judge.ts";
import { clock } from "#kit/board/names.ts";
import classes from "./screen.module.css";
import { type Mark, marksOf } from "#kit/board/marks.ts";
import { markWords, statusWords, waitingMinutes } from "#kit/board/words.ts";
import { type MoveNames, cellName } from "./words.ts";

export interface CellPanelProps {
  cell: Cell;
  doctorId: string;
  /** The column's, `YYYY-MM-DD`. */
  date: string;
  names: MoveNames;
  /** Epoch milliseconds. */
  now: number;
  canMove: boolean;
  busy: boolean;
  onStatus: (appointment: BoardAppointment, status: Mark) => void;
  onMove: (appointment: BoardAppointment) => void;
  onCancel: (appointment: BoardAppointment) => void;
  onPark: (appointment: BoardAppointment) => void;
  onTask: (task: CalendarTask) => void;
  onClose: () => void;
}

/** The actions on a cell. It lies beside the grid, which stays in use. Escape leads back to the cell. */
export function CellPanel(props: CellPanelProps) {
  const { cell, doctorId, names, now, canMove, busy, onClose } = props;
  const { t } = useLingui();
  const { appointment } = cell;
  const heading = useRef<HTMLHeadingElement>(null);
  const [history, setHistory] = useState(false);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    const shown = panel.current;
    shown?.addEventListener("keydown", listen);
    return () => shown?.removeEventListener("keydown", listen);
  }, [onClose]);
  const waiting = appointment && waitingMinutes(appointment, now);
  return (
    <aside ref={panel} className={classes["panel"]} aria-label={t`Details`}>
      <div className={classes["panelHead"]}>
        <h2 ref={heading} tabIndex={-1}>
          {appointment?.patientName ?? cellName(cell, names.doctor(doctorId), now)}
        </h2>
        <button type="button" className={classes["close"]} onClick={onClose} aria-label={t`Close`}>
          <span aria-hidden="true">×</span>
        </button>
      </div>
      {appointment && (
        <>
          <p>
            {timesOf(appointment, names.zone(appointment.locationId))}, {names.doctor(appointment.doctorId)}
            <br />
            {names.location(appointment.locationId)}
          </p>
          <p>
            <strong>{statusWords(appointment.status)}</strong>
            {appointment.willCome && (
              <>
                {", "}
                <Trans>will come, as answered to our e-mail</Trans>
              </>
            )}
            {waiting !== null && (
              <>
                {" "}
                <Trans>waiting for {waiting} min</Trans>
              </>
            )}
          </p>
          {appointment.phone !== null && (
            <p>
              <a href={`tel:${appointment.phoneE164 ?? appointment.phone}`}>{appointment.phone}</a>
            </p>
          )}
          <div className={classes["actions"]}>
            <Statuses {...props} appointment={appointment} />
            {canMove && isMovable(appointment) && (
              <>
                <button type="button" disabled={busy} onClick={() => props.onMove(appointment)}>
                  <Trans>Move…</Trans>
                </button>
                <button type="button" disabled={busy} onClick={() => props.onCancel(appointment)}>
                  <Trans>Cancel…</Trans>
                </button>
                <button type="button" onClick={() => props.onPark(appointment)}>
                  <Trans>Park</Trans> <kbd>P</kbd>
                </button>
              </>
            )}
            {canMove && (
              <Link to="/patients/$patientId" params={{ patientId: appointment.patientId }}>
                <Trans>Open patient</Trans>
              </Link>
            )}
            {canMove && (
              <button type="button" aria-expanded={history} onClick={() => setHistory(!history)}>
                <Trans>History</Trans>
              </button>
            )}
          </div>
          {history && <History appointmentId={appointment.id} zone={names.zone(appointment.locationId)} />}
        </>
      )}
      {!appointment && (
        <p>
          {clock(cell.from)}–{clock(cell.to)}, {names.doctor(doctorId)}
          {cell.slot && (
            <>
              <br />
              {names.location(cell.slot.locationId)}
            </>
          )}
        </p>
      )}
      {canMove && <TimeActions {...props} />}
    </aside>
  );
}

/** Changes of the time itself. A past one, and one on a holiday, have none. */
function TimeActions({ cell, doctorId, date, now, onTask }: CellPanelProps) {
  const { kind, slot, appointment, from, to } = cell;
  const isPast = slot !== null && Date.parse(slot.startsAt) <= now;
  if (isPast || kind === "holiday" || kind === "absent") return null;
  if (slot === null) {
    if (appointment) return null;
    return (
      <div className={classes["actions"]}>
        <button type="button" onClick={() => onTask({ kind: "add", doctorId, date, from, to })}>
          <Trans>Add a time…</Trans>
        </button>
      </div>
    );
  }
  const isFree = kind === "free" || kind === "late";
  return (
    <div className={classes["actions"]}>
      {isFree && (
        <Link to="/openings" search={{ slotId: slot.id }}>
          <Trans>Book it</Trans>
        </Link>
      )}
      {kind === "closed" ? (
        <button type="button" onClick={() => onTask({ kind: "open", slot })}>
          <Trans>Open this time…</Trans>
        </button>
      ) : (
        <button type="button" onClick={() => onTask({ kind: "close", slot })}>
          <Trans>Close this time…</Trans>
        </button>
      )}
      <button type="button" onClick={() => onTask({ kind: "remove", slot })}>
        <Trans>Remove this time…</Trans>
      </button>
    </div>
  );
}

/** The marks that the present state allows, each one press. */
function Statuses({ appointment, busy, now, onStatus }: CellPanelProps & { appointment: BoardAppointment }) {
  return marksOf(appointment, now).map((mark, at) => (
    <button
      key={mark}
      type="button"
      disabled={busy}
      data-primary={at === 0 || undefined}
      onClick={() => onStatus(appointment, mark)}
    >
      {markWords(mark, appointment.status)} {mark === "arrived" && appointment.status !== "completed" && <kbd>A</kbd>}
    </button>
  ));
}
