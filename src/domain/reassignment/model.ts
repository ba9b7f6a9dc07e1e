/** An interval [startsAt, endsAt), epoch milliseconds. */
export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * An instant as the clinic reads it on the wall at its location: `day` counts clinic dates (days since 1970-01-01),
 * `minute` minutes since that date's midnight. So that no zone arithmetic is left for the solver.
 */
export interface WallTime {
  readonly day: number;
  readonly minute: number;
}

/** An appointment that has lost, or is about to lose, its slot. */
export interface DisplacedAppointment extends Span, WallTime {
  readonly appointmentId: string;
  readonly patientId: string;
  readonly doctorId: string;
  readonly specialty: string;
  readonly locationId: string;
  /** The patient needs this location. */
  readonly keepsLocation: boolean;
  /** The patient's other live appointments around the window, none of which is displaced with this one. */
  readonly busy: readonly Span[];
}

/** A free slot that could be somebody's new one. */
export interface CandidateSlot extends Span, WallTime {
  readonly slotId: string;
  readonly doctorId: string;
  readonly specialty: string;
  readonly locationId: string;
}

/** The policy's weights, points: whole numbers, so that sums are exact. */
export interface Weights {
  readonly dayPoints: number;
  readonly hourPoints: number;
  readonly earlierPoints: number;
  readonly doctorPoints: number;
  readonly locationPoints: number;
}

/** What is never broken, whatever it costs. */
export interface Limits {
  /** The database's clock, epoch milliseconds. */
  readonly now: number;
  /** No appointment whose old start is within it is moved, and none is moved into it. */
  readonly freezeHours: number;
  readonly minNoticeMinutes: number;
  /** Last clinic date that can be booked, as a day number. */
  readonly lastDay: number;
  /** At most so many days between old and new date. */
  readonly reassignDays: number;
}

/** A cost by its parts, in sixtieths of a point: so an hour's points are charged to the minute and stay whole numbers. */
export interface CostParts {
  readonly days: number;
  readonly timeOfDay: number;
  readonly earlier: number;
  readonly doctor: number;
  readonly location: number;
}

/** Why the machine does not move an appointment; the first that holds, in this order. */
export type Unplaceable =
  /** Its old start is within the freeze: a person must speak to the patient. */
  | { code: "frozen" }
  /** Nothing free of that specialty within the limits; `free` slots were looked at, and each limit refused so many. */
  | {
      code: "no-slot";
      free: number;
      refused: { tooShort: number; otherLocation: number; patientBusy: number; tooFar: number; tooSoon: number };
    }
  /** There are fewer slots than appointments that could take them; the best plan leaves this one out. */
  | { code: "outbid"; possible: number };

/** What was weighed for a move: kept for staff. */
export interface MoveExplanation {
  /** Total cost, the sum of `parts`. */
  readonly cost: number;
  readonly parts: CostParts;
  /** Whole days and minutes of day from old to new, signed; what is another. */
  readonly daysMoved: number;
  readonly minutesMoved: number;
  readonly sameDoctor: boolean;
  readonly sameLocation: boolean;
  /** How many free slots were possible for this appointment, and how many of them would have cost less alone. */
  readonly possible: number;
  readonly cheaperTakenByOthers: number;
}

export interface Move {
  readonly appointmentId: string;
  readonly slotId: string;
  readonly explanation: MoveExplanation;
}

/** `cost` is the plan's; no plan can be below `bound`. Equal: it is an optimum. */
export interface Proof {
  readonly placed: number;
  readonly cost: number;
  readonly bound: number;
}

export interface Plan {
  readonly moves: readonly Move[];
  readonly unplaced: readonly { readonly appointmentId: string; readonly why: Unplaceable }[];
  readonly proof: Proof;
}

/** A slot for a placement case, best first, with what a person would say of it. */
export interface RankedCandidate {
  readonly slotId: string;
  readonly cost: number;
  readonly parts: CostParts;
  /** Short sentences in English, such as "same doctor", "3 days later", "15 minutes later in the day". */
  readonly reasons: readonly string[];
}
