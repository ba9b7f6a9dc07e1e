/** The search parameters of the first page: the doctor or specialty, and the first clinic date. */
export interface TimesSearch {
  doctor?: string | undefined;
  specialty?: string | undefined;
  from?: string | undefined;
  /** The appointment that gets another time; without it a new one is booked. */
  change?: string | undefined;
}

const UUID = /^[0-9a-f-]{36}$/i;

/** Reads the search parameters and leaves out invalid ones. */
export function readTimesSearch(search: Record<string, unknown>): TimesSearch {
  const { doctor, specialty, from, change } = search;
  return {
    ...(typeof doctor === "string" && UUID.test(doctor) ? { doctor } : {}),
    ...(typeof specialty === "string" && specialty !== "" && typeof doctor !== "string" ? { specialty } : {}),
    ...(typeof from === "string" && /^\d{4}-\d{2}-\d{2}$/.test(from) ? { from } : {}),
    ...(typeof change === "string" && UUID.test(change) ? { change } : {}),
  };
}
