import * as fc from "fast-check";
import { expect, test } from "vitest";
import { caseCount, seed } from "./generated-cases.ts";
import { exhaustive, faults } from "./naive-reassignment.ts";
import { crowdedClinic } from "./reassignment-cases.ts";
import { solve } from "#domain/reassignment/plan.ts";

test("equals trying everything", () => {
  fc.assert(
    fc.property(crowdedClinic({ displaced: 5, candidates: 6 }), (given) => {
      const plan = solve(given);
      expect(faults(given, plan)).toEqual([]);
      const best = exhaustive(given);
      expect({ placed: plan.proof.placed, cost: plan.proof.cost }).toEqual(best);
      expect(plan.proof.bound).toBe(best.cost);
    }),
    { numRuns: caseCount(3_000), seed },
  );
});
