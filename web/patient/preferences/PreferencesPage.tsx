import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { preferencesQuery } from "#kit/api/preferences.ts";
import { isProblem } from "#kit/api/problem.ts";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { CalendarAddress } from "./CalendarAddress.tsx";
import { MailForm } from "./MailForm.tsx";
import classes from "./Preferences.module.css";
import { calendarFeedQuery } from "./queries.ts";

/** A patient's settings for mails, and a patient's or doctor's calendar address. */
export function PreferencesPage() {
  const { t } = useLingui();
  const title = t`Your preferences`;
  const { data: session, error, refetch } = useQuery(sessionQuery);
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle={title}>{title}</PageTitle>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {session === null && <LogInFirst returnTo="/preferences">{t`Log in to see your preferences.`}</LogInFirst>}
      {session === undefined && !error && <Skeleton height={420} radius={16} />}
      {session?.role === "patient" && <Mails />}
      {session && session.role !== "staff" && <Calendar role={session.role} />}
      {session?.role === "staff" && <p className={classes["text"]}>{t`There is nothing to choose here for staff.`}</p>}
    </Stack>
  );
}

function Mails() {
  const { data: config } = useQuery(configQuery);
  const { data, error, refetch } = useQuery(preferencesQuery);
  return (
    <section aria-labelledby="mails">
      <h2 id="mails" className={classes["heading"]}>
        <Trans>E-mails</Trans>
      </h2>
      {data && config && <MailForm versioned={data} config={config} />}
      {!data && error && !isProblem(error, "unauthenticated") && (
        <ProblemNotice error={error} retry={() => void refetch()} />
      )}
      {!data && !error && <Skeleton height={320} radius={16} />}
    </section>
  );
}

function Calendar({ role }: { role: "patient" | "doctor" }) {
  const { data, error, refetch } = useQuery(calendarFeedQuery);
  return (
    <section aria-labelledby="calendar">
      <h2 id="calendar" className={classes["heading"]}>
        <Trans>Your calendar</Trans>
      </h2>
      {data && <CalendarAddress since={data.since} role={role} />}
      {!data && error && !isProblem(error, "unauthenticated") && (
        <ProblemNotice error={error} retry={() => void refetch()} />
      )}
      {!data && !error && <Skeleton height={200} radius={16} />}
    </section>
  );
}
