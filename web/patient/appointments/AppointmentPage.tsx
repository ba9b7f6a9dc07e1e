import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouterState } from "@tanstack/react-router";
import { isProblem } from "#kit/api/problem.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { AppointmentDetails } from "./AppointmentDetails.tsx";
import { appointmentQuery } from "#kit/appointments/queries.ts";

const route = getRouteApi("/appointments/$appointmentId");

/** One appointment; directly after booking, the confirmation. */
export function AppointmentPage() {
  const { t } = useLingui();
  const { appointmentId } = route.useParams();
  const done = useRouterState({ select: ({ location }) => location.state.done });
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const { data, error, refetch } = useQuery(appointmentQuery(appointmentId));

  if (data && config && doctors) {
    return <AppointmentDetails appointment={data.appointment} config={config} doctors={doctors.items} done={done} />;
  }
  const missing = isProblem(error, "not-found", "invalid-request");
  const title = missing ? t`We could not find that appointment` : t`Your appointment`;
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <div>
        <TextLink to="/appointments">
          <Trans>All your appointments</Trans>
        </TextLink>
      </div>
      <PageTitle documentTitle={title}>{title}</PageTitle>
      {isProblem(error, "unauthenticated") && (
        <LogInFirst returnTo={`/appointments/${appointmentId}`}>{t`Log in to see this appointment.`}</LogInFirst>
      )}
      {missing && (
        <>
          <p style={{ margin: 0 }}>{t`It may have been removed, or it belongs to another login.`}</p>
          <div>
            <LinkButton to="/appointments">{t`See your appointments`}</LinkButton>
          </div>
        </>
      )}
      {error && !missing && !isProblem(error, "unauthenticated") && (
        <ProblemNotice error={error} retry={() => void refetch()} />
      )}
      {!error && <Skeleton height={320} radius={16} />}
    </Stack>
  );
}
