/** The board's state in its address: a link or a saved view opens the same board. */
export interface BoardSearch {
  /** `YYYY-MM-DD` at the clinic; today without it. */
  date?: string;
  view?: "week";
  /** As a list or as a board; without it a list on phones alone. */
  as?: "list" | "board";
  doctor?: string;
  place?: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const ID = /^[0-9a-f-]{36}$/;

export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const { date, view, as, doctor, place } = search;
  return {
    ...(typeof date === "string" && DATE.test(date) && !Number.isNaN(Date.parse(date)) ? { date } : {}),
    ...(view === "week" ? { view } : {}),
    ...(as === "list" || as === "board" ? { as } : {}),
    ...(typeof doctor === "string" && ID.test(doctor) ? { doctor } : {}),
    ...(typeof place === "string" && ID.test(place) ? { place } : {}),
  };
}

/** The address without one of its parts. */
export function without<Key extends keyof BoardSearch>(search: BoardSearch, key: Key): Omit<BoardSearch, Key> {
  const rest = { ...search };
  delete rest[key];
  return rest;
}
