/** A time at which the suite must be as green as at any other. */
export interface Instant {
  name: string;
  /** RFC 3339. The seeded clinic is in Dublin: UTC in winter, an hour ahead in summer. */
  at: string;
}

/** Each was, or could have been, the cause of a test that failed at some hour only. */
export const INSTANTS: readonly Instant[] = [
  { name: "a Monday at 15:40", at: "2026-12-07T15:40:00Z" },
  { name: "a Tuesday at 23:30", at: "2026-12-08T23:30:00Z" },
  { name: "a Sunday at noon", at: "2026-12-13T12:00:00Z" },
  { name: "a Thursday at 04:00", at: "2027-01-14T04:00:00Z" },
  { name: "a minute before midnight, in winter", at: "2027-01-19T23:59:00Z" },
  { name: "a minute before midnight, in summer", at: "2027-06-16T22:59:00Z" },
  { name: "twenty past midnight, in summer: UTC is a day behind", at: "2027-07-21T23:20:00Z" },
  { name: "a minute before the clocks go forward", at: "2027-03-28T00:59:00Z" },
  { name: "a minute before the clocks go back", at: "2027-10-31T00:59:00Z" },
  { name: "28 February of a leap year, a minute before midnight", at: "2028-02-28T23:59:00Z" },
  { name: "29 February at 10:00", at: "2028-02-29T10:00:00Z" },
  { name: "31 December at 23:50", at: "2026-12-31T23:50:00Z" },
  { name: "a public holiday at 10:00", at: "2027-03-17T10:00:00Z" },
  { name: "the Friday before Christmas at 18:00", at: "2027-12-24T18:00:00Z" },
  { name: "a year and more on, a Monday at 15:35", at: "2027-12-06T15:35:00Z" },
];

const DAY_MS = 86_400_000;

/** The instant for the day of `now` (epoch milliseconds, UTC). They take turns, one a day. */
export function instantOfTheDay(now: number): Instant {
  return INSTANTS[Math.floor(now / DAY_MS) % INSTANTS.length]!;
}
