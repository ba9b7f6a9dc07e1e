/** `year`: the year whose holidays are shown; this one without it. */
export function readHolidaysSearch(search: Record<string, unknown>): { year?: number } {
  const year = Number(search["year"]);
  return Number.isInteger(year) && year >= 1900 && year < 3000 ? { year } : {};
}
