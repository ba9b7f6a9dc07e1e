import { Assignment } from "./assignment.ts";
import { lowerBound } from "./bound.ts";
import { spansOverlap } from "./limits.ts";
import { type Market, at, priceOf } from "./market.ts";
import type { Span } from "./model.ts";

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
 * cannot be cheaper than what was found. Once that has taken `mostEffort` (prices read), or twice what the first assignment
 * took if that is more, the best plan found stands, with the bound that was reached.
 */
export function solveApart(market: Market, mostEffort: number): Solved {
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
    const again = [...restless].sort((a, b) => a - b);
    return clash.rows.map((avoiding) => {
      const child = new Assignment(base);
      for (const row of again) child.rows[row] = at(assignment.rows, row);
      const row = at(child.rows, avoiding);
      child.rows[avoiding] = { ...row, busy: [...row.busy, clash.instant] };
      return branchOf(place(child, again));
    });
  };

  let best: Branch | undefined;
  let open = [whole];
  let sought = 0;
  const most = Math.max(mostEffort, 3 * empty.effort);
  while (open.length > 0 && (best === undefined || empty.effort + sought < most)) {
    // Once that was too much effort: straight down to any plan at all.
    const index = empty.effort + sought < most ? cheapest(open) : open.length - 1;
    sought += open.length;
    const children = open.splice(index, 1).flatMap(branchInto);
    for (const child of children.sort((a, b) => b.cost - a.cost)) {
      if (child.clash !== undefined) open.push(child);
      else if (best === undefined || child.cost < best.cost) best = child;
    }
    const limit = best?.cost ?? Number.POSITIVE_INFINITY;
    if (open.some(({ cost }) => cost >= limit)) open = open.filter(({ cost }) => cost < limit);
  }
  const found = best ?? whole;
  return { ...found, bound: Math.min(boundOf(found), ...(open.length > 0 ? [boundOf(at(open, cheapest(open)))] : [])) };
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

/** Index of the cheapest; of equal ones the latest, which is the furthest down. */
function cheapest(open: readonly Branch[]): number {
  return open.reduce((best, { cost }, index) => (cost <= at(open, best).cost ? index : best), 0);
}
