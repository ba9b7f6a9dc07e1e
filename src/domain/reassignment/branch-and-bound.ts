import { Assignment } from "./assignment.ts";
import { lowerBound } from "./bound.ts";
import { spansOverlap } from "./limits.ts";
import { type Network, at, slotCost } from "./network.ts";
import type { Span } from "./model.ts";

export interface Solved {
  readonly assignment: Assignment;
  /** `cost` is the assignment's, `bound` the least that any plan can cost. A row left out costs `unplacedCost` in both. */
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
 * The cheapest assignment in which no patient has two appointments at once. Slots of different doctors overlap. So two
 * displaced appointments of one patient can get the same time. An assignment problem cannot forbid that.
 *
 * Branch and bound: one of the two must avoid the shared instant, and both ways are solved. A branch is
 * dropped when it cannot be cheaper than a plan that was found. The search stops after `maxEffort` (costs read), or after
 * twice the effort of the first assignment if that is more. The best plan found then stands, with the bound reached.
 */
export function branchAndBound(network: Network, maxEffort: number): Solved {
  const patients = rowsOfPatientsWithSeveral(network);
  const empty = new Assignment(network);
  const clashing = ({ slotOf }: Assignment): number[] =>
    patients.filter((rows) => clashAmong(network, slotOf, rows) !== undefined).flat();
  const branchOf = (assignment: Assignment): Branch => {
    let clash: Clash | undefined;
    for (const rows of patients) clash ??= clashAmong(network, assignment.slotOf, rows);
    return { assignment, cost: costOf(assignment), clash };
  };
  const whole = branchOf(place(new Assignment(empty), network.rows.keys()));
  if (whole.clash === undefined) return { ...whole, bound: boundOf(whole) };

  // Each branch places only the rows of patients who clashed before; all other rows are placed once, in `base`.
  const movable = new Set<number>();
  let base = empty;
  const branchInto = ({ assignment, clash }: Branch): Branch[] => {
    if (clash === undefined) return [];
    if (clash.rows.some((row) => !movable.has(row))) {
      for (const row of clashing(assignment)) movable.add(row);
      const others = Array.from(network.rows.keys()).filter((row) => !movable.has(row));
      base = place(new Assignment(empty), others);
    }
    const again = [...movable].sort((a, b) => a - b);
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
  /** Branches compared so far, which takes time too. */
  let compared = 0;
  const maxTotal = Math.max(maxEffort, 3 * empty.effort);
  while (open.length > 0 && (best === undefined || empty.effort + compared < maxTotal)) {
    // Beyond the maximum effort: go straight down to any plan.
    const index = empty.effort + compared < maxTotal ? cheapest(open) : open.length - 1;
    compared += open.length;
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

function costOf({ network, rows, slotOf }: Assignment): number {
  return rows.reduce((sum, displaced, row) => {
    const slot = network.slots[slotOf[row] as number];
    return sum + (slot ? slotCost(displaced, slot, network.problem) : network.unplacedCost);
  }, 0);
}

function boundOf({ assignment }: Branch): number {
  return lowerBound(assignment.network, assignment.rows, assignment.dualPrices());
}

/** Rows of each patient who has more than one. */
function rowsOfPatientsWithSeveral({ rows }: Network): number[][] {
  const byPatient = Map.groupBy(rows.keys(), (row) => at(rows, row).patientId);
  return [...byPatient.values()].filter((several) => several.length > 1);
}

function clashAmong({ slots }: Network, slotOf: Int32Array, several: readonly number[]): Clash | undefined {
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

/** Index of the cheapest branch; of equal ones the latest, which is the deepest. */
function cheapest(open: readonly Branch[]): number {
  return open.reduce((best, { cost }, index) => (cost <= at(open, best).cost ? index : best), 0);
}
