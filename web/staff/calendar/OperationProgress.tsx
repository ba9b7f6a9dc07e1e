import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { ProgressBar } from "./ProgressBar.tsx";
import { resultWords } from "./operationWords.ts";
import { operationQuery, refreshCalendar } from "./queries.ts";
import type { Applied } from "./useChange.ts";

/** The progress of an applied change, then its result, with links to the queue and its undo. */
export function OperationProgress({ applied, onClose }: { applied: Applied; onClose: () => void }) {
  const { operationId } = applied;
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery({
    ...operationQuery(operationId ?? ""),
    enabled: operationId !== undefined,
  });
  const over = operationId === undefined || data?.phase === "done";
  useEffect(() => {
    if (over) void refreshCalendar(queryClient);
  }, [over, queryClient]);
  const toPlace = data?.counts.toPlace ?? 0;
  return (
    <>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!over && data && <ProgressBar operation={data} />}
      {over && (
        <Notice tone={toPlace > 0 ? "warn" : "info"} title={t`The change is made`} focus>
          {data ? resultWords(data) : t`It was so already: nothing had to be changed.`}
        </Notice>
      )}
      <div className={screen["row"]}>
        {over && toPlace > 0 && (
          <LinkButton to="/queue" size="sm" onClick={onClose}>
            <Trans>Place them now</Trans>
          </LinkButton>
        )}
        {operationId !== undefined && (
          <LinkButton
            to="/calendar/changes/$operationId"
            params={{ operationId }}
            size="sm"
            variant="outline"
            onClick={onClose}
          >
            <Trans>Details and undo</Trans>
          </LinkButton>
        )}
        <Button size="sm" variant="outline" onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      </div>
    </>
  );
}
