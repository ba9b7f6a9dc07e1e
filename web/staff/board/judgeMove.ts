import { type Board, cellAt, cellOfAppointment } from "./fold.ts";
import { type Facts, type Judgement, judge } from "./judge.ts";
import type { Move } from "./moveStore.ts";

/**
 * The judgement of the spot at which a move is now. An appointment that was changed since it was picked up cannot be
 * dropped: staff saw an old state.
 */
export function judgeMove(board: Board, { appointment, column, minute }: Move, facts: Facts): Judgement {
  const cell = cellAt(board, column, minute);
  const present = cellOfAppointment(board, appointment.id)?.appointment;
  // Off the board (parked, or of another day) nothing newer is known than what was picked up.
  const isOnBoard = board.columns.some(
    ({ doctorId, date }) => doctorId === appointment.doctorId && date === appointment.startsAt.slice(0, 10),
  );
  const changed = present ? present.version !== appointment.version : isOnBoard;
  return judge(board, changed ? { ...appointment, status: "cancelled" } : appointment, cell, facts);
}
