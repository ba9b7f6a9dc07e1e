import type { Limits, Weights } from "#domain/reassignment/model.ts";

/** The policy's settings of reassignment, as the solver takes them. */
export interface ReassignmentRules {
  weights: Weights;
  limits: Limits;
}
