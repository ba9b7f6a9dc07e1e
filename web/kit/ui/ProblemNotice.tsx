import { useLingui } from "@lingui/react/macro";
import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { copyOf } from "../api/problem-copy.ts";
import { Problem } from "../api/problem.ts";
import { configQuery } from "../api/queries.ts";
import { zonesOf } from "../appointments/place.ts";
import { Notice } from "./Notice.tsx";

export interface ProblemNoticeProps {
  error: unknown;
  retry?: () => void;
  focus?: boolean;
  /** The page's own next step. */
  children?: ReactNode;
}

/** A failed request in words, with its next step; with the request id after the server's own faults. */
export function ProblemNotice({ error, retry, focus = false, children }: ProblemNoticeProps) {
  const { t } = useLingui();
  const { data: config } = useQuery({ ...configQuery, enabled: false });
  const { title, text } = copyOf(error, config?.clinic.phone, config && zonesOf(config));
  const requestId = error instanceof Problem && error.status >= 500 ? error.requestId : undefined;
  return (
    <Notice tone="bad" title={title} focus={focus} live={!focus}>
      <Stack gap="sm" align="flex-start">
        <span>{text}</span>
        {children}
        {retry && (
          <Button variant="outline" onClick={retry}>
            {t`Try again`}
          </Button>
        )}
        {requestId !== undefined && <Text size="sm">{t`Reference for support: ${requestId}`}</Text>}
      </Stack>
    </Notice>
  );
}
