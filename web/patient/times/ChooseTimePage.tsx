import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf, zoneWords } from "#kit/time/format.ts";
import { hasSeveralZones } from "#kit/appointments/place.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { ChangeInProgress } from "./ChangeInProgress.tsx";
import classes from "./ChooseTimePage.module.css";
import { DayTimes } from "./DayTimes.tsx";
import { DoctorChoice } from "./DoctorChoice.tsx";
import { HowItWorks } from "./HowItWorks.tsx";
import { NoTimes } from "./NoTimes.tsx";
import { TimesSkeleton } from "./TimesSkeleton.tsx";
import { useChooseTime } from "./useChooseTime.ts";
import { useFocusAfterJump } from "./useFocusAfterJump.ts";
import { useTimes } from "./useTimes.ts";

const route = getRouteApi("/");

/** The first page: doctors, and the free times day by day. Public; choosing a time needs a login. */
export function ChooseTimePage() {
  const { t } = useLingui();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: config } = useQuery(configQuery);
  const { data: doctors, ...doctorsState } = useQuery(doctorsQuery);
  const { data: session } = useQuery(sessionQuery);
  const { times, days, showLater, busy } = useTimes(search);
  const choose = useChooseTime(search.change);
  useFocusAfterJump(search);

  const title = search.change === undefined ? t`Choose a time` : t`Choose a new time`;
  const zone = config && !hasSeveralZones(config) && zoneWords(config.locations[0]?.timeZone ?? config.clinic.timeZone);
  const ready = config && doctors && times.data;
  const none = days.every(({ slots }) => slots.length === 0);
  const today = config && dateOf(serverNow(), config.clinic.timeZone);
  const broken = times.data ? null : (times.error ?? doctorsState.error);

  return (
    <>
      <PageTitle
        key={search.change === undefined ? "book" : "change"}
        documentTitle={config ? `${title} – ${config.clinic.name}` : title}
      >
        {title}
      </PageTitle>
      <p className={page["lead"]}>
        <Trans>Pick a free time, and we hold it for you while you check the details and confirm.</Trans>
      </p>
      <p className={page["lead"]} style={{ marginTop: 4 }}>
        {zone === undefined
          ? t`Loading…`
          : zone === false
            ? t`Each time is that of its location.`
            : t`All times are ${zone}.`}
      </p>
      {search.change !== undefined && config && <ChangeInProgress appointmentId={search.change} config={config} />}
      {session && session.role !== "patient" && (
        <Notice tone="warn" title={t`You are logged in as ${session.name}`}>
          <Trans>Booking on this page is for patients. You can look, but not book, with this login.</Trans>
        </Notice>
      )}
      {/* A new key when the doctors arrive, so that they move nothing that is already on the page. */}
      <div className={classes["columns"]} key={doctors ? "ready" : "loading"}>
        <DoctorChoice
          doctors={doctors?.items}
          search={search}
          onChoose={(choice) => void navigate({ search: { ...choice, from: search.from, change: search.change } })}
        />
        <section aria-label={t`Free times`} className={classes["days"]} aria-busy={!ready || busy}>
          {broken !== null && <ProblemNotice error={broken} retry={() => void times.refetch()} />}
          {choose.error !== null && <ProblemNotice error={choose.error} focus />}
          {times.data && times.error && (
            <Notice tone="warn" title={t`We could not refresh these times just now`} live>
              <Trans>They may have changed. We keep trying.</Trans>
            </Notice>
          )}
          {!ready && broken === null && <TimesSkeleton />}
          {ready && none && (
            <NoTimes
              config={config}
              doctors={doctors.items}
              search={search}
              next={times.data.pages.at(-1)?.nextAvailable}
              limited={days.some(({ reason }) => reason === "limit")}
            />
          )}
          {ready &&
            !none &&
            today !== undefined &&
            days.map((day) => (
              <DayTimes
                key={day.date}
                day={day}
                today={today}
                config={config}
                doctors={doctors.items}
                search={search}
                onChoose={choose.choose}
              />
            ))}
          {ready && (
            <Group>
              {times.hasNextPage && !none && (
                <Button variant="outline" aria-busy={times.isFetchingNextPage} onClick={showLater}>
                  <Trans>Show later dates</Trans>
                </Button>
              )}
              {search.from !== undefined && (
                <Button variant="subtle" onClick={() => void navigate({ search: { ...search, from: undefined } })}>
                  <Trans>Back to the earliest times</Trans>
                </Button>
              )}
            </Group>
          )}
        </section>
        {config && <HowItWorks holdSeconds={config.holdSeconds} />}
      </div>
    </>
  );
}
