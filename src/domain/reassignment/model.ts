/** An interval [startsAt, endsAt), epoch milliseconds. */
export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * An instant on the wall clock of its location: `day` is the clinic date (days since 1970-01-01), `minute` the minutes
 * since that date's midnight. The solver then needs no arithmetic of zones.
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
  /** The patient's record is switched off. */
  readonly patientInactive?: boolean;
  /** The patient needs this location. */
  readonly keepsLocation: boolean;
  /** The patient's other live appointments around the window; displaced ones are not among them. */
  readonly busy: readonly Span[];
}

/** A free slot that a displaced appointment could move to. */
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

/** Hard limits, which no plan breaks. */
export interface Limits {
  /** The database's clock, epoch milliseconds. */
  readonly now: number;
  /** No appointment is moved out of the freeze or into it. */
  readonly freezeHours: number;
  readonly minNoticeMinutes: number;
  /** Last clinic date that can be booked, as a day number. */
  readonly lastDay: number;
  /** Maximum number of days between old and new date. */
  readonly reassignDays: number;
}

/** A cost by its parts, in sixtieths of a point (cost.ts). */
export interface CostParts {
  readonly days: number;
  readonly timeOfDay: number;
  readonly earlier: number;
  readonly doctor: number;
  readonly location: number;
}

/** Why a plan leaves an appointment out: the first reason that holds, in this order. */
export type Unplaceable =
  /** The patient's record is switched off: a person must find out what that means. */
  | { code: "patient-inactive" }
  /** Its old start is within the freeze: a person must speak to the patient. */
  | { code: "frozen" }
  /** No free slot of the specialty is within the limits. `free` is the number of free slots; `refused` counts them by limit. */
  | {
      code: "no-slot";
      free: number;
      refused: { tooShort: number; otherLocation: number; patientBusy: number; tooFar: number; tooSoon: number };
    }
  /** Fewer slots are possible than appointments that need them, and the best plan leaves this one out. */
  | { code: "outbid"; possible: number };

/** The costs of a move and of its alternatives, kept for staff. */
export interface MoveExplanation {
  /** Total cost, the sum of `parts`. */
  readonly cost: number;
  readonly parts: CostParts;
  /** Whole days, and minutes of the day, from old to new time, signed. */
  readonly daysMoved: number;
  readonly minutesMoved: number;
  readonly sameDoctor: boolean;
  readonly sameLocation: boolean;
  /** Number of free slots that were possible for this appointment. */
  readonly possible: number;
  /** Number of them that would have cost less but went to other appointments. */
  readonly cheaperTakenByOthers: number;
}

export interface Move {
  readonly appointmentId: string;
  readonly slotId: string;
  readonly explanation: MoveExplanation;
}

/** `cost` is the plan's, `bound` the least that any plan can cost. If they are equal, the plan is optimal. */
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

/** A slot for a placement case, with its reasons in words. */
export interface RankedCandidate {
  readonly slotId: string;
  readonly cost: number;
  readonly parts: CostParts;
  /** Short sentences in English, such as "same doctor", "3 days later", "15 minutes later in the day". */
  readonly reasons: readonly string[];
}
