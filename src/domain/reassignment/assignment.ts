import { SIXTIETHS } from "./cost.ts";
import { MinHeap } from "./heap.ts";
import { type Market, at, outward, priceOf, timePrice } from "./market.ts";
import type { DisplacedAppointment } from "./model.ts";

const NONE = -1;

/** Making a copy, and all else that is done for one, takes about as long as reading so many prices. */
const COPYING = 2_000;

/** Paths being looked for; nothing of it outlives one search, so all assignments of a market share it. */
interface Search {
  readonly heap: MinHeap;
  /** Rows first, then times: the shortest distance found, and the node and the slot by which it was. */
  readonly distance: Float64Array;
  readonly from: Int32Array;
  readonly by: Int32Array;
  /** Nodes that have a distance. */
  readonly reached: number[];
  /** By kind of row: what its times were reached from at the least. */
  readonly asked: Float64Array;
  readonly askedKinds: number[];
  /** How many prices have been read so far, in all searches. */
  effort: number;
  /** The nearest end: distance, node, and a free slot (or NONE: the row at the end goes without). */
  end: { distance: number; node: number; slot: number };
}

/**
 * A cheapest assignment of the rows placed so far, kept cheapest as rows are added one by one: each takes the shortest
 * augmenting path, found by Dijkstra over reduced costs (Jonker and Volgenant 1987; Tomizawa 1971), all in whole numbers.
 *
 * The network has a node for each row and each time. A row reaches a time at `timePrice` and a slot of its own doctor at
 * that slot's cost; a time passes on to any of its slots for nothing. Prices prove the result: a slot without a taker has
 * price 0, no row would pay less elsewhere, and `worth` is what a row pays for its slot with cost and price together.
 */
export class Assignment {
  readonly market: Market;
  /** As the market has them, but for those that have been told to keep away from some instants. */
  readonly rows: DisplacedAppointment[];
  /** Slot of a row, or -1. */
  readonly slotOf: Int32Array;
  /** Row of a slot, or -1. */
  readonly rowOf: Int32Array;
  /** What a row paid for a slot taken as its own doctor's; -1 if it came by the slot's time. */
  readonly #paid: Float64Array;
  readonly #worth: Float64Array;
  readonly #timePrice: Float64Array;
  readonly #freeIn: Int32Array;
  readonly #search: Search;

