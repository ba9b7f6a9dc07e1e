import { Appointment } from "#contract/answers/appointments.ts";
import { PlacedCases, PlacementCase } from "#contract/answers/cases.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const caseChanges = {
  claimCase: {
    group: "Placement",
    summary: "Take a case to work on, or keep it for longer",
    answers: { 200: json(PlacementCase, "Yours until `claim.expiresAt`", "ETag") },
    refusals: ["not-found", "case-claimed", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  releaseCase: {
    group: "Placement",
    summary: "Hand a case back; repeatable",
    answers: { 200: json(PlacementCase, "The case without a claim", "ETag") },
    refusals: ["not-found", "case-claimed", "wrong-state"],
    keyed: true,
  },
  placeCase: {
    group: "Placement",
    summary: "Put the appointment into a free slot, or change nothing",
    answers: { 200: json(Appointment, "Placed; the ETag is the appointment's", "ETag") },
    refusals: ["not-found", "case-claimed", "wrong-state", "slot-taken", "slot-unsuitable", "overlaps-own-appointment"],
    keyed: true,
    versioned: true,
  },
  placeCases: {
    group: "Placement",
    summary: "Place the best matches of several cases at once, never two into one slot",
    answers: { 200: json(PlacedCases, "What became of each; those not placed stay in the queue") },
    keyed: true,
  },
  contactLater: {
    group: "Placement",
    summary: "Note when to call the patient again, and release the case",
    answers: { 200: json(PlacementCase, "Noted", "ETag") },
    refusals: ["not-found", "case-claimed", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  cancelCase: {
    group: "Placement",
    summary: "Cancel the appointment instead of placing it",
    answers: { 200: json(Appointment, "Cancelled; the ETag is the appointment's", "ETag") },
    refusals: ["not-found", "case-claimed", "wrong-state"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
