import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import screen from "#kit/ui/Screen.module.css";
import classes from "./Calendar.module.css";

export interface CalendarPageProps {
  title: string;
  /** Beside the title: what can be done here. */
  actions?: ReactNode;
  /** Of the page's first read. */
  error?: unknown;
  retry?: () => void;
  loading: boolean;
  children: ReactNode;
}

/** A screen about the clinic calendar: the ways to the others, title, actions, content. */
export function CalendarPage({ title, actions, error = null, retry, loading, children }: CalendarPageProps) {
  const { t } = useLingui();
  const tab = classes["tab"] ?? "";
  return (
    <div className={screen["page"]}>
      <nav className={classes["tabs"]} aria-label={t`Clinic calendar`}>
        <Link to="/calendar/doctors" className={tab}>
          <Trans>Doctors</Trans>
        </Link>
        <Link to="/calendar/holidays" className={tab} activeOptions={{ includeSearch: false }}>
          <Trans>Holidays</Trans>
        </Link>
        <Link to="/calendar/changes" className={tab}>
          <Trans>Changes made</Trans>
        </Link>
      </nav>
      <div className={screen["spread"]}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        {actions !== undefined && <span className={screen["row"]}>{actions}</span>}
      </div>
      {error !== null && <ProblemNotice error={error} {...(retry ? { retry } : {})} />}
      {error === null && loading && <Skeleton height={320} radius="md" />}
      {error === null && children}
    </div>
  );
}
