import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { addDays, dayOf, monthOf, shortDayOf, shortWeekdayOf, weekdayOf } from "#kit/time/format.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { type CountedDay, availableDaysQuery } from "./availability.ts";
import classes from "./Calendar.module.css";
import { lastOfMonth, weeksOf } from "./month.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

export interface MonthProps {
  /** Its first date. */
  month: string;
  today: string;
  search: TimesSearch;
  /** The month is the last one that can be booked. */
  onEnded: () => void;
}

/** One month as a table. Days with times are links to them; of a month without any, the next date with times is named. */
export function Month({ month, today, search, onEnded }: MonthProps) {
  const { t } = useLingui();
  const from = month < today ? today : month;
  const { data, error, refetch, isPlaceholderData } = useQuery(availableDaysQuery(search, from, lastOfMonth(month)));
  const days = data && !isPlaceholderData ? data.days : undefined;
  const ended = days?.at(-1)?.reason === "not-released";
  useEffect(() => {
    if (ended) onEnded();
  }, [ended, onEnded]);
  const counts = new Map(days?.map((day) => [day.date, day]));
  const none = days?.every(({ times }) => times === 0) ?? false;
  const next = data?.nextDate ?? undefined;
  const nextDay = next === undefined ? "" : shortDayOf(next);
  // Months that cannot be booked at all are left out.
  if (none && days?.every(({ reason }) => reason === "not-released")) return null;
  return (
    <section aria-labelledby={`month-${month}`} aria-busy={!days} className={classes["month"]}>
      <h2 id={`month-${month}`}>{monthOf(month)}</h2>
      {error && !data && <ProblemNotice error={error} retry={() => void refetch()} />}
      {none && (
        <p className={classes["none"]}>
          {t`No free times in this month.`}{" "}
          {next !== undefined && (
            <TextLink to="/" search={{ ...search, from: next }} state={{ toDay: next }}>
              <Trans>Next free: {nextDay}</Trans>
            </TextLink>
          )}
        </p>
      )}
      <table>
        <thead>
          <tr>
            {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
              <th key={weekday} scope="col" abbr={weekdayOf(weekday)}>
                {shortWeekdayOf(addDays("2024-01-01", weekday - 1))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week) => (
            <tr key={week.find((date) => date !== null)}>
              {week.map((date, n) => (
                <td key={date ?? `blank-${n}`}>
                  {date !== null && <DayOfMonth date={date} day={counts.get(date)} today={today} search={search} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface DayOfMonthProps {
  date: string;
  day: CountedDay | undefined;
  today: string;
  search: TimesSearch;
}

function DayOfMonth({ date, day, today, search }: DayOfMonthProps) {
  const { t } = useLingui();
  const number = Number(date.slice(8));
  const isToday = date === today;
  const times = day?.times ?? 0;
  const words = dayOf(date);
  if (times === 0) {
    return (
      <span className={classes["day"]} data-today={isToday || undefined}>
        {number}
      </span>
    );
  }
  return (
    <Link
      to="/"
      search={{ ...search, from: date }}
      state={{ toDay: date }}
      className={`${classes["day"]} ${classes["open"]}`}
      aria-current={search.from === date ? "date" : undefined}
      data-today={isToday || undefined}
    >
      <span aria-hidden="true">
        {number}
        <small>{times}</small>
      </span>
      <VisuallyHidden>
        {isToday ? t`Today, ${words}` : words}, <Plural value={times} one="# time" other="# times" />
      </VisuallyHidden>
    </Link>
  );
}
