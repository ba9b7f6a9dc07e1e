import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Readiness } from "#contract/answers/health.ts";
import { durationOf } from "#kit/time/format.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { ClinicFrame } from "./ClinicFrame.tsx";
import { readinessQuery } from "./queries.ts";

/** Whether the service and what it depends on answer, and which version runs. */
export function HealthScreen() {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(readinessQuery);
  return (
    <ClinicFrame title={t`Health`}>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={320} radius="md" />}
      {data && (
        <>
          {data.status === "ready" ? (
            <Notice tone="info" title={t`Everything works`} />
          ) : (
            <Notice tone="warn" title={t`Bookings work, but something needs a person`}>
              <Trans>What is marked below is not as it should be. Tell the person who runs the service.</Trans>
            </Notice>
          )}
          <div className={page["card"]}>
            <Details readiness={data} />
          </div>
          <p className={classes["soft"]} style={{ margin: 0 }}>
            <Trans>
              Mails that could not be sent, and jobs that the queue has given up, are among the{" "}
              <Link to="/tasks">tasks</Link>.
            </Trans>
          </p>
        </>
      )}
    </ClinicFrame>
  );
}

function Details({ readiness }: { readiness: Readiness }) {
  const { t } = useLingui();
  const { dependencies, notifications, audit, clock, zones, version, commit, functions } = readiness;
  const answers = (state: "ok" | "unavailable") => (
    <State wrong={state !== "ok"}>{state === "ok" ? t`answers` : t`does not answer`}</State>
  );
  const skew = Math.abs(clock?.skewSeconds ?? 0);
  const { due, overdueSeconds } = notifications ?? { due: 0, overdueSeconds: 0 };
  const unsealed = audit?.unsealedSeconds ?? 0;
  const [mailWait, sealWait, off] = [durationOf(overdueSeconds), durationOf(unsealed), durationOf(skew)];
  const differing = zones?.different.join(", ");
  return (
    <Facts
      rows={[
        [t`Database`, answers(dependencies.database)],
        [t`Sessions`, answers(dependencies.sessions)],
        [t`Queue`, answers(dependencies.queue)],
        [t`Login provider`, answers(dependencies.identity)],
        [
          t`Mails`,
          notifications && (
            <State wrong={notifications.late}>
              {due === 0
                ? t`none is overdue`
                : plural(due, {
                    one: `# is due, for ${mailWait}`,
                    other: `# are due, the oldest for ${mailWait}`,
                  })}
            </State>
          ),
        ],
        [
          t`Audit trail`,
          audit && (
            <State wrong={audit.late}>
              {unsealed === 0 ? t`sealed` : t`the oldest entry waits for its seal for ${sealWait}`}
            </State>
          ),
        ],
        [t`Clock`, clock && <State wrong={clock.off}>{skew === 0 ? t`right` : t`off by ${off}`}</State>],
        [
          t`Time zones`,
          zones && (
            <State wrong={zones.different.length > 0}>
              {zones.different.length === 0
                ? t`Worker and database agree`
                : t`Worker and database differ: ${differing}`}
            </State>
          ),
        ],
        [t`Version`, `${version} (${commit})`],
        [t`Functions`, functions],
      ]}
    />
  );
}

/** A state in words, marked where a person is needed. */
function State({ wrong, children }: { wrong: boolean; children: ReactNode }) {
  return wrong ? (
    <span className={classes["badge"]} data-tone="bad" style={{ whiteSpace: "normal" }}>
      {children}
    </span>
  ) : (
    children
  );
}
