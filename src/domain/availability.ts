/** A free slot as far as paging is concerned: its clinic date, start (epoch milliseconds) and id. */
interface Dated {
  id: string;
  date: string;
  startsAt: number;
}

/**
 * Cuts a list of free slots, ordered by date and read one longer than `limit`, into one page of whole days. Only a day
 * that alone is longer than a page is cut within. `next` is the position after the page, `throughDate` the last date
 * that the page answers for; both null when there is no more.
 */
export function pageByDay<Slot extends Dated>(slots: readonly Slot[], limit: number) {
  if (slots.length <= limit) return { page: slots, next: null, throughDate: null };
  const beyond = slots[limit];
  let end = limit;
  while (end > 0 && slots[end - 1]?.date === beyond?.date) end--;
  const page = slots.slice(0, end === 0 ? limit : end);
  const last = page.at(-1);
  if (!last) return { page: slots, next: null, throughDate: null };
  return { page, next: { date: last.date, startsAt: last.startsAt, id: last.id }, throughDate: last.date };
}
