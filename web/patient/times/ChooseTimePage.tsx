import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { Config, Slot } from "#contract/answers/clinic.ts";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf, isoWeekdayOf, zoneWords } from "#kit/time/format.ts";
import { hasSeveralZones, placeOf } from "#kit/appointments/place.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { ChangeInProgress } from "./ChangeInProgress.tsx";
import { DayStrip } from "./DayStrip.tsx";
import classes from "./ChooseTimePage.module.css";
import { DayTimes } from "./DayTimes.tsx";
import { DoctorChoice } from "./DoctorChoice.tsx";
import { Filters } from "./Filters.tsx";
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
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const configState = useQuery(configQuery);
  const config = configState.data;
  const { data: doctors, ...doctorsState } = useQuery(doctorsQuery);
  const { data: session } = useQuery(sessionQuery);
  // An address can name a doctor who has left: it then shows the times of the others, and says so.
  const gone = asked.doctor !== undefined && doctors?.items.every(({ id }) => id !== asked.doctor);
  const search = useMemo(() => (gone === true ? { ...asked, doctor: undefined } : asked), [gone, asked]);
  const { times, days: allDays, showLater, busy } = useTimes(search);
  const choose = useChooseTime(search);
  const ready = config && doctors && times.data;
  useFocusAfterJump(asked, ready !== undefined);
  const onChoose = useStableChoice(choose.choose, config);

  const title = search.change === undefined ? t`Choose a time` : t`Choose a new time`;
  const zone = config && !hasSeveralZones(config) && zoneWords(config.locations[0]?.timeZone ?? config.clinic.timeZone);
  const days = allDays.filter(
    ({ date }) => search.weekday === undefined || isoWeekdayOf(date) === Number(search.weekday),
  );
  const none = days.every(({ slots }) => slots.length === 0);
  const today = config && dateOf(serverNow(), config.clinic.timeZone);
  const broken = ready ? null : (configState.error ?? doctorsState.error ?? (times.data ? null : times.error));
  function readAgain() {
    if (configState.error) void configState.refetch();
    if (doctorsState.error) void doctorsState.refetch();
    if (!times.data) void times.refetch();
  }

  return (
    <>
      <PageTitle
        key={search.change === undefined ? "book" : "change"}
        documentTitle={config ? `${title} – ${config.clinic.name}` : title}
      >
        {title}
      </PageTitle>
      <p className={`${page["lead"]} ${classes["intro"]}`}>
        <Trans>Pick a free time, and we hold it for you while you check the details and confirm.</Trans>
      </p>
      <p className={page["lead"]} style={{ marginTop: 4 }}>
        {zone === undefined
          ? configState.error
            ? ""
            : t`Loading…`
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
          onChoose={(choice) =>
            void navigate({ search: { ...search, doctor: undefined, specialty: undefined, ...choice } })
          }
        />
        {config && doctors && (
          <Filters
            config={config}
            doctors={doctors.items}
            search={search}
            onChoose={(filter) => void navigate({ search: { ...search, ...filter }, replace: true })}
          />
        )}
        <section id="times" aria-label={t`Free times`} className={classes["days"]} aria-busy={!ready || busy}>
          {broken !== null && <ProblemNotice error={broken} retry={readAgain} />}
          {choose.error !== null && <ProblemNotice error={choose.error} focus />}
          {times.data && times.error && (
            <Notice tone="warn" title={t`We could not refresh these times just now`} live>
              <Trans>They may have changed. We keep trying.</Trans>
            </Notice>
          )}
          {gone === true && (
            <Notice tone="info" title={t`That doctor has no times here`} live>
              <Trans>These are the times of the other doctors.</Trans>
            </Notice>
          )}
          {today !== undefined && <DayStrip search={search} today={today} />}
          {!ready && broken === null && <TimesSkeleton />}
          {ready && none && today !== undefined && (
            <NoTimes
              config={config}
              doctors={doctors.items}
              search={search}
              today={today}
              days={days}
              next={times.data.pages.at(-1)?.nextAvailable}
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
                onChoose={onChoose}
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

/** The same function at every render, because hundreds of buttons are drawn again when it changes. */
function useStableChoice(choose: (slotId: string, date: string) => void, config: Config | undefined) {
  const latest = useRef({ choose, config });
  useEffect(() => {
    latest.current = { choose, config };
  });
  return useCallback((slot: Slot) => {
    const { choose: take, config: clinic } = latest.current;
    if (clinic) take(slot.id, dateOf(slot.startsAt, placeOf(clinic, slot.locationId).zone));
  }, []);
}
