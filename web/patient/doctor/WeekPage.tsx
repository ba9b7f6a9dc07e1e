import { Trans, useLingui } from "@lingui/react/macro";
import { plural } from "@lingui/core/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import { configQuery } from "#kit/api/queries.ts";
import type { Cell } from "#kit/board/cells.ts";
import { useNow } from "#kit/board/useNow.ts";
import { isTyping, singleKeysOn, useShortcuts } from "#kit/shortcuts/shortcuts.ts";
import { addDays, dateOf, dayOf, mondayOf, shortDayOf } from "#kit/time/format.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { DateTools } from "./DateTools.tsx";
import { cellTime, kindWords, patientState } from "./words.ts";
import { closureOf, useDoctorBoard } from "./useDoctorBoard.ts";
import classes from "./Doctor.module.css";

/** A doctor's week: each day with its patients, and the times that are free or held. */
export function WeekPage() {
  const { data: config } = useQuery(configQuery);
  return config ? <Week config={config} /> : null;
}

function Week({ config }: { config: Config }) {
  const { t } = useLingui();
  const now = useNow();
  const today = dateOf(new Date(now), config.clinic.timeZone);
  const monday = mondayOf(useSearch({ from: "/doctor/week" }).date ?? today);
  const dates = Array.from({ length: 7 }, (_, at) => addDays(monday, at));
  const { board, cellsOn, error, refetch } = useDoctorBoard(monday, addDays(monday, 6));
  useWeekKeys(monday);
  const [first, last] = [shortDayOf(monday), shortDayOf(addDays(monday, 6))];
  const title = t`Week ${first} to ${last}`;
  return (
    <>
      <div className={classes["top"]}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        <DateTools
          page="week"
          before={addDays(monday, -7)}
          after={addDays(monday, 7)}
          isNow={monday === mondayOf(today)}
        />
      </div>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!board && !error && <Skeleton height={420} radius="lg" />}
      {board && (
        <div className={classes["week"]}>
          {dates.map((date) => {
            const cells = cellsOn(date);
            const closure = closureOf(board, date);
            return (
              <section key={date} data-today={date === today || undefined} aria-labelledby={`day-${date}`}>
                <h2 id={`day-${date}`}>
                  <Link to="/doctor/day" search={{ date }} aria-current={date === today ? "date" : undefined}>
                    {dayOf(date)}
                  </Link>
                </h2>
                {closure && (
                  <p className={classes["closure"]}>
                    {closure.kind === "holiday" ? t`Public holiday` : t`You are away`}
                    {closure.note !== null && `: ${closure.note}`}
                  </p>
                )}
                <p className={classes["figures"]}>{figures(cells)}</p>
                <ol>
                  {cells.filter(isShown).map((cell) => (
                    <li key={`${cell.from} ${cell.id}`} data-state={cell.appointment?.status ?? cell.kind}>
                      <span className={classes["time"]}>{cellTime(cell, config)}</span>{" "}
                      {cell.appointment ? (
                        <>
                          {cell.appointment.patientName}{" "}
                          <span className={classes["place"]}>{patientState(cell.appointment, now)}</span>
                        </>
                      ) : (
                        kindWords(cell)
                      )}
                    </li>
                  ))}
                </ol>
                {cells.length === 0 && !closure && (
                  <p className={classes["place"]}>
                    <Trans>No session</Trans>
                  </p>
                )}
              </section>
            );
          })}
        </div>
      )}
    </>
  );
}

/** Free times are counted above the list. An absence and a holiday are one line each. */
const isShown = ({ appointment, kind }: Cell): boolean => appointment !== null || kind === "held" || kind === "absent";

function figures(cells: readonly Cell[]): string {
  if (cells.length === 0) return "";
  const booked = cells.filter(({ appointment }) => appointment !== null).length;
  const free = cells.filter(({ kind }) => kind === "free" || kind === "late").length;
  return [
    plural(booked, { one: "# patient", other: "# patients" }),
    plural(free, { one: "# free time", other: "# free times" }),
  ].join(", ");
}

function useWeekKeys(monday: string): void {
  const { t } = useLingui();
  const navigate = useNavigate();
  useShortcuts(
    useMemo(() => ({ title: t`Your week`, shortcuts: [{ keys: "[ ]", what: t`Week before, week after` }] }), [t]),
  );
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || isTyping(event.target) || !singleKeysOn()) return;
      const days = event.key === "[" ? -7 : event.key === "]" ? 7 : null;
      if (days !== null) void navigate({ to: "/doctor/week", search: { date: addDays(monday, days) } });
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [monday, navigate]);
}
