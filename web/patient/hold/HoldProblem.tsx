import { Trans } from "@lingui/react/macro";
import { isProblem } from "#kit/api/problem.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import type { TimesSearch } from "#kit/appointments/times-search.ts";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { LoggedOut } from "./LoggedOut.tsx";

export interface HoldProblemProps {
  error: unknown;
  /** The search of the times that the patient came from; its `change` is the appointment that moves. */
  back: TimesSearch;
  /** The address of this page, to come back to after a login. */
  returnTo: string;
  /** Reads again what could not be read. */
  retry?: () => void;
}

/** Why a held time could not be confirmed, and the next steps. */
export function HoldProblem({ error, back, returnTo, retry }: HoldProblemProps) {
  const { change } = back;
  if (isProblem(error, "unauthenticated")) return <LoggedOut returnTo={returnTo} />;
  const existing = isProblem(error, "overlaps-own-appointment") ? error.text("appointmentId") : undefined;
  return (
    <ProblemNotice error={error} focus {...(retry ? { retry } : {})}>
      {existing !== undefined && (
        <TextLink to="/appointments/$appointmentId" params={{ appointmentId: existing }}>
          <Trans>See the appointment you have</Trans>
        </TextLink>
      )}
      {change !== undefined && isProblem(error, "frozen", "change-budget-spent", "wrong-state") && (
        <TextLink to="/appointments/$appointmentId" params={{ appointmentId: change }}>
          <Trans>Back to your appointment</Trans>
        </TextLink>
      )}
      {retry && (
        <LinkButton to="/" search={back}>
          <Trans>Find a time</Trans>
        </LinkButton>
      )}
    </ProblemNotice>
  );
}
