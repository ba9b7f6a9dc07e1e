import { plural, t } from "@lingui/core/macro";
import type { BoardAppointment } from "#contract/answers/board.ts";
import { dayOf, timeOf } from "#kit/time/format.ts";
import type { Cell } from "#kit/board/cells.ts";
import type { Judgement, Rule, Why } from "./judge.ts";
import { clock, splitName } from "#kit/board/names.ts";
import { stateWords, waitingMinutes } from "#kit/board/words.ts";

/** The accessible name of a cell. It begins with the text that the cell shows. */
export function cellName(cell: Cell, doctor: string, now: number): string {
  const time = clock(cell.from);
  const { appointment, note } = cell;
  if (appointment) {
    const { surname, given } = splitName(appointment.patientName);
    const waiting = waitingMinutes(appointment, now);
    const state =
      waiting === null
        ? stateWords(appointment)
        : t`arrived, waiting ${plural(waiting, { one: "# minute", other: "# minutes" })}`;
    return [`${surname} ${given}`.trim(), state, time, doctor].join(", ");
  }
  const until = clock(cell.to);
  const words: Record<Exclude<Cell["kind"], "appointment">, string> = {
    free: t`Free, ${time}, ${doctor}`,
    late: t`Late opening, ${time}, ${doctor}`,
    held: t`Held by a patient, ${time}, ${doctor}`,
    closed: t`Closed, ${time}, ${doctor}`,
    absent: note === null ? t`Away, ${time} to ${until}, ${doctor}` : t`Away, ${note}, ${time} to ${until}, ${doctor}`,
    holiday:
      note === null ? t`Holiday, ${time} to ${until}, ${doctor}` : t`Holiday, ${note}, ${time} to ${until}, ${doctor}`,
    none: t`No session, ${time} to ${until}, ${doctor}`,
  };
  return words[cell.kind === "appointment" ? "none" : cell.kind];
}

export interface MoveNames {
  doctor: (id: string) => string;
  specialty: (id: string) => string;
  location: (id: string) => string;
  zone: (locationId: string) => string;
}

/** A rule in words that name the person it protects. */
export function ruleWords(rule: Rule): string {
  const words: Record<Rule, string> = {
    frozen: t`It is too close to the start for a change without a reason.`,
    closed: t`This time is closed.`,
    overlap: t`The patient has another appointment at that time.`,
    budget: t`This appointment has been changed as often as the clinic allows.`,
  };
  return words[rule];
}

function whyWords(why: Why, taken: string | undefined): string {
  const words: Record<Why, string> = {
    free: t`Free`,
    late: t`Late opening`,
    closed: t`Closed`,
    same: t`It is here now`,
    taken: taken === undefined ? t`Taken` : t`Taken by ${taken}`,
    held: t`Held by a patient`,
    past: t`This time is past`,
    absent: t`The doctor is away`,
    holiday: t`Public holiday`,
    "no-session": t`No session`,
    gone: t`It was changed a moment ago and cannot be moved any more`,
    outside: t`Let go over a time`,
  };
  return words[why];
}

/** The preview of a drop: a heading and a line for each consequence. */
export function consequence(
  moving: BoardAppointment,
  { tone, why, rules, notes, cell, column }: Judgement,
  names: MoveNames,
): { head: string; state: string; lines: string[] } {
  const state = whyWords(why, cell?.appointment?.patientName);
  if (cell === null || column === null) return { head: state, state: "", lines: [] };
  const doctor = names.doctor(column.doctorId);
  const time = clock(cell.from);
  const head = notes.includes("day") ? `${dayOf(column.date)}, ${time}, ${doctor}` : `${time}, ${doctor}`;
  if (tone === "no" || tone === "same") return { head, state, lines: [] };
  const lines = rules.map(ruleWords);
  const patient = splitName(moving.patientName).given || moving.patientName;
  const was = timeOf(moving.startsAt, names.zone(moving.locationId));
  const oldDoctor = names.doctor(moving.doctorId);
  if (moving.status === "to-place") lines.push(t`${patient} is told: ${time}, ${doctor}`);
  else if (was === time && !notes.includes("day"))
    lines.push(t`${patient} is told: ${doctor} in place of ${oldDoctor}`);
  else if (notes.includes("doctor")) lines.push(t`${patient} is told: ${was} becomes ${time}, ${doctor}`);
  else lines.push(t`${patient} is told: ${was} becomes ${time}`);
  const [field, oldField] = [names.specialty(column.doctorId), names.specialty(moving.doctorId)];
  if (notes.includes("specialty")) lines.push(t`${field} in place of ${oldField}`);
  const [place, oldPlace] = [names.location(cell.slot?.locationId ?? ""), names.location(moving.locationId)];
  if (notes.includes("location")) lines.push(t`${oldPlace} becomes ${place}`);
  if (notes.includes("shorter")) lines.push(t`Shorter than the time it has now`);
  return { head, state, lines };
}
