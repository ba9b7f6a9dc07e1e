import { Trans } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { isProblem } from "../api/problem.ts";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useLogin } from "./useLogin.ts";

export interface AdministrationProblemProps {
  error: unknown;
  retry?: () => void;
  focus?: boolean;
  children?: ReactNode;
}

/** A failed change by an administrator. Where it needs a fresh second factor, with the login that proves one. */
export function AdministrationProblem({ error, ...rest }: AdministrationProblemProps) {
  return isProblem(error, "step-up-required") ? <StepUp error={error} /> : <ProblemNotice error={error} {...rest} />;
}

/** Opens a login with a second factor and returns to this screen, also below a base path. */
function StepUp({ error }: { error: unknown }) {
  const here = useRouterState({ select: ({ location }) => location.pathname + location.searchStr });
  const { start, busy, error: failure } = useLogin();
  return (
    <>
      <ProblemNotice error={error} focus>
        <Button aria-busy={busy} onClick={() => void start(here, true)}>
          <Trans>Log in with the second factor</Trans>
        </Button>
      </ProblemNotice>
      {failure !== null && <ProblemNotice error={failure} focus />}
    </>
  );
}