  constructor(source: Market | Assignment) {
    if (source instanceof Assignment) {
      this.market = source.market;
      this.rows = [...source.rows];
      this.slotOf = source.slotOf.slice();
      this.rowOf = source.rowOf.slice();
      this.#paid = source.#paid.slice();
      this.#worth = source.#worth.slice();
      this.#timePrice = source.#timePrice.slice();
      this.#freeIn = source.#freeIn.slice();
      this.#search = source.#search;
      this.#search.effort += COPYING + this.slotOf.length + this.rowOf.length;
      return;
    }
    const { rows, slots, times } = source;
    const nodes = rows.length + times.length;
    this.market = source;
    this.rows = [...rows];
    this.slotOf = new Int32Array(rows.length).fill(NONE);
    this.rowOf = new Int32Array(slots.length).fill(NONE);
    this.#paid = new Float64Array(rows.length).fill(NONE);
    this.#worth = new Float64Array(rows.length);
    this.#timePrice = new Float64Array(times.length);
    this.#freeIn = Int32Array.from(times, (time) => time.slots.length);
    this.#search = {
      heap: new MinHeap(nodes),
      distance: new Float64Array(nodes).fill(Number.POSITIVE_INFINITY),
      from: new Int32Array(nodes),
      by: new Int32Array(nodes),
      reached: [],
      asked: new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY),
      askedKinds: [],
      effort: 0,
      end: { distance: Number.POSITIVE_INFINITY, node: NONE, slot: NONE },
    };
  }

  /** Adds a row, moving others along where that is cheapest; leaves one out where there is no room. */
  add(row: number): void {
    const { heap, reached, asked, askedKinds } = this.#search;
    this.#search.end = { distance: Number.POSITIVE_INFINITY, node: NONE, slot: NONE };
    this.#reach(row, 0, NONE, NONE);
    while (heap.least < this.#search.end.distance) {
      const node = heap.pop();
      if (node < this.rows.length) this.#lookFromRow(node);
      else this.#lookFromTime(node - this.rows.length);
    }
    this.#raise();
    this.#moveAlong();
    heap.clear();
    for (const node of reached) this.#search.distance[node] = Number.POSITIVE_INFINITY;
    for (const kind of askedKinds) asked[kind] = Number.POSITIVE_INFINITY;
    reached.length = 0;
    askedKinds.length = 0;
  }

  /** How many prices all assignments of this market have read so far, and copied: a measure of time that is the same on every machine. */
  get effort(): number {
    return this.#search.effort;
  }

  /** The price of each slot, sixtieths of a point, never below 0. {@link lowerBound} makes a proof of them. */
  prices(): Float64Array {
    return Float64Array.from(this.rowOf, (row, slot) => (row === NONE ? 0 : this.#slotPrice(slot, row)));
  }

  #slotPrice(slot: number, row: number): number {
    const paid = this.#paid[row] as number;
    return paid === NONE
      ? (this.#timePrice[this.market.timeOf[slot] as number] as number)
      : (this.#worth[row] as number) - paid;
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

  /** A way to an end; among equals the earlier slot, and going without only when nothing else is as good. */
  #end(distance: number, node: number, slot: number): void {
    const { end } = this.#search;
    if (distance > end.distance) return;
    if (distance === end.distance && (slot === NONE || (end.slot !== NONE && slot >= end.slot))) return;
    end.distance = distance;
    end.node = node;
    end.slot = slot;
  }

  #lookFromRow(row: number): void {
    const { market, rows } = this;
    const { problem, slots, byDoctor } = market;
    const { end, distance, asked, askedKinds } = this.#search;
    const displaced = at(rows, row);
    const dayCost = problem.weights.dayPoints * SIXTIETHS;
    /** Distance at which something that costs nothing would be reached. */
    const start = (distance[row] as number) - (this.#worth[row] as number);
    this.#end(start + market.unplacedCost, row, NONE);

    outward(at(market.ownFor, row), displaced.day, (index, daysAway) => {
      if (start + daysAway * dayCost > end.distance) return false;
      this.#search.effort++;
      const slot = byDoctor[index] as number;
      const cost = priceOf(displaced, at(slots, slot), problem);
      const holder = this.rowOf[slot] as number;
      if (cost === NONE || holder === row) return true;
      if (holder === NONE) this.#end(start + cost, row, slot);
      else {
        const node = this.#paid[holder] === NONE ? rows.length + (market.timeOf[slot] as number) : holder;
        this.#reach(node, start + cost + this.#slotPrice(slot, holder), row, slot);
      }
      return true;
    });

    // Rows of a kind reach the same times: one that starts no nearer than another did has nothing to add.
    if (displaced === market.rows[row]) {
      const kind = market.kindOf[row] as number;
      if (start >= (asked[kind] as number)) return;
      if (asked[kind] === Number.POSITIVE_INFINITY) askedKinds.push(kind);
      asked[kind] = start;
    }
    const fromOthers = start + problem.weights.doctorPoints * SIXTIETHS;
    outward(at(market.timesFor, row), displaced.day, (time, daysAway) => {
      if (fromOthers + daysAway * dayCost > end.distance) return false;
      this.#search.effort++;
      const cost = timePrice(market, row, displaced, time);
      if (cost === NONE || start + cost > end.distance) return true;
      if (this.#freeIn[time] === 0) {
        this.#reach(rows.length + time, start + cost + (this.#timePrice[time] as number), row, NONE);
      } else this.#end(start + cost, row, this.#freeSlot(time));
      return true;
    });
  }

  #lookFromTime(time: number): void {
    const { market, rows } = this;
    const node = rows.length + time;
    const distance = this.#search.distance[node] as number;
    if ((this.#freeIn[time] as number) > 0) {
      this.#end(distance, node, this.#freeSlot(time));
      return;
    }
    const price = this.#timePrice[time] as number;
    for (const slot of at(market.times, time).slots) {
      const row = this.rowOf[slot] as number;
      this.#reach(row, distance + this.#slotPrice(slot, row) - price, node, slot);
    }
  }

  #freeSlot(time: number): number {
    return at(this.market.times, time).slots.find((slot) => this.rowOf[slot] === NONE) ?? NONE;
  }

  /** Raises the prices of all that was nearer than the end, so that the way there costs nothing more. */
  #raise(): void {
    const { reached, distance, end } = this.#search;
    for (const node of reached) {
      const by = end.distance - (distance[node] as number);
      if (by <= 0) continue;
      if (node < this.rows.length) this.#worth[node] = (this.#worth[node] as number) + by;
      else this.#timePrice[node - this.rows.length] = (this.#timePrice[node - this.rows.length] as number) + by;
    }
  }

  /** Walks the path that was found: each row on it leaves its slot to the one before. */
  #moveAlong(): void {
    const { from, by, end } = this.#search;
    const path: number[] = [];
    for (let node = end.node; node !== NONE; node = from[node] as number) path.push(node);
    path.reverse();
    let needy = at(path, 0);
    /** Set while the needy row comes by a time and not as its own doctor's patient. */
    let byTime = false;
    for (const node of path.slice(1)) {
      const slot = by[node] as number;
      if (node < this.rows.length) {
        if (node !== needy) this.#give(needy, slot, byTime);
        needy = node;
        byTime = false;
      } else if (slot === NONE) byTime = true;
      else {
        // Takes its own doctor's slot from somebody who came by that slot's time and is as well served by another of it.
        const holder = this.rowOf[slot] as number;
        this.#give(needy, slot, false);
        needy = holder;
        byTime = true;
      }
    }
    this.slotOf[needy] = NONE;
    this.#paid[needy] = NONE;
    if (end.slot === NONE) return;
    const time = this.market.timeOf[end.slot] as number;
    this.#give(needy, end.slot, byTime || !this.#isOwn(needy, end.slot));
    this.#freeIn[time] = (this.#freeIn[time] as number) - 1;
  }

  #give(row: number, slot: number, byTime: boolean): void {
    const { market, rows } = this;
    this.slotOf[row] = slot;
    this.rowOf[slot] = row;
    this.#paid[row] = byTime ? NONE : priceOf(at(rows, row), at(market.slots, slot), market.problem);
  }

  #isOwn(row: number, slot: number): boolean {
    return at(this.rows, row).doctorId === at(this.market.slots, slot).doctorId;
  }
}
