import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Assignment } from "#domain/reassignment/assignment.ts";
import { lowerBound } from "#domain/reassignment/bound.ts";
import { openNetwork, slotCost, timeCost } from "#domain/reassignment/network.ts";
import type { Plan } from "#domain/reassignment/model.ts";
import { solve } from "#domain/reassignment/plan.ts";
import { nextBatch } from "#domain/reassignment/window.ts";
import { openOracle } from "#test/support/assignment-oracle.ts";
import { displacedClinic, randomNumbers } from "#test/support/displaced-clinic.ts";
import { SEED } from "#test/support/seed.ts";
import { caseCount, report } from "./generated-cases.ts";
import { type Given, exhaustive, faults, greedy, isBetter, naiveCost, naivelyAllowed } from "./naive-reassignment.ts";
import { crowdedClinic } from "./reassignment-cases.ts";

const cases = caseCount(2_000);
const counts = { cases: 0, moves: 0, frozen: 0, noSlot: 0, outbid: 0, apart: 0, betterThanGreedy: 0, givenUp: 0 };

const valueOf = ({ proof: { placed, cost } }: Plan) => ({ placed, cost });

/** The same plan for any order of the input. */
function shuffled(given: Given, numbers: number): Given {
  const random = randomNumbers(numbers);
  const shuffle = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  return { ...given, displaced: shuffle(given.displaced), candidates: shuffle(given.candidates) };
}

function judge(given: Given, plan: Plan): void {
  expect(faults(given, plan)).toEqual([]);
  expect(plan.proof.bound).toBe(plan.proof.cost);
  const byTurns = greedy(given);
  expect(isBetter(byTurns, valueOf(plan))).toBe(false);
  expect(solve(shuffled(given, SEED + counts.cases))).toEqual(plan);

  counts.cases++;
  counts.moves += plan.moves.length;
  if (isBetter(valueOf(plan), byTurns)) counts.betterThanGreedy++;
  for (const { why } of plan.unplaced) {
    if (why.code === "patient-inactive") throw new Error("no record of these patients is switched off");
    counts[why.code === "no-slot" ? "noSlot" : why.code]++;
  }
  const strangers = given.displaced.map((one) => ({ ...one, patientId: one.appointmentId }));
  if (isBetter(valueOf(solve({ ...given, displaced: strangers })), valueOf(plan))) counts.apart++;
}

afterAll(() => report("reassignment against HiGHS, every plan there is, and greedy", counts));

describe("the plan for all displaced appointments", () => {
  test(
    "The plan is as good as the best of all possible plans",
    () => {
      fc.assert(
        fc.property(crowdedClinic({ displaced: 5, candidates: 6 }), (given) => {
          const plan = solve(given);
          judge(given, plan);
          expect(valueOf(plan)).toEqual(exhaustive(given));
        }),
        { numRuns: cases },
      );
    },
    240_000 + cases * 10,
  );

  test(
    "The plan equals HiGHS's optimum, also with patients who have several appointments",
    async () => {
      const oracle = await openOracle();
      const before = { ...counts };
      fc.assert(
        fc.property(crowdedClinic({ displaced: 12, candidates: 16 }), (given) => {
          const plan = solve(given);
          judge(given, plan);
          expect(valueOf(plan)).toEqual(oracle.best(given));
        }),
        { numRuns: cases },
      );
      expect(counts.apart - before.apart, "cases in which a patient has to be kept apart").toBeGreaterThan(cases / 100);
      expect(counts.betterThanGreedy - before.betterThanGreedy).toBeGreaterThan(cases / 20);
    },
    240_000 + cases * 60,
  );

  test(
    "Plans for one batch after the other equal HiGHS's optimum for the whole, also with patients of two specialties",
    async () => {
      const oracle = await openOracle();
      let joined = 0;
      fc.assert(
        fc.property(crowdedClinic({ displaced: 10, candidates: 14, patients: 6 }), (given) => {
          const total = { placed: 0, cost: 0 };
          for (let waiting = given.displaced; waiting.length > 0;) {
            const batch = nextBatch(waiting, [], given.limits, 1)!;
            const of = ({ specialty }: { specialty: string }): boolean => batch.specialties.includes(specialty);
            const { proof } = solve({ ...given, displaced: batch.displaced, candidates: given.candidates.filter(of) });
            expect(proof.bound).toBe(proof.cost);
            total.placed += proof.placed;
            total.cost += proof.cost;
            if (batch.specialties.length > 1) joined++;
            const planned = new Set(batch.displaced);
            waiting = waiting.filter((one) => !planned.has(one));
          }
          expect(total).toEqual(oracle.best(given));
        }),
        { numRuns: Math.ceil(cases / 4) },
      );
      expect(joined).toBeGreaterThan(cases / 40);
    },
    240_000 + cases * 60,
  );

  test.each([
    { displaced: 60, freeEach: 3.3, specialties: 2 },
    { displaced: 60, freeEach: 0.9, specialties: 1 },
    { displaced: 80, freeEach: 2, specialties: 3 },
  ])(
    "The plan equals HiGHS's for a clinic's day of $displaced appointments with $freeEach free slots each",
    async (shape) => {
      const oracle = await openOracle();
      const given = displacedClinic({ ...shape, again: 0, seed: SEED });
      const plan = solve(given);
      judge(given, plan);
      expect(valueOf(plan)).toEqual(oracle.best(given));
    },
  );

  test("The plan for a day of 300 appointments is proven optimal and never worse than a greedy one", () => {
    for (const freeEach of [0.8, 2, 10]) {
      const given = displacedClinic({ displaced: 300, freeEach, specialties: 3, seed: SEED });
      const plan = solve(given);
      judge(given, plan);
    }
  });
});

