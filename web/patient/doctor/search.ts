/** A date in the address of a doctor's page. */
export interface DateSearch {
  /** `YYYY-MM-DD` at the clinic; today without it. */
  date?: string;
}

/** The date of an address, if it has a real one. */
export function readDateSearch({ date }: Record<string, unknown>): DateSearch {
  const isDate = typeof date === "string" && /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
  return isDate ? { date } : {};
}
