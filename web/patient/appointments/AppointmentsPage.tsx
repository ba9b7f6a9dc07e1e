import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { AppointmentItem } from "./AppointmentItem.tsx";
import classes from "./Appointments.module.css";
import { type When, allAppointmentsQuery } from "#kit/appointments/queries.ts";

/** All of the patient's appointments, upcoming ones first. */
export function AppointmentsPage() {
  const { t } = useLingui();
  const title = t`Your appointments`;
  const { data: session } = useQuery(sessionQuery);
  return (
    <Stack gap="xl">
      <div className={classes["top"]}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        {session && <LinkButton to="/">{t`Book an appointment`}</LinkButton>}
      </div>
      {session === null && <LogInFirst returnTo="/appointments">{t`Log in to see your appointments.`}</LogInFirst>}
      {session && <AppointmentSection when="upcoming" title={t`Upcoming`} />}
      {session && <AppointmentSection when="past" title={t`Past`} />}
      {session === undefined && <Skeleton height={120} radius={16} />}
    </Stack>
  );
}

function AppointmentSection({ when, title }: { when: When; title: string }) {
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const list = useInfiniteQuery(allAppointmentsQuery(when));
  const items = list.data?.pages.flatMap((one) => one.items) ?? [];
  const loaded = list.data && config && doctors;
  // Without past appointments the section is left out.
  if (loaded && items.length === 0 && when === "past") return null;
  return (
    <section aria-labelledby={`${when}-title`} aria-busy={!loaded}>
      <h2 id={`${when}-title`} className={classes["sectionTitle"]}>
        {title}
      </h2>
      {!list.data && list.error && <ProblemNotice error={list.error} retry={() => void list.refetch()} />}
      {!loaded && !list.error && <Skeleton height={104} radius={16} />}
      {loaded && items.length === 0 && (
        <div className={page["card"]}>
          <Text>
            <Trans>You have no appointments. Find a time that suits you and book it in two steps.</Trans>
          </Text>
          <LinkButton to="/" mt="md">
            <Trans>Find a time</Trans>
          </LinkButton>
        </div>
      )}
      {loaded && items.length > 0 && (
        <ul className={classes["list"]}>
          {items.map((one) => (
            <AppointmentItem
              key={one.id}
              appointment={one}
              config={config}
              doctors={doctors.items}
              past={when === "past"}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button variant="outline" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {when === "past" ? <Trans>Show earlier appointments</Trans> : <Trans>Show later appointments</Trans>}
        </Button>
      )}
    </section>
  );
}
