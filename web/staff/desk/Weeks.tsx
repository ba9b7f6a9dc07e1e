import { i18n } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import type { Today } from "#contract/answers/desk.ts";
import { shortDayOf } from "#kit/time/format.ts";
import classes from "#kit/ui/Screen.module.css";

type Week = Today["weeks"][number];

/** A part of a whole, 0 to 1. Null without a whole: a week before the clinic began has no rate. */
const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : Math.min(1, part / whole));
const percent = (share: number | null): string =>
  share === null ? "–" : i18n.number(share, { style: "percent", maximumFractionDigits: 0 });

/** How full the last weeks were and how many patients did not come: two small plots, and their numbers as a table. */
export function Weeks({ weeks: all }: { weeks: Today["weeks"] }) {
  const { t } = useLingui();
  const used = ({ booked, offered }: Week) => shareOf(booked, offered);
  const missed = ({ noShow, seen }: Week) => shareOf(noShow, noShow + seen);
  // The weeks before the clinic began say nothing.
  const weeks = all.slice(
    Math.max(
      0,
      all.findIndex(({ offered, booked }) => offered + booked > 0),
    ),
  );
  if (weeks.length === 0) return null;
  return (
    <>
      <h2>
        <Trans>The last weeks</Trans>
      </h2>
      <div className={classes["plots"]}>
        <Plot title={t`Times booked`} weeks={weeks} share={used} />
        <Plot title={t`Did not come`} weeks={weeks} share={missed} tone="warn" />
      </div>
      {/* A wide table scrolls by itself, and the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes["scroll"]} aria-label={t`The numbers`} tabIndex={0}>
        <table className={classes["table"]} aria-label={t`The last weeks`}>
          <thead>
            <tr>
              {[
                t`Week of`,
                t`Times`,
                t`Booked`,
                t`Seen`,
                t`Did not come`,
                t`Called off by patients`,
                t`Called off by us`,
              ].map((words) => (
                <th key={words} scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.toReversed().map((week) => (
              <tr key={week.from}>
                <th scope="row">{shortDayOf(week.from)}</th>
                <td>{week.offered}</td>
                <td>{withShare(week.booked, used(week))}</td>
                <td>{week.seen}</td>
                <td>{withShare(week.noShow, missed(week))}</td>
                <td>{week.cancelledByPatient}</td>
                <td>
                  {withShare(
                    week.cancelledByClinic,
                    shareOf(week.cancelledByClinic, week.booked + week.cancelledByClinic),
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function withShare(count: number, share: number | null) {
  return (
    <>
      {count} {share !== null && <span className={classes["soft"]}>({percent(share)})</span>}
    </>
  );
}

interface PlotProps {
  title: string;
  weeks: Today["weeks"];
  share: (week: Week) => number | null;
  tone?: "warn";
}

/** A bar for each week, oldest first. The table has the same numbers, so screen readers pass by. */
function Plot({ title, weeks, share, tone }: PlotProps) {
  const shares = weeks.map(share);
  // A plot of small rates would be flat against a whole: the highest bar fills half of the height at least.
  const top = Math.max(0.02, ...shares.map((one) => one ?? 0));
  const scale = Math.min(1, top * 1.25);
  const last = shares.at(-1) ?? null;
  return (
    <figure className={classes["plot"]} data-tone={tone} aria-hidden="true">
      <figcaption>
        {title} <strong>{percent(last)}</strong>
      </figcaption>
      <div className={classes["bars"]}>
        {weeks.map(({ from }, at) => (
          <span
            key={from}
            title={`${shortDayOf(from)}: ${percent(shares[at] ?? null)}`}
            style={{ height: `${Math.round((100 * (shares[at] ?? 0)) / scale)}%` }}
          />
        ))}
      </div>
      <div className={classes["ends"]}>
        <span>{shortDayOf(weeks[0]?.from ?? "")}</span>
        <span>{shortDayOf(weeks.at(-1)?.from ?? "")}</span>
      </div>
    </figure>
  );
}
