import { Hold } from "#contract/answers/holds.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

export const holds = {
  createHold: {
    group: "Booking",
    summary: "Hold a named slot, or the first free one",
    answers: { 201: json(Hold, "Held until expiresAt", "Location") },
    refusals: [
      "not-found",
      "wrong-state",
      "slot-taken",
      "hold-limit",
      "frozen",
      "change-budget-spent",
      "booking-limit",
    ],
    keyed: true,
  },
  getHold: {
    group: "Booking",
    summary: "A live hold of one's own",
    answers: { 200: json(Hold, "The hold") },
    refusals: ["not-found", "hold-expired"],
  },
  extendHold: {
    group: "Booking",
    summary: "Keep a hold for another full length",
    answers: { 200: json(Hold, "Held for longer") },
    refusals: ["not-found", "wrong-state", "hold-expired", "hold-limit"],
    keyed: true,
  },
  releaseHold: {
    group: "Booking",
    summary: "Let a held slot go; repeatable",
    answers: { 204: empty("Not held (any more)") },
    refusals: ["not-found"],
    keyed: true,
  },
} satisfies Descriptions;
