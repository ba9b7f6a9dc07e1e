import { Trans, useLingui } from "@lingui/react/macro";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Session } from "#contract/answers/session.ts";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";

/** Shows the page to doctors. All others read what to do instead; the API enforces the same role. */
export function DoctorGate({ session, children }: { session: Session | null; children: ReactNode }) {
  const { t } = useLingui();
  const here = useRouterState({ select: ({ location }) => location.pathname + location.searchStr });
  if (session?.role === "doctor") return children;
  const title = session === null ? t`Your day` : t`This page is for the clinic's doctors`;
  return (
    <div className={page["narrow"]}>
      <PageTitle documentTitle={title}>{title}</PageTitle>
      {session === null ? (
        <LogInFirst returnTo={here}>
          <Trans>Doctors see their day and their week here, after logging in.</Trans>
        </LogInFirst>
      ) : (
        <div className={page["card"]}>
          <LinkButton to="/appointments">
            <Trans>Your appointments</Trans>
          </LinkButton>
        </div>
      )}
    </div>
  );
}
