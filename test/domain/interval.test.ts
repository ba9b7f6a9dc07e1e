import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contains,
  type Interval,
  intervalFault,
  normalise,
  overlaps,
  overlapsAny,
  subtract,
} from "#domain/interval.ts";

const SPAN = 60;
const small: fc.Arbitrary<Interval> = fc
  .tuple(fc.nat(SPAN - 1), fc.integer({ min: 1, max: 12 }))
  .map(([start, length]) => ({ start, end: Math.min(SPAN, start + length) }));
const list = fc.array(small, { maxLength: 8 });

/** The model: an interval is the set of whole numbers inside it. */
function members(intervals: Iterable<Interval>): Set<number> {
  const set = new Set<number>();
  for (const { start, end } of intervals) for (let n = start; n < end; n++) set.add(n);
  return set;
}

function isTidy(intervals: Interval[]): boolean {
  return intervals.every((one, index) => one.start < one.end && (index === 0 || intervals[index - 1]!.end < one.start));
}

describe("half-open intervals", () => {
  test("Intervals that touch do not overlap", () => {
    expect(overlaps({ start: 1, end: 2 }, { start: 2, end: 3 })).toBe(false);
    expect(overlaps({ start: 1, end: 3 }, { start: 2, end: 3 })).toBe(true);
  });

  test("An interval contains its start and not its end", () => {
    expect(contains({ start: 1, end: 2 }, 1)).toBe(true);
    expect(contains({ start: 1, end: 2 }, 2)).toBe(false);
    expect(contains({ start: 1, end: 5 }, { start: 1, end: 5 })).toBe(true);
    expect(contains({ start: 1, end: 5 }, { start: 4, end: 6 })).toBe(false);
  });

  test("An interval that is empty, inverted or not in whole milliseconds is refused with the reason", () => {
    expect(intervalFault({ start: 0, end: 1 })).toBeUndefined();
    expect(intervalFault({ start: 1, end: 1 })).toMatch(/empty/);
    expect(intervalFault({ start: 2, end: 1 })).toMatch(/inverted/);
    expect(intervalFault({ start: 0.5, end: 1 })).toMatch(/start 0.5/);
    expect(intervalFault({ start: 0, end: Number.NaN })).toMatch(/end NaN/);
    expect(intervalFault({ start: 0, end: Number.POSITIVE_INFINITY })).toMatch(/end Infinity/);
  });

  test("Two intervals overlap if and only if they share an instant", () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(overlaps(a, b)).toBe([...members([a])].some((n) => contains(b, n)));
      }),
      { numRuns: 1000 },
    );
  });

  test("Normalised intervals have the same instants, in order, with nothing left to merge", () => {
    fc.assert(
      fc.property(list, (intervals) => {
        const tidy = normalise(intervals);
        expect(members(tidy)).toEqual(new Set([...members(intervals)].sort((a, b) => a - b)));
        expect(isTidy(tidy)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("Subtraction removes exactly the cut instants", () => {
    fc.assert(
      fc.property(list, list, (from, cut) => {
        const left = subtract(from, cut);
        const cuts = members(cut);
        expect([...members(left)]).toEqual([...members(normalise(from))].filter((n) => !cuts.has(n)));
        expect(isTidy(left)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("Binary search gives the same answer as a linear one", () => {
    fc.assert(
      fc.property(list, small, (intervals, one) => {
        const tidy = normalise(intervals);
        expect(overlapsAny(tidy, one)).toBe(tidy.some((other) => overlaps(other, one)));
      }),
      { numRuns: 1000 },
    );
  });
});
