import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { addDays } from "#kit/time/format.ts";
import { availabilityQuery, daysOf } from "./availability.ts";
import type { TimesSearch } from "./search.ts";

const DAYS_AT_ONCE = 3;

/**
 * The free times of a search, enough days of them at once. A busy clinic's week comes in several answers: the following
 * ones are asked for until there are times on a few days, but the window is never left unasked.
 */
export function useTimes(search: TimesSearch) {
  const times = useInfiniteQuery(availabilityQuery(search));
  const key = JSON.stringify(search);
  const [wanted, setWanted] = useState({ key, days: DAYS_AT_ONCE });
  const days = times.data ? daysOf(times.data.pages) : [];
  const offered = days.filter(({ slots }) => slots.length > 0).length;
  const want = wanted.key === key ? wanted.days : DAYS_AT_ONCE;
  const cursor = times.data?.pages.at(-1)?.nextCursor ?? null;

  const { fetchNextPage, isFetching } = times;
  const lacking = cursor !== null && offered < want && !times.isFetchNextPageError;
  const fill = lacking && !isFetching;
  useEffect(() => {
    if (fill) void fetchNextPage();
  }, [fill, fetchNextPage]);

  // Who asked for later dates goes on reading at the first of them.
  const readUntil = useRef<string>(undefined);
  const lastDate = days.at(-1)?.date;
  useEffect(() => {
    if (readUntil.current === undefined || lastDate === undefined || lastDate <= readUntil.current) return;
    document.getElementById(`day-${addDays(readUntil.current, 1)}`)?.focus();
    readUntil.current = undefined;
  }, [lastDate]);

  function showLater() {
    readUntil.current = lastDate;
    setWanted({ key, days: offered + DAYS_AT_ONCE });
    void fetchNextPage();
  }
  return { times, days, showLater, busy: lacking || times.isFetchingNextPage };
}
