import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { copyOf } from "../api/problem-copy.ts";
import { Problem } from "../api/problem.ts";
import { PageTitle } from "./PageTitle.tsx";
import page from "./Page.module.css";

/** The page for unexpected errors: what happened, a next step, and the request id if there is one. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useLingui();
  const broken = error instanceof TypeError || error instanceof ReferenceError;
  const { title, text } = broken
    ? { title: t`Something went wrong`, text: t`This page broke. Nothing has been booked or changed by that.` }
    : copyOf(error);
  return (
    <Stack className={page["narrow"] ?? ""} gap="md">
      <PageTitle documentTitle={title} urgent>
        {title}
      </PageTitle>
      <Text>{text}</Text>
      {error instanceof Problem && error.requestId !== undefined && (
        <Text>
          <Trans>
            Reference for support: <strong>{error.requestId}</strong>
          </Trans>
        </Text>
      )}
      <Group>
        <Button onClick={reset}>
          <Trans>Try again</Trans>
        </Button>
        <Button variant="outline" component="a" href="/">
          <Trans>Back to the start</Trans>
        </Button>
      </Group>
    </Stack>
  );
}
