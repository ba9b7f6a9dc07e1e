import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { addDays, dayOf, daySpanOf, shortWeekdayOf } from "#kit/time/format.ts";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { type CountedDay, availableDaysQuery } from "./availability.ts";
import classes from "./DayStrip.module.css";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

const WEEK = 7;

export interface DayStripProps {
  search: TimesSearch;
  today: string;
}

/**
 * Seven days with the number of their times. A day with times is a link to them. Other links lead to any other date. The
 * week with the chosen date is shown first.
 */
export function DayStrip({ search, today }: DayStripProps) {
  const { t } = useLingui();
  const chosen = Math.max(0, Math.floor(daysBetween(today, search.from ?? today) / WEEK));
  const [shown, setShown] = useState({ chosen, week: chosen });
  const week = shown.chosen === chosen ? shown.week : chosen;
  const first = addDays(today, week * WEEK);
  const last = addDays(first, WEEK - 1);
  const { data } = useQuery(availableDaysQuery(search, first, last));
  const counts = new Map(data?.days.map((day) => [day.date, day]));
  const ended = counts.get(last)?.reason === "not-released";
  const show = (next: number) => setShown({ chosen, week: next });
  return (
    <nav aria-label={t`Days`} aria-busy={data === undefined} className={classes["strip"]}>
      <div className={classes["bar"]}>
        <button
          type="button"
          className={classes["turn"]}
          aria-label={t`Earlier days`}
          disabled={week === 0}
          onClick={() => show(week - 1)}
        >
          ‹
        </button>
        <span className={classes["span"]} aria-live="polite">
          {daySpanOf(first, last)}
        </span>
        <button
          type="button"
          className={classes["turn"]}
          aria-label={t`Later days`}
          disabled={ended}
          onClick={() => show(week + 1)}
        >
          ›
        </button>
        <TextLink to="/book/calendar" search={search} className={classes["pick"] ?? ""}>
          <Trans>Pick a date</Trans>
        </TextLink>
      </div>
      <ol className={classes["days"]}>
        {Array.from({ length: WEEK }, (_, n) => addDays(first, n)).map((date) => (
          <li key={date}>
            <DayCell date={date} day={counts.get(date)} search={search} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface DayCellProps {
  date: string;
  /** Undefined until the counts are known. */
  day: CountedDay | undefined;
  search: TimesSearch;
}

/** A day of the strip: a link to its times, marked if it is the current day; plain text without times. */
function DayCell({ date, day, search }: DayCellProps) {
  const times = day?.times ?? 0;
  const face = (
    <span aria-hidden="true" className={classes["face"]}>
      <span>{shortWeekdayOf(date)}</span>
      <strong>{Number(date.slice(8))}</strong>
      <small>{day === undefined ? "\u00a0" : times === 0 ? "–" : times}</small>
    </span>
  );
  if (times === 0) {
    return (
      <span className={classes["cell"]}>
        {face}
        <VisuallyHidden>
          {dayOf(date)}
          {day !== undefined && (
            <>
              , <Trans>no times</Trans>
            </>
          )}
        </VisuallyHidden>
      </span>
    );
  }
  return (
    <Link
      to="/"
      search={{ ...search, from: date }}
      state={{ toDay: date }}
      className={`${classes["cell"]} ${classes["open"]}`}
    >
      {face}
      <VisuallyHidden>
        {dayOf(date)}, <Plural value={times} one="# time" other="# times" />
      </VisuallyHidden>
    </Link>
  );
}

/** Whole days from one calendar date to another. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / 86_400_000);
}
