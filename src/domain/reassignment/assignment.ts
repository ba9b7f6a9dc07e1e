import { SIXTIETHS } from "./cost.ts";
import { MinHeap } from "./heap.ts";
import { type Network, at, outward, slotCost, timeCost } from "./network.ts";
import type { DisplacedAppointment } from "./model.ts";

const NONE = -1;

/** Effort of a copy: making one takes about as long as reading this many costs. */
const COPY_EFFORT = 2_000;

/** The state of one search for a path. No search needs it after another, so all assignments of a network share it. */
interface Search {
  readonly heap: MinHeap;
  /** Rows first, then times: the shortest distance found, and the node and the slot that it came through. */
  readonly distance: Float64Array;
  readonly from: Int32Array;
  readonly by: Int32Array;
  /** Nodes that have a distance. */
  readonly reached: number[];
  /** By kind of row: the least distance from which its times were visited. */
  readonly visited: Float64Array;
  readonly visitedKinds: number[];
  /** Costs read so far, in all searches. */
  effort: number;
  /** The nearest end: its distance, its node, and a free slot. NONE: the row at the end gets no slot. */
  end: { distance: number; node: number; slot: number };
}

/**
 * A cheapest assignment of the rows placed so far. It stays cheapest as rows are added one by one. Each takes the shortest
 * augmenting path, found by Dijkstra over reduced costs (Jonker and Volgenant 1987; Tomizawa 1971), in whole numbers.
 *
 * The network has a node for each row and each time. A row reaches a time at `timeCost`, and a slot of its own doctor at
 * that slot's cost. A time reaches each of its slots at no cost. Dual prices prove the result. A slot that no row has is
 * priced 0. The dual price of a row is the cost plus the dual price of its slot. No other slot is cheaper for it.
 */
export class Assignment {
  readonly network: Network;
  /** The network's rows; branch and bound adds instants that some of them must avoid. */
  readonly rows: DisplacedAppointment[];
  /** Slot of a row, or -1. */
  readonly slotOf: Int32Array;
  /** Row of a slot, or -1. */
  readonly rowOf: Int32Array;
  /** The cost at which a row took its own doctor's slot directly; -1 if it reached the slot through its time. */
  readonly #ownCost: Float64Array;
  readonly #rowDual: Float64Array;
  readonly #timeDual: Float64Array;
  readonly #freeIn: Int32Array;
  readonly #search: Search;

