/** The members of a free slot for paging: its clinic date, start (epoch milliseconds) and id. */
interface Dated {
  id: string;
  date: string;
  startsAt: number;
}

/**
 * The first page of a list of free slots, in whole days. The list is ordered by date and has up to `limit` + 1 slots. Only a
 * day that is longer than a page is cut. `next` is the position after the page, `throughDate` the last date that the page
 * covers. Both are null on the last page.
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
