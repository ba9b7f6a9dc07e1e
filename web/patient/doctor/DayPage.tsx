import { Trans, useLingui } from "@lingui/react/macro";
import { plural } from "@lingui/core/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Config } from "#contract/answers/clinic.ts";
import { configQuery } from "#kit/api/queries.ts";
import type { Cell } from "#kit/board/cells.ts";
import { useNow } from "#kit/board/useNow.ts";
import { addDays, dateOf, fullDayOf, hourOf, timeOf } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { DateTools } from "./DateTools.tsx";
import { DayList } from "./DayList.tsx";
import { cellPlace, isExpected } from "./words.ts";
import { closureOf, useDoctorBoard } from "./useDoctorBoard.ts";
import { useDayKeys } from "./useDayKeys.ts";
import { useMark } from "./useMark.ts";
import classes from "./Doctor.module.css";

/** A doctor's day: the patients in the order in which they come, and the attendance in one press. */
export function DayPage() {
  const { data: config } = useQuery(configQuery);
  return config ? <Day config={config} /> : null;
}

function Day({ config }: { config: Config }) {
  const { t } = useLingui();
  const now = useNow();
  const { timeZone } = config.clinic;
  const today = dateOf(new Date(now), timeZone);
  const date = useSearch({ from: "/doctor/day" }).date ?? today;
  const { board, cellsOn, error, refetch } = useDoctorBoard(date, date);
  const marking = useMark();
  const cells = cellsOn(date);
  useDayKeys({ date, cells, now, mark: marking.mark });
  const closure = board && closureOf(board, date);
  const instant = new Date(now).toISOString();
  const minute = hourOf(instant, timeZone) * 60 + Number(timeOf(instant, timeZone).slice(3, 5));
  const title = fullDayOf(date);
  return (
    <>
      <div className={classes["top"]}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        <DateTools page="day" before={addDays(date, -1)} after={addDays(date, 1)} isNow={date === today} />
      </div>
      {board && (
        <p className={classes["figures"]}>{[figures(cells), onlyPlace(cells, config)].filter(Boolean).join(" · ")}</p>
      )}
      {closure && (
        <Notice tone="info" title={closure.kind === "holiday" ? t`Public holiday` : t`You are away`}>
          {closure.note}
        </Notice>
      )}
      {marking.error !== null && <ProblemNotice error={marking.error} focus />}
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!board && !error && <Skeleton height={420} radius="lg" />}
      {board && cells.length > 0 && (
        <DayList cells={cells} config={config} now={now} nowMinute={date === today ? minute : null} marking={marking} />
      )}
      {board && cells.length === 0 && !closure && (
        <p>
          <Trans>No session on this day.</Trans>
        </p>
      )}
      <output className={classes["said"]}>{marking.said}</output>
    </>
  );
}

/** The location of the day, where it is the only one. */
function onlyPlace(cells: readonly Cell[], config: Config): string | undefined {
  const [first, ...others] = new Set(cells.map((cell) => cellPlace(cell, config)));
  return others.length === 0 ? first : undefined;
}

/** `5 to come, 1 waiting, 3 seen, 1 did not come, 4 free`. */
function figures(cells: readonly Cell[]): string {
  const count = (is: (cell: Cell) => boolean) => cells.filter(is).length;
  const withStatus = (status: string) => count(({ appointment }) => appointment?.status === status);
  const toCome = count(({ appointment }) => appointment !== null && isExpected(appointment));
  const waiting = withStatus("arrived");
  const seen = withStatus("completed");
  const absent = withStatus("no-show");
  const free = count(({ kind }) => kind === "free" || kind === "late");
  return [
    plural(toCome, { one: "# patient to come", other: "# patients to come" }),
    plural(waiting, { one: "# waiting", other: "# waiting" }),
    plural(seen, { one: "# seen", other: "# seen" }),
    plural(absent, { one: "# did not come", other: "# did not come" }),
    plural(free, { one: "# free time", other: "# free times" }),
  ].join(", ");
}
