import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Cell, Column } from "#kit/board/cells.ts";
import type { Board } from "./fold.ts";

/** A rule that binds staff too, unless they say why they set it aside (docs/rules.md). */
export type Rule = "frozen" | "closed" | "overlap" | "budget";

/** Why a spot takes the appointment, or does not. */
export type Why =
  | "free"
  | "late"
  | "closed"
  | "same"
  | "taken"
  | "held"
  | "past"
  | "absent"
  | "holiday"
  | "no-session"
  | "gone"
  | "outside";

export interface Judgement {
  /** `ok`: it can be dropped; `ask`: with a reason; `no`: not at all; `same`: it is there. */
  tone: "ok" | "ask" | "no" | "same";
  why: Why;
  /** The broken rules, which a reason sets aside. */
  rules: Rule[];
  /** Changes beside the time that staff should see. */
  notes: ("doctor" | "specialty" | "location" | "shorter" | "day")[];
  cell: Cell | null;
  column: Column | null;
}

export interface Facts {
  /** Epoch milliseconds. */
  now: number;
  freezeHours: number;
  /** The patient's other appointments, where they are known. */
  others: readonly { id: string; startsAt: string; endsAt: string }[];
}

/** States from which an appointment can be given another time (src/domain/lifecycle.ts). */
const MOVABLE = ["booked", "moved", "to-place"];

export const isMovable = ({ status }: Pick<BoardAppointment, "status">) => MOVABLE.includes(status);

/**
 * The consequence of dropping an appointment on a cell, as the board knows it. The database decides again. It is asked at
 * each step of a move, again when the data change, and once more at the drop.
 */
export function judge(board: Board, moving: BoardAppointment, cell: Cell | null, facts: Facts): Judgement {
  const column = cell === null ? null : (board.columns[cell.column] ?? null);
  const base = { rules: [], notes: [], cell, column };
  const no = (why: Why): Judgement => ({ ...base, tone: "no", why });
  if (!isMovable(moving)) return no("gone");
  if (cell === null || column === null) return no("outside");
  if (cell.appointment?.id === moving.id && cell.slot) return { ...base, tone: "same", why: "same" };
  if (cell.kind === "none") return no("no-session");
  if (cell.kind === "absent" || cell.kind === "holiday") return no(cell.kind);
  const { slot } = cell;
  if (cell.kind === "appointment" || slot === null) return no("taken");
  if (Date.parse(slot.startsAt) <= facts.now) return no("past");
  if (cell.kind === "held") return no("held");
  const rules = rulesOf(moving, cell, facts);
  const notes = notesOf(board, moving, cell, column);
  return { tone: rules.length > 0 ? "ask" : "ok", why: cell.kind, rules, notes, cell, column };
}

function rulesOf(moving: BoardAppointment, { kind, slot }: Cell, { now, freezeHours, others }: Facts): Rule[] {
  const rules: Rule[] = [];
  // An appointment that lost its time has none to be too close to.
  if (moving.status !== "to-place" && Date.parse(moving.startsAt) - freezeHours * 3_600_000 <= now)
    rules.push("frozen");
  if (kind === "closed") rules.push("closed");
  const [start, end] = [Date.parse(slot?.startsAt ?? ""), Date.parse(slot?.endsAt ?? "")];
  const overlaps = others.some(
    (one) => one.id !== moving.id && Date.parse(one.startsAt) < end && start < Date.parse(one.endsAt),
  );
  if (overlaps) rules.push("overlap");
  return rules;
}

function notesOf(board: Board, moving: BoardAppointment, { slot }: Cell, column: Column): Judgement["notes"] {
  const notes: Judgement["notes"] = [];
  const specialtyOf = (id: string) => board.answer.doctors.find((doctor) => doctor.id === id)?.specialty;
  if (column.date !== moving.startsAt.slice(0, 10)) notes.push("day");
  if (column.doctorId !== moving.doctorId) notes.push("doctor");
  const [was, becomes] = [specialtyOf(moving.doctorId), specialtyOf(column.doctorId)];
  if (was !== undefined && was !== becomes) notes.push("specialty");
  if (slot?.locationId !== moving.locationId) notes.push("location");
  const length = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) =>
    Date.parse(endsAt) - Date.parse(startsAt);
  if (slot && length(slot) < length(moving)) notes.push("shorter");
  return notes;
}
