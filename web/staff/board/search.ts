/** What the board shows, in its address: a link or a saved view opens the same board. */
export interface BoardSearch {
  /** `YYYY-MM-DD` at the clinic; today without it. */
  date?: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const { date } = search;
  return typeof date === "string" && DATE.test(date) ? { date } : {};
}
