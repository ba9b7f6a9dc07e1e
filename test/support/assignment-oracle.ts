import loadHighs, { type Model } from "highs";
import type { CandidateSlot } from "#domain/reassignment/model.ts";
import { type Given, type Value, naiveCost, naivelyAllowed } from "../domain/naive-reassignment.ts";

/** A row of a linear program: the sum of these variables is at most 1. */
type AtMostOne = readonly number[];

interface Program {
  /** Cost of each variable: an allowed pair of appointment and slot. */
  costs: number[];
  limits: AtMostOne[];
  /** True when a patient has several appointments, so that fractions could look cheaper than any plan. */
  whole: boolean;
}

export interface Oracle {
  /** The best there is. */
  best(given: Given): Value;
  /** A lower bound: the cost of placing as many if appointments could be split. At most the cost of `best`. */
  relaxed(given: Given): Value;
}

/**
 * Computes the cost of the best plan by HiGHS. It uses integer programming only if a patient has several displaced
 * appointments. First how many can be placed at all, then the least cost of placing as many.
 */
export async function openOracle(): Promise<Oracle> {
  const highs = await loadHighs();
  const model = highs.createModel();
  const options = { output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0, mip_feasibility_tolerance: 1e-9 };
  const minimise = (program: Program, costs: readonly number[], placed?: number): Float64Array => {
    pass(model, program, costs, highs.infinity, placed);
    model.options.set(options);
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) {
      throw new Error(`HiGHS ends with status ${model.getModelStatus()}`);
    }
    return model.getSolution().colValue;
  };
  const solve = (program: Program): Value => {
    if (program.costs.length === 0) return { placed: 0, cost: 0 };
    const most = minimise(
      program,
      program.costs.map(() => -1),
    );
    const placed = Math.round(most.reduce((sum, value) => sum + value, 0) - 1e-6);
    const chosen = minimise(program, program.costs, placed);
    // In whole numbers again: the cost of what was chosen, and not the solver's sum.
    return {
      placed,
      cost: chosen.reduce((sum, value, n) => sum + (program.whole ? Math.round(value) : value) * program.costs[n]!, 0),
    };
  };
  return {
    best: (given) => {
      const { placed, cost } = solve(formulate(given));
      return { placed, cost: Math.round(cost) };
    },
    relaxed: (given) => solve({ ...formulate(given), whole: false }),
  };
}

function formulate({ displaced, candidates, weights, limits }: Given): Program {
  const costs: number[] = [];
  const bySlot = new Map<string, number[]>();
  const byPatient = new Map<string, { variable: number; slot: CandidateSlot }[]>();
  const counts = new Map<string, number>();
  for (const { patientId } of displaced) counts.set(patientId, (counts.get(patientId) ?? 0) + 1);
  const rows: number[][] = [];
  for (const a of displaced) {
    const row: number[] = [];
    for (const slot of candidates) {
      if (!naivelyAllowed(a, slot, limits)) continue;
      const variable = costs.push(naiveCost(a, slot, weights)) - 1;
      row.push(variable);
      const takers = bySlot.get(slot.slotId);
      if (takers) takers.push(variable);
      else bySlot.set(slot.slotId, [variable]);
      if (counts.get(a.patientId)! < 2) continue;
      const choices = byPatient.get(a.patientId);
      if (choices) choices.push({ variable, slot });
      else byPatient.set(a.patientId, [{ variable, slot }]);
    }
    rows.push(row);
  }
  const atATime: AtMostOne[] = [];
  for (const choices of byPatient.values()) {
    // Of slots that overlap, one starts while the other is going on.
    for (const instant of new Set(choices.map(({ slot }) => slot.startsAt))) {
      const then = choices.filter(({ slot }) => slot.startsAt <= instant && instant < slot.endsAt);
      atATime.push(then.map(({ variable }) => variable));
    }
  }
  return {
    costs,
    limits: [...rows, ...bySlot.values(), ...atATime].filter((row) => row.length > 1),
    whole: byPatient.size > 0,
  };
}

function pass(
  model: Model,
  { limits, whole }: Program,
  costs: readonly number[],
  infinity: number,
  placed?: number,
): void {
  const count = costs.length;
  const all = placed === undefined ? [] : [Array.from(costs.keys())];
  const rows = [...limits, ...all];
  const starts = [0];
  for (const row of rows) starts.push(starts.at(-1)! + row.length);
  model.clearModel();
  model.passModel({
    numCols: count,
    numRows: rows.length,
    colCost: Float64Array.from(costs),
    colLower: new Float64Array(count),
    colUpper: new Float64Array(count).fill(1),
    rowLower: Float64Array.from(rows, (_, n) => (n < limits.length ? -infinity : placed!)),
    rowUpper: Float64Array.from(rows, (_, n) => (n < limits.length ? 1 : placed!)),
    matrix: {
      format: "csr",
      numRows: rows.length,
      numCols: count,
      starts: Int32Array.from(starts),
      indices: Int32Array.from(rows.flat()),
      values: new Float64Array(starts.at(-1)!).fill(1),
    },
    ...(whole ? { integrality: new Int32Array(count).fill(1) } : {}),
  });
}
