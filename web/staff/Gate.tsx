import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { sessionQuery } from "#kit/api/queries.ts";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { useLogin } from "#kit/session/useLogin.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./Frame.module.css";

/** Shows the screen to staff and doctors. All others read what to do instead; the API enforces the same roles. */
export function Gate({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const here = useRouterState({ select: ({ location }) => location.pathname + location.searchStr });
  const { end, busy } = useLogin();
  if (session?.role === "staff" || session?.role === "doctor") return children;
  if (session === undefined) {
    return (
      <div className={classes["page"]}>
        {error === null ? (
          <Skeleton height={240} radius="lg" />
        ) : (
          <ProblemNotice error={error} retry={() => void refetch()} />
        )}
      </div>
    );
  }
  const title = session === null ? t`Clinic desk` : t`This page is for the clinic's staff`;
  return (
    <div className={classes["page"]}>
      <Stack gap="lg" className={page["narrow"] ?? ""}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        {session === null ? (
          <LogInFirst returnTo={here}>
            <Trans>Staff and doctors see the day and the appointments here, after logging in.</Trans>
          </LogInFirst>
        ) : (
          <div className={page["card"]}>
            <Stack gap="md" align="flex-start">
              <Text>
                <Trans>
                  You are logged in as the patient {session.name}. Your appointments are on the patients' page.
                </Trans>
              </Text>
              <Group>
                <Button component="a" href="/appointments">
                  <Trans>Your appointments</Trans>
                </Button>
                <Button variant="outline" disabled={busy} onClick={() => void end()}>
                  <Trans>Log out</Trans>
                </Button>
              </Group>
            </Stack>
          </div>
        )}
      </Stack>
    </div>
  );
}
