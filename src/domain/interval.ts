/**
 * Half-open intervals `[start, end)` over epoch milliseconds.
 *
 * They are numbers, not Temporal.Instant: a schedule expands to hundreds of thousands of intervals, which are compared and
 * sorted. A number needs no allocation for any of these and is exact until the year 287396. The intervals are half-open, so
 * that neighbours share an edge without overlapping, as in Postgres' `tstzrange(a, b, '[)')`.
 */
export interface Interval {
  /** First instant inside, in epoch milliseconds. */
  readonly start: number;
  /** First instant after it, in epoch milliseconds; always later than `start`. */
  readonly end: number;
}

/**
 * The fault of an interval as one sentence. Undefined if both edges are whole milliseconds and the end is after the start.
 */
export function intervalFault({ start, end }: Interval): string | undefined {
  if (!Number.isSafeInteger(start)) return `The start ${start} is not a whole number of epoch milliseconds.`;
  if (!Number.isSafeInteger(end)) return `The end ${end} is not a whole number of epoch milliseconds.`;
  if (end === start) return "The interval is empty: it ends when it starts.";
  if (end < start) return "The interval is inverted: it ends before it starts.";
  return undefined;
}

/** True if two intervals share an instant. Neighbours that touch do not overlap. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** True when `inner` (an interval, or an instant in epoch milliseconds) lies wholly inside `outer`. */
export function contains(outer: Interval, inner: Interval | number): boolean {
  if (typeof inner === "number") return outer.start <= inner && inner < outer.end;
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The same instants as disjoint intervals in ascending order, with overlapping and touching ones merged. */
export function normalise(intervals: Iterable<Interval>): Interval[] {
  const merged: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && next.start <= last.end) {
      if (next.end > last.end) merged[merged.length - 1] = { start: last.start, end: next.end };
    } else {
      merged.push({ start: next.start, end: next.end });
    }
  }
  return merged;
}

/** The instants of `from` that are in none of `cut`: disjoint, ascending. */
export function subtract(from: Iterable<Interval>, cut: Iterable<Interval>): Interval[] {
  const cuts = normalise(cut);
  const left: Interval[] = [];
  for (const whole of normalise(from)) {
    let start = whole.start;
    for (const hole of cuts) {
      if (hole.end <= start) continue;
      if (hole.start >= whole.end) break;
      if (hole.start > start) left.push({ start, end: hole.start });
      start = hole.end;
    }
    if (start < whole.end) left.push({ start, end: whole.end });
  }
  return left;
}

/**
 * True if `interval` shares an instant with one of `normalised`. These must come from {@link normalise} (ascending and
 * disjoint), because the search is binary.
 */
export function overlapsAny(normalised: readonly Interval[], interval: Interval): boolean {
  let low = 0;
  let high = normalised.length;
  let nearest: Interval | undefined;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = normalised[middle];
    if (candidate && candidate.end > interval.start) {
      nearest = candidate;
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return nearest !== undefined && nearest.start < interval.end;
}
