import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { isProblem } from "#kit/api/problem.ts";
import { configQuery } from "#kit/api/queries.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { CancelForm } from "./CancelForm.tsx";
import { appointmentQuery } from "#kit/appointments/queries.ts";

const route = getRouteApi("/appointments/$appointmentId/cancel");

/** Asks for confirmation before an appointment is cancelled, and says what that means. */
export function CancelPage() {
  const { t } = useLingui();
  const title = t`Cancel this appointment?`;
  const { appointmentId } = route.useParams();
  const { data: config } = useQuery(configQuery);
  const { data, error, refetch } = useQuery(appointmentQuery(appointmentId));
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <div>
        <TextLink to="/appointments/$appointmentId" params={{ appointmentId }}>
          <Trans>Back to the appointment</Trans>
        </TextLink>
      </div>
      <PageTitle documentTitle={title}>{title}</PageTitle>
      {data && config && <CancelForm versioned={data} config={config} />}
      {!data && isProblem(error, "unauthenticated") && (
        <LogInFirst
          returnTo={`/appointments/${appointmentId}/cancel`}
        >{t`Log in to cancel this appointment.`}</LogInFirst>
      )}
      {!data && error && !isProblem(error, "unauthenticated") && (
        <ProblemNotice error={error} retry={() => void refetch()} />
      )}
      {!data && !error && <Skeleton height={320} radius={16} />}
    </Stack>
  );
}
