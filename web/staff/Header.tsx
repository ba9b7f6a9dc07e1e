import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Session } from "#contract/answers/session.ts";
import { configQuery } from "#kit/api/queries.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import classes from "./Frame.module.css";
import { todayQuery } from "./desk/queries.ts";

/** The clinic, the screens of the user's role, and the user. */
export function Header({ session, onShortcuts }: { session: Session | null; onShortcuts: () => void }) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const staff = session?.role === "staff";
  const { data: today } = useQuery({ ...todayQuery(0), enabled: staff });
  const screens = [
    { to: "/", label: t`Day board` },
    { to: "/today", label: t`Today` },
    ...(staff
      ? ([
          { to: "/patients", label: t`Patients` },
          { to: "/openings", label: t`Next openings` },
          { to: "/queue", label: t`To place`, count: today?.toPlace },
          { to: "/late", label: t`Late openings`, count: today?.lateOpenings },
          { to: "/tasks", label: t`Tasks` },
          { to: "/calendar", label: t`Clinic calendar` },
          { to: "/clinic", label: t({ message: "Clinic", context: "screens about the clinic itself" }) },
        ] as const)
      : []),
  ] as const;
  return (
    <header className={classes["header"]}>
      <span className={classes["brand"]}>
        <img src="/favicon.svg" alt="" width="26" height="26" />
        {config?.clinic.name ?? "\u00a0"}
      </span>
      {session !== null && (
        <>
          <nav aria-label={t`Screens`} className={classes["screens"]}>
            {screens.map((screen) => (
              <Link
                key={screen.to}
                to={screen.to}
                className={classes["screen"] ?? ""}
                activeOptions={{ exact: screen.to === "/", includeSearch: false }}
              >
                {screen.label}
                {"count" in screen && screen.count !== undefined && screen.count > 0 && (
                  <span className={classes["count"]}>{screen.count}</span>
                )}
              </Link>
            ))}
          </nav>
          <AccountMenu session={session} onShortcuts={onShortcuts} />
        </>
      )}
    </header>
  );
}
