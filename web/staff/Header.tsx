import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Session } from "#contract/answers/session.ts";
import { configQuery } from "#kit/api/queries.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import classes from "./Frame.module.css";

/** The clinic, the screens of the user's role, and the user. */
export function Header({ session, onShortcuts }: { session: Session | null; onShortcuts: () => void }) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const screens = [{ to: "/", label: t`Day board` }] as const;
  return (
    <header className={classes["header"]}>
      <span className={classes["brand"]}>
        <img src="/favicon.svg" alt="" width="26" height="26" />
        {config?.clinic.name ?? "\u00a0"}
      </span>
      {session !== null && (
        <>
          <nav aria-label={t`Screens`} className={classes["screens"]}>
            {screens.map(({ to, label }) => (
              <Link key={to} to={to} className={classes["screen"] ?? ""} activeOptions={{ exact: true }}>
                {label}
              </Link>
            ))}
          </nav>
          <AccountMenu session={session} onShortcuts={onShortcuts} />
        </>
      )}
    </header>
  );
}
