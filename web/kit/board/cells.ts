import type { Board as Answer, BoardAppointment, BoardSlot } from "#contract/answers/board.ts";

export type CellKind = "free" | "late" | "held" | "closed" | "absent" | "holiday" | "none" | "appointment";

/** A rectangle of the board. `from` and `to` are minutes of the day at the location; after midnight they exceed 1440. */
export interface Cell {
  /** The slot's id; of what has no slot, an id made of its place. */
  id: string;
  column: number;
  from: number;
  to: number;
  kind: CellKind;
  slot: BoardSlot | null;
  appointment: BoardAppointment | null;
  /** Why the doctor is away, or the name of the holiday. */
  note: string | null;
}

/** A column: a doctor on a day. */
export interface Column {
  key: string;
  doctorId: string;
  date: string;
  /** The heading above several columns: a specialty. */
  group: string;
}

/** Minutes since midnight of an instant as it is written. */
function minuteOf(instant: string): number {
  return Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16));
}

/** From when to when, on the day on which it starts. */
export function minutesOf({ startsAt, endsAt }: { startsAt: string; endsAt: string }): [from: number, to: number] {
  const from = minuteOf(startsAt);
  const to = minuteOf(endsAt);
  return [from, startsAt.slice(0, 10) === endsAt.slice(0, 10) ? to : to + 24 * 60];
}

/** The order where two overlap: a closed slot of an old schedule must not hide a booking. */
const RANK: Record<CellKind, number> = {
  appointment: 0,
  held: 1,
  free: 2,
  late: 2,
  closed: 3,
  absent: 3,
  holiday: 3,
  none: 4,
};

/** The cells of one column in the order of the day, without those in between that are no session. */
export function cellsOf(answer: Answer, column: Column, at: number): Cell[] {
  const { doctorId, date } = column;
  const appointments = new Map(answer.appointments.map((one) => [one.id, one]));
  const cells = answer.slots
    .filter((slot) => slot.doctorId === doctorId && slot.date === date)
    .map((slot): Cell => {
      const [from, to] = minutesOf(slot);
      const appointment = slot.appointmentId === null ? null : (appointments.get(slot.appointmentId) ?? null);
      const kind = appointment ? "appointment" : slot.state === "booked" ? "closed" : slot.state;
      return { id: slot.id, column: at, from, to, kind, slot, appointment, note: noteOf(answer, slot, from) };
    });
  for (const appointment of answer.appointments) {
    if (appointment.slotId !== null || appointment.doctorId !== doctorId || dayOf(appointment) !== date) continue;
    const [from, to] = minutesOf(appointment);
    cells.push({ id: appointment.id, column: at, from, to, kind: "appointment", slot: null, appointment, note: null });
  }
  return merged(withoutOverlaps(cells));
}

const dayOf = ({ startsAt }: { startsAt: string }) => startsAt.slice(0, 10);

function withoutOverlaps(cells: Cell[]): Cell[] {
  // Of two with the same rank the one with a slot is real; the other only waits where it was.
  const byRank = cells.sort(
    (a, b) => RANK[a.kind] - RANK[b.kind] || Number(!a.slot) - Number(!b.slot) || a.from - b.from,
  );
  const kept: Cell[] = [];
  for (const cell of byRank) {
    if (!kept.some((one) => one.from < cell.to && cell.from < one.to)) kept.push(cell);
  }
  return kept.sort((a, b) => a.from - b.from);
}

/** An absence is one cell, and not one for each of its slots. */
function merged(cells: Cell[]): Cell[] {
  const out: Cell[] = [];
  for (const cell of cells) {
    const last = out.at(-1);
    const away = cell.kind === "absent" || cell.kind === "holiday";
    if (away && last?.kind === cell.kind && last.to === cell.from && last.note === cell.note) {
      out[out.length - 1] = { ...last, to: cell.to };
    } else {
      out.push(cell);
    }
  }
  return out;
}

function noteOf(answer: Answer, slot: BoardSlot, minute: number): string | null {
  if (slot.state === "holiday") {
    return answer.holidays.find((one) => one.locationId === slot.locationId && one.date === slot.date)?.name ?? null;
  }
  if (slot.state !== "absent") return null;
  const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const absence = answer.absences.find(
    ({ doctorId, locationId, fromDate, toDate, from, to }) =>
      doctorId === slot.doctorId &&
      (locationId === null || locationId === slot.locationId) &&
      fromDate <= slot.date &&
      slot.date <= toDate &&
      (from === null || to === null || (from <= time && (time < to || to <= from))),
  );
  return absence?.note ?? null;
}
