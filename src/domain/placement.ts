import type {
  CandidateSlot,
  DisplacedAppointment,
  Limits,
  RankedCandidate,
  Unplaceable,
  Weights,
} from "./reassignment/model.ts";
import { rank } from "./reassignment/rank.ts";

/** More than this nobody compares. */
const CANDIDATES = 10;

/**
 * The limits for a person who speaks with the patient: neither the freeze nor the notice nor the distance binds them.
 * What remains is what nobody can change: what has begun, the patient's other appointments, length, specialty, and the
 * location for who needs theirs.
 */
export function limitsOfStaff(limits: Limits): Limits {
  return {
    ...limits,
    freezeHours: Number.NEGATIVE_INFINITY,
    minNoticeMinutes: 0,
    reassignDays: Number.POSITIVE_INFINITY,
  };
}

/** Why the machine has not placed an appointment, as a sentence for staff; null while it has yet to decide. */
export function whyInWords(why: Unplaceable): string {
  switch (why.code) {
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

/** A free slot, and what is known of it beside its time. */
export interface QueueSlot extends CandidateSlot {
  /** It came free a moment ago and is kept for the placement queue. */
  readonly offered: boolean;
  /** It came free within the freeze. */
  readonly lateOpening: boolean;
}

/** What staff should know of a slot before they give it away. */
export type Mark = "offered" | "late-opening" | "within-freeze" | "short-notice";

/**
 * The best free slots for a placement case, at most ten: those kept for the queue first, then by cost. What would be too
 * late for a patient alone is not left out but marked.
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
