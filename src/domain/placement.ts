import type {
  CandidateSlot,
  DisplacedAppointment,
  Limits,
  RankedCandidate,
  Unplaceable,
  Weights,
} from "./reassignment/model.ts";
import { rank } from "./reassignment/rank.ts";

/** Maximum number of candidates: staff compare no more. */
const CANDIDATES = 10;

/**
 * The limits for staff who speak with the patient: freeze, notice and distance do not bind them. The other limits remain:
 * start in the future, patient's other appointments, length, specialty, and a location that the patient needs.
 */
export function limitsOfStaff(limits: Limits): Limits {
  return {
    ...limits,
    freezeHours: Number.NEGATIVE_INFINITY,
    minNoticeMinutes: 0,
    reassignDays: Number.POSITIVE_INFINITY,
  };
}

/** Why an appointment was not placed automatically, as a sentence for staff; null before that is decided. */
export function whyInWords(why: Unplaceable): string {
  switch (why.code) {
    case "patient-inactive":
      return "The patient's record is switched off, so a person decides.";
    case "frozen":
      return "Its time was within the freeze, so a person speaks to the patient.";
    case "outbid":
      return `There were more appointments than times: ${amount(why.possible, "time")} would have suited, and went to others.`;
    case "no-slot":
      return why.free === 0 ? "No time of the specialty was free." : `No free time would do: ${refusals(why)}.`;
  }
}

function refusals({ free, refused }: Extract<Unplaceable, { code: "no-slot" }>): string {
  const { tooSoon, tooFar, tooShort, otherLocation, patientBusy } = refused;
  const said = [
    [tooSoon, "too soon"],
    [tooFar, "too far off"],
    [tooShort, "too short"],
    [otherLocation, "at another location than the patient needs"],
    [patientBusy, "when the patient is elsewhere"],
  ] as const;
  const parts = said.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return `of ${amount(free, "free time")} ${parts.join(", ")}`;
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A free slot with its marks. */
export interface QueueSlot extends CandidateSlot {
  /** It became free a moment ago and is reserved for the placement queue. */
  readonly offered: boolean;
  /** It became free within the freeze. */
  readonly lateOpening: boolean;
}

/** Warnings to staff about a slot before they use it. */
export type Mark = "offered" | "late-opening" | "within-freeze" | "short-notice";

/**
 * The best free slots for a placement case, at most ten: those reserved for the queue first, then by cost. Slots that a
 * patient could not book any more are included and marked.
 */
export function rankForStaff<Slot extends QueueSlot>(
  displaced: DisplacedAppointment,
  slots: readonly Slot[],
  { weights, limits }: { weights: Weights; limits: Limits },
): (RankedCandidate & { slot: Slot; marks: Mark[] })[] {
  const byId = new Map(slots.map((slot) => [slot.slotId, slot]));
  const best = (list: readonly Slot[], count: number) => rank(displaced, list, weights, limitsOfStaff(limits), count);
  const kept = best(
    slots.filter(({ offered }) => offered),
    CANDIDATES,
  );
  const others = best(
    slots.filter(({ offered }) => !offered),
    CANDIDATES - kept.length,
  );
  return [...kept, ...others].flatMap((candidate) => {
    const slot = byId.get(candidate.slotId);
    return slot ? [{ ...candidate, slot, marks: marksOf(slot, limits) }] : [];
  });
}

function marksOf(
  { offered, lateOpening, startsAt }: QueueSlot,
  { now, freezeHours, minNoticeMinutes }: Limits,
): Mark[] {
  const marks: [boolean, Mark][] = [
    [offered, "offered"],
    [lateOpening, "late-opening"],
    [startsAt <= now + freezeHours * 3_600_000, "within-freeze"],
    [startsAt <= now + minNoticeMinutes * 60_000, "short-notice"],
  ];
  return marks.filter(([holds]) => holds).map(([, mark]) => mark);
}
