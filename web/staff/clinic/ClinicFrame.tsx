import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import classes from "#kit/ui/Screen.module.css";
import own from "./Clinic.module.css";

/** A screen about the clinic itself, with the way to the others. */
export function ClinicFrame({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const { t } = useLingui();
  const screens = [{ to: "/clinic/policy", label: t`Settings` }] as const;
  return (
    <div className={classes["page"]}>
      <nav aria-label={t`The clinic`} className={own["tabs"]}>
        {screens.map(({ to, label }) => (
          <Link key={to} to={to} className={own["tab"] ?? ""} activeOptions={{ exact: true, includeSearch: false }}>
            {label}
          </Link>
        ))}
      </nav>
      <div className={classes["spread"]}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        {action}
      </div>
      {children}
    </div>
  );
}
