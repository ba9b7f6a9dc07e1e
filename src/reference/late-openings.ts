import { Appointment } from "#contract/answers/appointments.ts";
import { LateOpenings } from "#contract/answers/late-openings.ts";
import { type Descriptions, json, page } from "#reference/describe.ts";

export const lateOpenings = {
  listLateOpenings: {
    group: "Placement",
    summary: "Slots that came free within the freeze, with who could take them",
    answers: { 200: page(LateOpenings, "Soonest first; candidates best first") },
  },
  assignLateOpening: {
    group: "Placement",
    summary: "Give a late opening to a patient who waits, or whose appointment moves to it",
    answers: { 200: json(Appointment, "In the slot; where it was before is free", "ETag") },
    refusals: [
      "not-found",
      "slot-taken",
      "slot-unsuitable",
      "overlaps-own-appointment",
      "frozen",
      "case-claimed",
      "wrong-state",
    ],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
