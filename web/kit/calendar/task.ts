import type { Slot } from "#contract/answers/clinic.ts";

/** A change of the clinic calendar that a screen asks for. The app's dialog previews and applies it. */
export type CalendarTask =
  | { kind: "close" | "open" | "remove"; slot: Slot }
  /** A new time; minutes of the day at the location. */
  | { kind: "add"; doctorId: string; date: string; from: number; to: number }
  /** The doctor is away for hours of a day, or until an hour. */
  | { kind: "away"; doctorId: string | undefined; date: string };

export interface CalendarTaskProps {
  task: CalendarTask;
  /** With nothing done, or after it was done. */
  onClose: () => void;
}
