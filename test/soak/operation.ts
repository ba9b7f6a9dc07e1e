import type { random } from "#dev/seed/random.ts";
import type { Person } from "#test/support/small-clinic.ts";
import type { Ask, Reply } from "./wire.ts";

/** An appointment in the last answer to some client. */
export interface Known {
  id: string;
  patient: Person;
  version: number;
  status: string;
}

/** All answers to clients so far, to choose from. Some are out of date, as in real use. */
export interface Memory {
  holds: { id: string; patient: Person }[];
  appointments: Known[];
  /** Slots that staff have closed, and could open again. */
  closedSlots: string[];
  absences: { id: string; doctorId: string }[];
  holidays: string[];
  /** The placement queue as staff last saw it. */
  cases: string[];
}

export interface Operation {
  /** As the audit trail calls it. */
  name: string;
  person: Person;
  /** Looked at first, as staff do; `ask` is what follows from it, null if nothing does. */
  preview?: Ask;
  ask: (shown?: Reply) => Ask | null;
  /** The ids of what the answer says was changed, as in the audit trail. */
  changed: (reply: Reply) => string[];
  learn?: (reply: Reply) => void;
  /** The appointment to read again when an answer says that the client has an old version. */
  about?: Known;
  /** There is no such thing (any more): not to be tried again. */
  forget?: () => void;
}

export type Dice = ReturnType<typeof random>;

/** Removes and returns an element of a list; undefined if another operation has. */
export function drop<T>(list: T[], one: T): void {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
}
