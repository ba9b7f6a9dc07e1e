import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import classes from "#kit/ui/Screen.module.css";
import own from "./Clinic.module.css";
import { useAdministrator } from "./queries.ts";

/** A screen about the clinic itself, with the way to the others. */
export function ClinicFrame({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const { t } = useLingui();
  const administrator = useAdministrator();
  const screens = [
    { to: "/clinic", label: t`Clinic and locations` },
    { to: "/clinic/policy", label: t`Settings` },
    { to: "/clinic/staff", label: t`Staff accounts` },
    ...(administrator ? ([{ to: "/clinic/api", label: t`API clients` }] as const) : []),
    { to: "/clinic/audit", label: t`Audit trail` },
    ...(administrator ? ([{ to: "/clinic/health", label: t`Health` }] as const) : []),
  ] as const;
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
