import { Assignment } from "./assignment.ts";
import { lowerBound } from "./bound.ts";
import { spansOverlap } from "./limits.ts";
import { type Market, at, priceOf } from "./market.ts";
import type { Span } from "./model.ts";

/** After so many prices read (some seconds), or twice as many as without clashes, the best plan found stands. */
const LEAST_EFFORT = 100_000_000;

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

interface Branch {
  readonly assignment: Assignment;
  /** Nothing in this branch costs less. */
  readonly cost: number;
  readonly clash: Clash | undefined;
}

/**
 * The cheapest assignment in which nobody has to be in two places at once. Slots of different doctors overlap, so two
 * displaced appointments of one patient can be drawn to the same time, which an assignment problem cannot forbid. Branch
 * and bound does: one of the two must avoid the instant at which both would be, both ways are solved, and what is cut off
 * cannot be cheaper than what was found. Should that become too much, the best plan found stands, with the bound that was
 * reached.
 */
export function solveApart(market: Market): Solved {
  const patients = rowsOfPatientsWithSeveral(market);
  const empty = new Assignment(market);
  const clashing = ({ slotOf }: Assignment): number[] =>
    patients.filter((rows) => clashAmong(market, slotOf, rows) !== undefined).flat();
  const branchOf = (assignment: Assignment): Branch => {
    let clash: Clash | undefined;
    for (const rows of patients) clash ??= clashAmong(market, assignment.slotOf, rows);
    return { assignment, cost: costOf(assignment), clash };
  };
  const whole = branchOf(place(new Assignment(empty), market.rows.keys()));
  if (whole.clash === undefined) return { ...whole, bound: boundOf(whole) };

  // Only rows of patients who clashed somewhere are placed anew for each branch, on top of all others.
  const restless = new Set<number>();
  let base = empty;
  const branchInto = ({ assignment, clash }: Branch): Branch[] => {
    if (clash === undefined) return [];
    if (clash.rows.some((row) => !restless.has(row))) {
      for (const row of clashing(assignment)) restless.add(row);
      const others = Array.from(market.rows.keys()).filter((row) => !restless.has(row));
      base = place(new Assignment(empty), others);
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
      );
    });
  };

  let best: Branch | undefined;
  let open = [whole];
  const most = Math.max(LEAST_EFFORT, 3 * empty.effort);
  while (open.length > 0 && (best === undefined || empty.effort < most)) {
    // Once that was too much effort: straight down to any plan at all.
    const next = empty.effort < most ? cheapest(open) : at(open, open.length - 1);
    open = open.filter((branch) => branch !== next);
    for (const child of branchInto(next).sort((a, b) => b.cost - a.cost)) {
      if (child.clash !== undefined) open.push(child);
      else if (best === undefined || child.cost < best.cost) best = child;
    }
    const limit = best?.cost ?? Number.POSITIVE_INFINITY;
    open = open.filter((branch) => branch.cost < limit);
  }
  const found = best ?? whole;
  return { ...found, bound: Math.min(boundOf(found), ...(open.length > 0 ? [boundOf(cheapest(open))] : [])) };
}

function place(assignment: Assignment, rows: Iterable<number>): Assignment {
  for (const row of rows) assignment.add(row);
  return assignment;
}

function costOf({ market, rows, slotOf }: Assignment): number {
  return rows.reduce((sum, displaced, row) => {
    const slot = market.slots[slotOf[row] as number];
    return sum + (slot ? priceOf(displaced, slot, market.problem) : market.unplacedCost);
  }, 0);
}

function boundOf({ assignment }: Branch): number {
  return lowerBound(assignment.market, assignment.rows, assignment.prices());
}

/** Rows of each patient who has more than one. */
function rowsOfPatientsWithSeveral({ rows }: Market): number[][] {
  const byPatient = Map.groupBy(rows.keys(), (row) => at(rows, row).patientId);
  return [...byPatient.values()].filter((several) => several.length > 1);
}

function clashAmong({ slots }: Market, slotOf: Int32Array, several: readonly number[]): Clash | undefined {
  for (const [n, one] of several.entries()) {
    for (const other of several.slice(n + 1)) {
      const [a, b] = [slots[slotOf[one] as number], slots[slotOf[other] as number]];
      if (!a || !b || !spansOverlap(a, b)) continue;
      const startsAt = Math.max(a.startsAt, b.startsAt);
      return { rows: [one, other], instant: { startsAt, endsAt: startsAt + 1 } };
    }
  }
  return undefined;
}

/** Of equal ones the latest: the furthest down. */
function cheapest(open: readonly Branch[]): Branch {
  return open.reduce((best, branch) => (branch.cost <= best.cost ? branch : best));
}
