import { plural, t } from "@lingui/core/macro";
import type { Operation, OperationItem } from "#contract/answers/operations.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { dateSpan } from "./words.ts";

/** The kind of change. */
export function kindWords(kind: Operation["kind"]): string {
  switch (kind) {
    case "schedule":
      return t`Weekly schedule changed`;
    case "exception-add":
      return t`Absence or extra session added`;
    case "exception-remove":
      return t`Absence or extra session removed`;
    case "slot-add":
      return t`Single time added`;
    case "slot-change":
      return t`Single time closed, opened or moved`;
    case "slot-remove":
      return t`Single time removed`;
    case "holidays-add":
      return t`Holidays added`;
    case "holiday-remove":
      return t`Holiday removed`;
    case "doctor-left":
      return t`Doctor leaves the clinic`;
  }
}

/** Doctor, location and date: `Dr Byrne, Main Street, 3 December 2026`. */
export function aboutWords({ about }: Operation, config: Config, doctors: readonly Doctor[]): string {
  const doctor = doctors.find(({ id }) => id === about.doctorId)?.name;
  const place = config.locations.find(({ id }) => id === about.locationId)?.name;
  const where = config.locations.length > 1 ? place : undefined;
  return [doctor, where, dateSpan(about.from, about.to)].filter(Boolean).join(", ");
}

/** How far an operation is: `at work`, `done`, `taken back`. */
export function phaseWords({ phase, undoneBy, undoOf }: Operation): string {
  if (phase !== "done") return t`finding new times`;
  if (undoneBy !== null) return t`undone`;
  return undoOf === null ? t`done` : t`undo, done`;
}

/** The result of an operation as a sentence. */
export function resultWords({ counts, undoOf }: Operation): string {
  const { displaced, moved, toPlace, cancelled, kept, pending } = counts;
  if (displaced === 0) return t`No appointment was affected.`;
  const parts = [
    moved > 0 &&
      (undoOf === null
        ? plural(moved, { one: "# moved", other: "# moved" })
        : plural(moved, { one: "# back where it was", other: "# back where they were" })),
    toPlace > 0 && plural(toPlace, { one: "# to place by staff", other: "# to place by staff" }),
    cancelled > 0 && plural(cancelled, { one: "# cancelled in between", other: "# cancelled in between" }),
    kept > 0 && plural(kept, { one: "# stays where it is", other: "# stay where they are" }),
    pending > 0 && plural(pending, { one: "# not decided yet", other: "# not decided yet" }),
  ].filter((one) => one !== false);
  return `${parts.join(", ")}.`;
}

/** The result for one appointment. */
export function stateWords(state: OperationItem["state"]): string {
  const words: Record<OperationItem["state"], string> = {
    pending: t`not decided yet`,
    moved: t`moved`,
    "to-place": t`to place by staff`,
    cancelled: t`cancelled in between`,
    kept: t`stays where it is`,
  };
  return words[state];
}

/** Why an appointment does not go back when an operation is undone. */
export function keptWords(code: string): string {
  const words: Record<string, string> = {
    accepted: t`The patient has agreed to the new time.`,
    changed: t`It has been given another time since.`,
    displaced: t`A later change has displaced it.`,
    cancelled: t`It is cancelled.`,
    attended: t`The patient has been here.`,
    over: t`It is over.`,
    frozen: t`It starts too soon.`,
    busy: t`The patient has another appointment at the former time.`,
    taken: t`The former time is taken.`,
    gone: t`The former time does not exist any more.`,
    stayed: t`It stayed when a later change was undone.`,
  };
  return words[code] ?? t`It stays where it is.`;
}

/** Why an operation cannot be undone, from the state that the API names. */
export function notUndoableWords(current: string): string {
  switch (current) {
    case "reassigning":
      return t`Its appointments are still being placed. Wait until it is done.`;
    case "undone":
      return t`It has been undone already.`;
    case "undo":
      return t`It undoes another change itself. Make that change again instead.`;
    case "nothing":
      return t`What it changed is not there any more.`;
    case "changed-since":
      return t`The same has been changed again since. Undo that change first.`;
    case "in-use":
      return t`Other appointments would lose their time by it. Change the calendar itself, with its preview.`;
    default:
      return t`The calendar does not allow it as it is now.`;
  }
}
