import type { Limits, Weights } from "#domain/reassignment/model.ts";

/** What the policy says of reassignment, as the solver takes it. */
export interface ReassignmentRules {
  weights: Weights;
  limits: Limits;
}
