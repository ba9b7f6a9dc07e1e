import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
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
  const nav = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // On a phone the row of links scrolls: the current one must be seen.
  useEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!nav.current || !current || nav.current.dataset["at"] === path) return;
    nav.current.dataset["at"] = path;
    nav.current.scrollLeft = current.offsetLeft - (nav.current.clientWidth - current.offsetWidth) / 2;
  });
  const screens = [
    { to: "/", label: t`Day board` },
    { to: "/today", label: t`Today` },
    ...(staff
      ? ([
          { to: "/patients", label: t`Patients` },
          { to: "/openings", label: t({ message: "Next openings", context: "link" }) },
          { to: "/queue", label: t`To place`, count: today?.toPlace },
          { to: "/late", label: t`Late openings`, count: today?.lateOpenings },
          { to: "/tasks", label: t`Tasks` },
          { to: "/calendar", label: t({ message: "Clinic calendar", context: "link" }) },
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
          <nav ref={nav} aria-label={t`Screens`} className={classes["screens"]}>
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
