import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ComponentType, useState } from "react";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import type { CalendarTask, CalendarTaskProps } from "#kit/calendar/task.ts";
import { startOf } from "#kit/appointments/words.ts";
import { fullDayOf } from "#kit/time/format.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import type { Today } from "#contract/answers/desk.ts";
import classes from "#kit/ui/Screen.module.css";
import { Weeks } from "./Weeks.tsx";
import { todayQuery } from "./queries.ts";

const WEEKS = 8;

export interface TodayScreenProps {
  /** The dialog for a change of the clinic calendar. */
  CalendarDialog: ComponentType<CalendarTaskProps>;
}

/** Today at a glance: how many, which patients wait and how long, what needs a person; and the weeks before. */
export function TodayScreen({ CalendarDialog }: TodayScreenProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: session } = useQuery(sessionQuery);
  const { data, error, refetch } = useQuery(todayQuery(WEEKS));
  const [task, setTask] = useState<CalendarTask | null>(null);
  const today = data?.date;
  return (
    <div className={classes["page"]}>
      <div className={classes["spread"]}>
        <PageTitle documentTitle={t`Today`}>{today === undefined ? t`Today` : fullDayOf(today)}</PageTitle>
        {today !== undefined && session?.role === "staff" && (
          <button
            type="button"
            className={classes["small"]}
            onClick={() => setTask({ kind: "away", doctorId: undefined, date: today })}
          >
            <Trans>Doctor is late…</Trans>
          </button>
        )}
      </div>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={360} radius="md" />}
      {data && (
        <>
          <Figures today={data} staff={session?.role === "staff"} />
          <section aria-label={t`Waiting now`} className={classes["form"]}>
            <h2>
              <Trans>Waiting now</Trans>
            </h2>
            {data.waiting.length === 0 ? (
              <p className={classes["empty"]}>
                <Trans>No patient waits.</Trans>
              </p>
            ) : (
              <ul className={classes["list"]}>
                {data.waiting.map((one) => {
                  const [minutes, at] = [one.waitingMinutes, config ? startOf(one, config) : ""];
                  return (
                    <li key={one.appointmentId} className={classes["line"]}>
                      <span>
                        <strong>{one.patientName}</strong>{" "}
                        <span className={classes["soft"]}>
                          {at}, {one.doctorName}
                        </span>
                      </span>
                      <span className={classes["number"]}>
                        <Trans>waits {minutes} min</Trans>
                      </span>
                    </li>
                  );
                })}
              </ul>
            )}
          </section>
          <Weeks weeks={data.weeks} />
        </>
      )}
      {task && <CalendarDialog task={task} onClose={() => setTask(null)} />}
    </div>
  );
}

function Figures({ today, staff }: { today: Today; staff: boolean }) {
  const { t } = useLingui();
  const figures: [label: string, value: number, to?: "/queue" | "/late"][] = [
    [t`still to come`, today.booked],
    [t`arrived`, today.arrived],
    [t`seen`, today.completed],
    [t`did not come`, today.noShow],
    [t`free today`, today.free],
    [t`late openings`, today.lateOpenings, "/late"],
    [t`to place`, today.toPlace, "/queue"],
    [t`moved, not answered`, today.unconfirmed],
  ];
  return (
    <dl className={classes["tiles"]}>
      {figures.map(([label, value, to]) => (
        <div key={label}>
          <dt>{to !== undefined && staff ? <Link to={to}>{label}</Link> : label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
