import { Assignment } from "./assignment.ts";
import { lowerBound } from "./bound.ts";
import { spansOverlap } from "./limits.ts";
import { type Market, at, priceOf } from "./market.ts";
import type { Span } from "./model.ts";

/** A branch takes longer the more rows there are; so many rows are looked at in all before the best plan found stands. */
const MOST_ROWS_LOOKED_AT = 2_000_000;
const FEWEST_BRANCHES = 50;

export interface Solved {
  readonly assignment: Assignment;
  /** The assignment's cost, and what no plan can cost less than; a row left out costs `unplacedCost` in both. */
  readonly cost: number;
  readonly bound: number;
}

/** Two rows of one patient at the same instant. */
interface Clash {
  readonly rows: readonly [number, number];
  readonly instant: Span;
}

interface Branch extends Solved {
  readonly clash: Clash | undefined;
}

/**
 * The cheapest assignment in which nobody has to be in two places at once. Slots of different doctors overlap, so two
 * displaced appointments of one patient can be drawn to the same time, which an assignment problem cannot forbid. Branch
 * and bound does: one of the two must avoid the instant at which both would be, both ways are solved, and what is cut off
 * cannot be cheaper than what was found. Should there be too many branches, the best plan found stands with the bound
 * that was reached.
 */
export function solveApart(market: Market): Solved {
  const patients = rowsOfPatientsWithSeveral(market);
  const whole = place(new Assignment(market), market.rows.keys());
  const first = branchOf(whole, patients);
  if (first.clash === undefined) return first;

  // Only rows of patients who clashed are placed anew for each branch, on top of all others.
  const restless = new Set(patients.filter((rows) => clashAmong(whole, rows) !== undefined).flat());
  const others = (): Assignment =>
    place(
      new Assignment(market),
      Array.from(market.rows.keys()).filter((row) => !restless.has(row)),
    );
  let base = others();
  const branchInto = ({ assignment, clash }: Branch): Branch[] => {
    if (clash === undefined) return [];
    if (!restless.has(clash.rows[0])) {
      for (const row of patients.find((rows) => rows.includes(clash.rows[0])) ?? []) restless.add(row);
      base = others();
    }
    return clash.rows.map((avoiding) => {
      const child = new Assignment(base);
      for (const row of restless) child.rows[row] = at(assignment.rows, row);
      const row = at(child.rows, avoiding);
      child.rows[avoiding] = { ...row, busy: [...row.busy, clash.instant] };
      return branchOf(
        place(
          child,
          [...restless].sort((a, b) => a - b),
        ),
        patients,
      );
    });
  };

  let best: Branch | undefined;
  let open = [first];
  const most = Math.max(FEWEST_BRANCHES, MOST_ROWS_LOOKED_AT / market.rows.length);
  for (let count = 0; open.length > 0 && (count < most || best === undefined); count++) {
    // Cheapest first; once there have been too many, the latest of them, straight down to any plan at all.
    const next = count < most ? cheapest(open) : at(open, open.length - 1);
    open = open.filter((branch) => branch !== next);
    for (const child of branchInto(next).sort((a, b) => b.cost - a.cost)) {
      if (child.clash !== undefined) open.push(child);
      else if (best === undefined || child.cost < best.cost) best = child;
    }
    const limit = best?.cost ?? Number.POSITIVE_INFINITY;
    open = open.filter((branch) => branch.bound < limit);
  }
  const found = best ?? first;
  return { ...found, bound: Math.min(found.bound, ...open.map(({ bound }) => bound)) };
}

function place(assignment: Assignment, rows: Iterable<number>): Assignment {
  for (const row of rows) assignment.add(row);
  return assignment;
}

function branchOf(assignment: Assignment, patients: readonly (readonly number[])[]): Branch {
  const { market, rows, slotOf } = assignment;
  let cost = 0;
  for (const [row, displaced] of rows.entries()) {
    const slot = slotOf[row] as number;
    cost += slot < 0 ? market.unplacedCost : priceOf(displaced, at(market.slots, slot), market.problem);
  }
  let clash: Clash | undefined;
  for (const several of patients) clash ??= clashAmong(assignment, several);
  return { assignment, cost, bound: lowerBound(market, rows, assignment.prices()), clash };
}

/** Rows of each patient who has more than one. */
function rowsOfPatientsWithSeveral({ rows }: Market): number[][] {
  const byPatient = Map.groupBy(rows.keys(), (row) => at(rows, row).patientId);
  return [...byPatient.values()].filter((several) => several.length > 1);
}

function clashAmong({ market, slotOf }: Assignment, several: readonly number[]): Clash | undefined {
  for (const [n, one] of several.entries()) {
    for (const other of several.slice(n + 1)) {
      const [a, b] = [market.slots[slotOf[one] as number], market.slots[slotOf[other] as number]];
      if (!a || !b || !spansOverlap(a, b)) continue;
      const startsAt = Math.max(a.startsAt, b.startsAt);
      return { rows: [one, other], instant: { startsAt, endsAt: startsAt + 1 } };
    }
  }
  return undefined;
}

function cheapest(open: readonly Branch[]): Branch {
  return open.reduce((best, branch) => (branch.bound < best.bound ? branch : best));
}
