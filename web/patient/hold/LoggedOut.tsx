import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Stack } from "@mantine/core";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { useLogin } from "#kit/session/useLogin.ts";
import { expectReturn } from "./release.ts";

/** The session ended during a hold: the patient logs in again and comes back to this page. */
export function LoggedOut({ returnTo }: { returnTo: string }) {
  const { t } = useLingui();
  const { start, busy, error } = useLogin();
  return (
    <Notice tone="warn" title={t`You have been logged out`} focus>
      <Stack gap="sm" align="flex-start">
        <span>
          <Trans>Nothing has been booked yet. Log in again and you come back here.</Trans>
        </span>
        <Button
          aria-busy={busy}
          onClick={() => {
            expectReturn();
            void start(returnTo);
          }}
        >
          <Trans>Log in again</Trans>
        </Button>
        {error !== null && <ProblemNotice error={error} />}
      </Stack>
    </Notice>
  );
}
