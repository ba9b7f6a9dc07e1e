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
  regions: Record<string, { name: string; add?: [string, number][]; omit?: string[] }>;
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
