import { PlacementCaseDetail, PlacementCases } from "#contract/answers/cases.ts";
import { type Descriptions, json, page } from "#reference/describe.ts";

export const cases = {
  listCases: {
    group: "Placement",
    summary: "Appointments that lost their slot, the most pressing first",
    answers: { 200: page(PlacementCases, "By when they are due") },
  },
  getCase: {
    group: "Placement",
    summary: "One case with the best free times for it, ranked as they are right now",
    answers: { 200: json(PlacementCaseDetail, "The case; candidates best first", "ETag") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
