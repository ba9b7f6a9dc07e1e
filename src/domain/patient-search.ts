import { isWithinCalendar } from "#lib/cursor.ts";

/** The parts of a search text for patients. */
export interface PatientSearch {
  /** Words of a name; the database ignores accents and case. A text without a letter and a digit is one word as it is. */
  words: string[];
  /** The beginning of the clinic's number, capitals and digits only. */
  number: string | null;
  /** Calendar date `YYYY-MM-DD`. */
  dateOfBirth: string | null;
}

/** Maximum number of words: longer searches find no patient and cost time. */
const MAX_WORDS = 6;

/**
 * Reads "niamh 12/03/1984", "LC-10007" or "o'shea". Dates (year first, or day first as in Europe) are dates of birth. Other
 * words with a digit are the clinic's number. The rest is the name.
 */
export function readPatientSearch(text: string): PatientSearch {
  const search: PatientSearch = { words: [], number: null, dateOfBirth: null };
  // Joiners shape letters and separate none.
  const plain = text.replaceAll(/[\u200c\u200d]/g, "").trim();
  for (const word of plain.split(/\s+/)) {
    const date = dateOf(word);
    if (date) search.dateOfBirth = date;
    else if (/\d/.test(word)) search.number = (search.number ?? "") + numberKey(word);
    // A hyphen separates two names, an apostrophe does not.
    else search.words.push(...word.split(/[^\p{L}\p{M}'’`´]+/u).filter((part) => /\p{L}/u.test(part)));
  }
  const isEmpty = search.words.length === 0 && search.number === null && search.dateOfBirth === null;
  if (isEmpty && text.trim() !== "") search.words.push(text.trim());
  search.words.splice(MAX_WORDS);
  return search;
}

/** The form in which patients' numbers are compared: capitals and digits only. */
export function numberKey(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

function dateOf(word: string): string | null {
  const yearFirst = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(word);
  const dayFirst = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(word);
  const [year, month, day] = yearFirst ? yearFirst.slice(1) : (dayFirst?.slice(1).reverse() ?? []);
  if (!year || !month || !day) return null;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  // PostgreSQL has no year 0.
  if (!isWithinCalendar(date)) return null;
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? date : null;
}
