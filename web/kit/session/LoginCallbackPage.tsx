import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { PageTitle } from "../ui/PageTitle.tsx";
import { Problem } from "../api/problem.ts";
import { sessionQuery } from "../api/queries.ts";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { Notice } from "../ui/Notice.tsx";
import page from "../ui/Page.module.css";
import { useLogin } from "./useLogin.ts";

/** The identity provider's callback: finishes the login and returns to the page before it. */
export function LoginCallbackPage() {
  const { t } = useLingui();
  const { finish, start } = useLogin();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const begun = useRef(false);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    finishOnce(finish).then(
      (returnTo) => navigate({ to: returnTo, replace: true }),
      async (problem: unknown) => {
        // "Back" after a login leads here again. A login that was already used is no failure for a person with a session.
        const session = await queryClient.fetchQuery(sessionQuery).catch(() => null);
        if (session && !(problem instanceof Problem)) await navigate({ to: "/", replace: true });
        else setError(problem);
      },
    );
  }, [finish, navigate, queryClient]);

  const again = (
    <Button onClick={() => void start("/")}>
      <Trans>Log in again</Trans>
    </Button>
  );
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle={t`Logging in`}>
        {error === null ? t`Logging you in…` : t`You are not logged in`}
      </PageTitle>
      {error === null && <Skeleton height={120} radius="lg" />}
      {error instanceof Problem && (
        <ProblemNotice error={error} focus>
          {again}
        </ProblemNotice>
      )}
      {error !== null && !(error instanceof Problem) && (
        <Notice tone="warn" title={t`The login did not finish`} focus>
          <Stack gap="sm" align="flex-start">
            <span>
              <Trans>It was cancelled, took too long, or was already used. Nothing has been booked.</Trans>
            </span>
            {again}
          </Stack>
        </Notice>
      )}
    </Stack>
  );
}

/** The login of this document, which can be finished once. This page may be mounted again while it is being left. */
let finished: Promise<string> | null = null;

function finishOnce(finish: () => Promise<string>): Promise<string> {
  return (finished ??= finish());
}
