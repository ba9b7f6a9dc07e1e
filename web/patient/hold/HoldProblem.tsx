import { Trans } from "@lingui/react/macro";
import { isProblem } from "#kit/api/problem.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "../layout/LinkButton.tsx";
import { TextLink } from "../layout/TextLink.tsx";

export interface HoldProblemProps {
  error: unknown;
  /** The appointment that was to have the held time. */
  change: string | undefined;
  /** Reads what could not be read again. */
  retry?: () => void;
}

/** Why a held time could not be confirmed, and where to go from there. */
export function HoldProblem({ error, change, retry }: HoldProblemProps) {
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
        <LinkButton to="/" search={{ change }}>
          <Trans>Find a time</Trans>
        </LinkButton>
      )}
    </ProblemNotice>
  );
}
