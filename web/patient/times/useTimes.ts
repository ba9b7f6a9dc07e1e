import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { addDays } from "#kit/time/format.ts";
import { availabilityQuery, daysOf } from "./availability.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

const DAYS_AT_ONCE = 3;

/**
 * The free times of a search, with enough days at once. A week with many times has several pages: the next ones are fetched
 * until a few days have times. The first week is always read.
 */
export function useTimes(search: TimesSearch) {
  const times = useInfiniteQuery(availabilityQuery(search));
  const key = JSON.stringify(search);
  const [wanted, setWanted] = useState({ key, days: DAYS_AT_ONCE });
  const days = times.data ? daysOf(times.data.pages) : [];
  const offered = days.filter(({ slots }) => slots.length > 0).length;
  const want = wanted.key === key ? wanted.days : DAYS_AT_ONCE;
  const last = times.data?.pages.at(-1);
  const cursor = last?.nextCursor ?? null;

  const { fetchNextPage, isFetching } = times;
  // One weekday is a few times a month, so further weeks are read while there is something to find.
  const sparse = search.weekday !== undefined && times.hasNextPage && Boolean(last?.nextAvailable);
  const lacking = (cursor !== null || sparse) && offered < want && !times.isFetchNextPageError;
  const fill = lacking && !isFetching;
  useEffect(() => {
    if (fill) void fetchNextPage();
  }, [fill, fetchNextPage]);

  // After "Show later dates" the first of the new days takes the focus.
  const readUntil = useRef<string>(undefined);
  const lastDate = days.at(-1)?.date;
  useEffect(() => {
    if (readUntil.current === undefined || lastDate === undefined || lastDate <= readUntil.current) return;
    const later = `day-${addDays(readUntil.current, 1)}`;
    const headings = [...document.querySelectorAll<HTMLElement>("h2[id^=day-]")];
    headings.find(({ id }) => id >= later)?.focus();
    readUntil.current = undefined;
  }, [lastDate]);

  function showLater() {
    readUntil.current = lastDate;
    setWanted({ key, days: offered + DAYS_AT_ONCE });
    void fetchNextPage();
  }
  return { times, days, showLater, busy: lacking || times.isFetchingNextPage };
}
