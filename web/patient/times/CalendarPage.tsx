import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf } from "#kit/time/format.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import classes from "./Calendar.module.css";
import { Month } from "./Month.tsx";
import { addMonths, firstOfMonth } from "./month.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

const route = getRouteApi("/book/calendar");
/** All months of the usual booking horizon, so that any date is one press away. */
const MONTHS_AT_ONCE = 4;

/** The months with the number of free times of each day (the calendar of the UK's Ministry of Justice). */
export function CalendarPage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const config = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const [more, setMore] = useState(MONTHS_AT_ONCE);
  const [ended, setEnded] = useState(false);
  const title = t`Choose a date`;
  const today = config.data && dateOf(serverNow(), config.data.clinic.timeZone);
  const doctor =
    doctors?.items.find(({ id }) => id === search.doctor)?.name ??
    (search.specialty && specialtyWords(search.specialty));
  return (
    <Stack gap="lg">
      <div>
        <TextLink to="/" search={search}>
          <Trans>Back to the times</Trans>
        </TextLink>
      </div>
      <div>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        <p className={page["lead"]}>
          {doctor === undefined
            ? t`Each day shows how many times are free.`
            : t`Each day shows how many times are free: ${doctor}.`}
        </p>
      </div>
      {config.error && <ProblemNotice error={config.error} retry={() => void config.refetch()} />}
      {!today && !config.error && <Skeleton height={380} radius={16} />}
      {today !== undefined && (
        <div className={classes["months"]}>
          {Array.from({ length: more }, (_, n) => addMonths(firstOfMonth(today), n)).map((month) => (
            <Month key={month} month={month} today={today} search={search} onEnded={() => setEnded(true)} />
          ))}
        </div>
      )}
      {today !== undefined && !ended && (
        <div>
          <Button variant="outline" onClick={() => setMore(more + MONTHS_AT_ONCE)}>
            <Trans>Show later months</Trans>
          </Button>
        </div>
      )}
    </Stack>
  );
}
