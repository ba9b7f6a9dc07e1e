import { Trans } from "@lingui/react/macro";
import { Button, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import page from "../ui/Page.module.css";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { useLogin } from "./useLogin.ts";

/** Shown instead of content that needs a login. */
export function LogInFirst({ returnTo, children }: { returnTo: string; children: ReactNode }) {
  const { start, busy, error } = useLogin();
  return (
    <div className={`${page["card"]} ${page["narrow"]}`}>
      <Stack gap="md" align="flex-start">
        <Text>{children}</Text>
        <Button aria-busy={busy} onClick={() => void start(returnTo)}>
          <Trans>Log in</Trans>
        </Button>
        {error !== null && <ProblemNotice error={error} focus />}
      </Stack>
    </div>
  );
}