describe("the bound", () => {
  test("The bound holds for a plan whose search stopped early", () => {
    fc.assert(
      fc.property(crowdedClinic({ displaced: 12, candidates: 16, patients: 4 }), (given) => {
        const [plan, best] = [solve(given, 0), solve(given, 1_000_000)];
        expect(faults(given, plan)).toEqual([]);
        expect(isBetter(valueOf(plan), valueOf(best))).toBe(false);
        // With four appointments each in a few hours even the full effort need not be enough.
        if (best.proof.bound !== best.proof.cost) return;
        if (plan.proof.placed === best.proof.placed) expect(plan.proof.bound).toBeLessThanOrEqual(best.proof.cost);
        if (isBetter(valueOf(best), valueOf(plan))) counts.givenUp++;
      }),
      { numRuns: cases },
    );
    expect(counts.givenUp, "cases in which a better plan was there").toBeGreaterThan(0);
  });

  test("The bound follows from the dual prices alone, over all pairs of appointment and slot", () => {
    fc.assert(
      fc.property(crowdedClinic({ displaced: 12, candidates: 16 }), (given) => {
        const network = openNetwork(given);
        const assignment = new Assignment(network);
        for (const row of network.rows.keys()) assignment.add(row);
        const prices = assignment.dualPrices();
        let bound = 0;
        for (const price of prices) bound -= price;
        for (const displaced of network.rows) {
          const pays = network.slots.map((slot, n) =>
            naivelyAllowed(displaced, slot, given.limits)
              ? naiveCost(displaced, slot, given.weights) + prices[n]!
              : Infinity,
          );
          bound += Math.min(network.unplacedCost, ...pays);
        }
        expect(lowerBound(network, network.rows, prices)).toBe(bound);
        const cost = network.rows.reduce((sum, displaced, row) => {
          const slot = network.slots[assignment.slotOf[row]!];
          return sum + (slot ? naiveCost(displaced, slot, given.weights) : network.unplacedCost);
        }, 0);
        expect(bound).toBe(cost);
        expect(prices.every((price, slot) => price >= 0 && (price === 0 || assignment.rowOf[slot] !== -1))).toBe(true);
      }),
      { numRuns: cases },
    );
  });

  test("The bound is never above the optimum, for any dual prices", () => {
    const priced = crowdedClinic({ displaced: 6, candidates: 8 }).chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.array(fc.nat(20_000), { minLength: given.candidates.length, maxLength: given.candidates.length }),
      ),
    );
    fc.assert(
      fc.property(priced, ([given, prices]) => {
        const network = openNetwork(given);
        const { placed, cost } = solve(given).proof;
        const total = cost + (network.rows.length - placed) * network.unplacedCost;
        expect(lowerBound(network, network.rows, Float64Array.from(prices))).toBeLessThanOrEqual(total);
      }),
      { numRuns: cases },
    );
  });

  test("A slot has the same cost through its time and directly", () => {
    fc.assert(
      fc.property(crowdedClinic({ displaced: 6, candidates: 10 }), (given) => {
        const network = openNetwork(given);
        for (const [row, displaced] of network.rows.entries()) {
          for (const [n, slot] of network.slots.entries()) {
            if (slot.specialty !== displaced.specialty) continue;
            const expected = slotCost({ ...displaced, doctorId: "nobody's" }, slot, given);
            expect(timeCost(network, row, displaced, network.timeOf[n]!)).toBe(expected);
          }
        }
      }),
      { numRuns: cases },
    );
  });
});
