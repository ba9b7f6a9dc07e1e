import { type TimesSearch, readTimesSearch } from "#kit/appointments/times-search.ts";

/** The search parameters of a hold's pages. They are needed after the hold is over, and for the link back to the times. */
export interface HoldSearch extends TimesSearch {
  /** The slot; empty if the address was cut short. */
  slot: string;
}

export function readHoldSearch(search: Record<string, unknown>): HoldSearch {
  return { ...readTimesSearch(search), slot: typeof search["slot"] === "string" ? search["slot"] : "" };
}

/** The search of the times that the patient came from. */
export const timesOf = (search: HoldSearch): TimesSearch => readTimesSearch({ ...search });