  constructor(source: Network | Assignment) {
    if (source instanceof Assignment) {
      this.network = source.network;
      this.rows = [...source.rows];
      this.slotOf = source.slotOf.slice();
      this.rowOf = source.rowOf.slice();
      this.#ownCost = source.#ownCost.slice();
      this.#rowDual = source.#rowDual.slice();
      this.#timeDual = source.#timeDual.slice();
      this.#freeIn = source.#freeIn.slice();
      this.#search = source.#search;
      this.#search.effort += COPY_EFFORT + this.slotOf.length + this.rowOf.length;
      return;
    }
    const { rows, slots, times } = source;
    const nodes = rows.length + times.length;
    this.network = source;
    this.rows = [...rows];
    this.slotOf = new Int32Array(rows.length).fill(NONE);
    this.rowOf = new Int32Array(slots.length).fill(NONE);
    this.#ownCost = new Float64Array(rows.length).fill(NONE);
    this.#rowDual = new Float64Array(rows.length);
    this.#timeDual = new Float64Array(times.length);
    this.#freeIn = Int32Array.from(times, (time) => time.slots.length);
    this.#search = {
      heap: new MinHeap(nodes),
      distance: new Float64Array(nodes).fill(Number.POSITIVE_INFINITY),
      from: new Int32Array(nodes),
      by: new Int32Array(nodes),
      reached: [],
      visited: new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY),
      visitedKinds: [],
      effort: 0,
      end: { distance: Number.POSITIVE_INFINITY, node: NONE, slot: NONE },
    };
  }

  /** Adds a row, and moves other rows where that is cheapest. One row stays without a slot if there is no room. */
  add(row: number): void {
    const { heap, reached, visited, visitedKinds } = this.#search;
    this.#search.end = { distance: Number.POSITIVE_INFINITY, node: NONE, slot: NONE };
    this.#reach(row, 0, NONE, NONE);
    while (heap.least < this.#search.end.distance) {
      const node = heap.pop();
      if (node < this.rows.length) this.#visitRow(node);
      else this.#visitTime(node - this.rows.length);
    }
    this.#raiseDualPrices();
    this.#applyPath();
    heap.clear();
    for (const node of reached) this.#search.distance[node] = Number.POSITIVE_INFINITY;
    for (const kind of visitedKinds) visited[kind] = Number.POSITIVE_INFINITY;
    reached.length = 0;
    visitedKinds.length = 0;
  }

  /** Costs read and copied so far by all assignments of this network: a measure of effort that is equal on all machines. */
  get effort(): number {
    return this.#search.effort;
  }

  /** The dual price of each slot, in sixtieths of a point, never negative. {@link lowerBound} turns them into a proof. */
  dualPrices(): Float64Array {
    return Float64Array.from(this.rowOf, (row, slot) => (row === NONE ? 0 : this.#slotDual(slot, row)));
  }

  #slotDual(slot: number, row: number): number {
    const paid = this.#ownCost[row] as number;
    return paid === NONE
      ? (this.#timeDual[this.network.timeOf[slot] as number] as number)
      : (this.#rowDual[row] as number) - paid;
  }

  #reach(node: number, distance: number, from: number, by: number): void {
    const search = this.#search;
    const known = search.distance[node] as number;
    if (distance >= known || distance >= search.end.distance) return;
    if (known === Number.POSITIVE_INFINITY) search.reached.push(node);
    search.distance[node] = distance;
    search.from[node] = from;
    search.by[node] = by;
    search.heap.push(node, distance);
  }

  /** Notes a path's end. Of equal ends the earlier slot wins, and no slot at all loses to any slot. */
  #end(distance: number, node: number, slot: number): void {
    const { end } = this.#search;
    if (distance > end.distance) return;
    if (distance === end.distance && (slot === NONE || (end.slot !== NONE && slot >= end.slot))) return;
    end.distance = distance;
    end.node = node;
    end.slot = slot;
  }

  #visitRow(row: number): void {
    const { network, rows } = this;
    const { problem, slots, byDoctor } = network;
    const { end, distance, visited, visitedKinds } = this.#search;
    const displaced = at(rows, row);
    const dayCost = problem.weights.dayPoints * SIXTIETHS;
    /** The distance of a node that would cost nothing from here. */
    const start = (distance[row] as number) - (this.#rowDual[row] as number);
    this.#end(start + network.unplacedCost, row, NONE);

    outward(at(network.ownFor, row), displaced.day, (index, daysAway) => {
      if (start + daysAway * dayCost > end.distance) return false;
      this.#search.effort++;
      const slot = byDoctor[index] as number;
      const cost = slotCost(displaced, at(slots, slot), problem);
      const holder = this.rowOf[slot] as number;
      if (cost === NONE || holder === row) return true;
      if (holder === NONE) this.#end(start + cost, row, slot);
      else {
        const node = this.#ownCost[holder] === NONE ? rows.length + (network.timeOf[slot] as number) : holder;
        this.#reach(node, start + cost + this.#slotDual(slot, holder), row, slot);
      }
      return true;
    });

    // Rows of a kind reach the same times. So a row that is no nearer than a visited one finds nothing new.
    if (displaced === network.rows[row]) {
      const kind = network.kindOf[row] as number;
      if (start >= (visited[kind] as number)) return;
      if (visited[kind] === Number.POSITIVE_INFINITY) visitedKinds.push(kind);
      visited[kind] = start;
    }
    const fromOthers = start + problem.weights.doctorPoints * SIXTIETHS;
    outward(at(network.timesFor, row), displaced.day, (time, daysAway) => {
      if (fromOthers + daysAway * dayCost > end.distance) return false;
      this.#search.effort++;
      const cost = timeCost(network, row, displaced, time);
      if (cost === NONE || start + cost > end.distance) return true;
      if (this.#freeIn[time] === 0) {
        this.#reach(rows.length + time, start + cost + (this.#timeDual[time] as number), row, NONE);
      } else this.#end(start + cost, row, this.#freeSlot(time));
      return true;
    });
  }

  #visitTime(time: number): void {
    const { network, rows } = this;
    const node = rows.length + time;
    const distance = this.#search.distance[node] as number;
    if ((this.#freeIn[time] as number) > 0) {
      this.#end(distance, node, this.#freeSlot(time));
      return;
    }
    const price = this.#timeDual[time] as number;
    for (const slot of at(network.times, time).slots) {
      const row = this.rowOf[slot] as number;
      this.#reach(row, distance + this.#slotDual(slot, row) - price, node, slot);
    }
  }

  #freeSlot(time: number): number {
    return at(this.network.times, time).slots.find((slot) => this.rowOf[slot] === NONE) ?? NONE;
  }

  /** Raises the dual prices of all nodes nearer than the end. Then the path to the end has a reduced cost of 0. */
  #raiseDualPrices(): void {
    const { reached, distance, end } = this.#search;
    for (const node of reached) {
      const by = end.distance - (distance[node] as number);
      if (by <= 0) continue;
      if (node < this.rows.length) this.#rowDual[node] = (this.#rowDual[node] as number) + by;
      else this.#timeDual[node - this.rows.length] = (this.#timeDual[node - this.rows.length] as number) + by;
    }
  }

  /** Applies the path that was found: each row on it leaves its slot to the row before it. */
  #applyPath(): void {
    const { from, by, end } = this.#search;
    const path: number[] = [];
    for (let node = end.node; node !== NONE; node = from[node] as number) path.push(node);
    path.reverse();
    let waiting = at(path, 0);
    /** Whether the row without a slot reaches its next one through a time. */
    let byTime = false;
    for (const node of path.slice(1)) {
      const slot = by[node] as number;
      if (node < this.rows.length) {
        if (node !== waiting) this.#give(waiting, slot, byTime);
        waiting = node;
        byTime = false;
      } else if (slot === NONE) byTime = true;
      else {
        // Takes its own doctor's slot from a row that reached it through its time. Any other slot of that time costs that
        // row the same.
        const holder = this.rowOf[slot] as number;
        this.#give(waiting, slot, false);
        waiting = holder;
        byTime = true;
      }
    }
    this.slotOf[waiting] = NONE;
    this.#ownCost[waiting] = NONE;
    if (end.slot === NONE) return;
    const time = this.network.timeOf[end.slot] as number;
    this.#give(waiting, end.slot, byTime || !this.#isOwn(waiting, end.slot));
    this.#freeIn[time] = (this.#freeIn[time] as number) - 1;
  }

  #give(row: number, slot: number, byTime: boolean): void {
    const { network, rows } = this;
    this.slotOf[row] = slot;
    this.rowOf[slot] = row;
    this.#ownCost[row] = byTime ? NONE : slotCost(at(rows, row), at(network.slots, slot), network.problem);
  }

  #isOwn(row: number, slot: number): boolean {
    return at(this.rows, row).doctorId === at(this.network.slots, slot).doctorId;
  }
}
