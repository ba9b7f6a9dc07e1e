import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import { startOf } from "#kit/appointments/words.ts";
import { fullDayOf, shortDayOf } from "#kit/time/format.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import type { Today } from "#contract/answers/desk.ts";
import classes from "#kit/ui/Screen.module.css";
import { todayQuery } from "./queries.ts";

const WEEKS = 8;

/** Today at a glance: how many, who waits and how long, what needs a person; and the weeks before. */
export function TodayScreen() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: session } = useQuery(sessionQuery);
  const { data, error, refetch } = useQuery(todayQuery(WEEKS));
  return (
    <div className={classes["page"]}>
      <PageTitle documentTitle={t`Today`}>{data ? fullDayOf(data.date) : t`Today`}</PageTitle>
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

/** The outcomes of each week's appointments. The bar is the share that the clinic called off. */
function Weeks({ weeks }: { weeks: Today["weeks"] }) {
  const { t } = useLingui();
  return (
    // A wide table scrolls by itself, and the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes["scroll"]} aria-label={t`The last weeks`} tabIndex={0}>
      <table className={classes["table"]}>
        <caption>
          <Trans>The last weeks</Trans>
        </caption>
        <thead>
          <tr>
            {[t`Week of`, t`Booked`, t`Seen`, t`Did not come`, t`Called off by patients`, t`Called off by us`].map(
              (words) => (
                <th key={words} scope="col">
                  {words}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {weeks.toReversed().map((week) => {
            const share = Math.round(
              (100 * week.cancelledByClinic) / Math.max(1, week.booked + week.cancelledByClinic),
            );
            return (
              <tr key={week.from}>
                <th scope="row">{shortDayOf(week.from)}</th>
                <td>{week.booked}</td>
                <td>{week.seen}</td>
                <td>{week.noShow}</td>
                <td>{week.cancelledByPatient}</td>
                <td>
                  <span className={classes["bar"]} style={{ width: Math.min(96, share * 4) }} aria-hidden="true" />
                  {week.cancelledByClinic} <span className={classes["soft"]}>({share}%)</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
