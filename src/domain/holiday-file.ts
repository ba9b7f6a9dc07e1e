/**
 * Why a day of the source is no holiday of the clinic unless staff choose it: banks and offices close, many people take the
 * day off, schools close, a day that is only kept in mind, or a holiday from some hour of the day on.
 */
export const LEFT_OUT_REASONS = ["bank", "optional", "school", "observance", "part-of-day"] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** Clinic date, index into the file's `names`, and into `LEFT_OUT_REASONS`. */
export type LeftOutEntry = [date: string, name: number, reason: number];

/**
 * The public holidays of one country in a static asset, `/holidays/<CC>.json`. A region is stored as its difference from
 * the country, which makes the file a tenth as long.
 */
export interface HolidayFile {
  /** ISO 3166-1 alpha-2. */
  country: string;
  name: string;
  /** The source of the dates, shown beside them. */
  source: string;
  /** First and last year, both included. */
  years: [number, number];
  names: string[];
  /** Clinic date and index into `names`, ascending. */
  days: [string, number][];
  /** Other days that the source knows, ascending. */
  leftOut: LeftOutEntry[];
  regions: Record<
    string,
    {
      name: string;
      add?: [string, number][];
      omit?: string[];
      leftOut?: { add?: LeftOutEntry[]; omit?: string[] };
    }
  >;
}

export interface LeftOutDay extends HolidayDay {
  reason: LeftOutReason;
}

export interface HolidayDay {
  /** Clinic date `YYYY-MM-DD`. */
  date: string;
  name: string;
}

/** A region's holidays of one year, ascending; null when the file has no such region or year. */
export function holidaysIn(file: HolidayFile, region: string | null, year: number): HolidayDay[] | null {
  const [first, last] = file.years;
  if (year < first || year > last) return null;
  const own = region === null ? { add: [], omit: [] } : Object.hasOwn(file.regions, region) && file.regions[region];
  if (!own) return null;
  const omit = new Set(own.omit);
  const days = new Map(file.days.filter(([date]) => !omit.has(date)));
  for (const [date, name] of own.add ?? []) days.set(date, name);
  return [...days]
    .filter(([date]) => date.startsWith(`${year}-`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, name]) => ({ date, name: file.names[name] ?? "" }));
}

/** The source's other days in a region and year, ascending; null when the file has no such region or year. */
export function leftOutIn(file: HolidayFile, region: string | null, year: number): LeftOutDay[] | null {
  const off = holidaysIn(file, region, year);
  if (!off) return null;
  const own = (region === null ? undefined : file.regions[region]?.leftOut) ?? {};
  const omit = new Set([...(own.omit ?? []), ...off.map(({ date }) => date)]);
  const days = new Map(file.leftOut.filter(([date]) => !omit.has(date)).map((entry) => [entry[0], entry]));
  for (const entry of own.add ?? []) days.set(entry[0], entry);
  return [...days.values()]
    .filter(([date]) => date.startsWith(`${year}-`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, name, reason]) => ({
      date,
      name: file.names[name] ?? "",
      reason: LEFT_OUT_REASONS[reason] ?? "observance",
    }));
}
