import { Trans } from "@lingui/react/macro";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useWantedLanguage } from "#kit/language/useWantedLanguage.ts";
import { Footer } from "./Footer.tsx";
import { Header } from "./Header.tsx";
import { useLeadToOwnApp } from "./useLeadToOwnApp.ts";
import classes from "./Layout.module.css";
import { NextAppointment } from "./appointments/NextAppointment.tsx";

/** The frame of every page: skip link, header, the page, footer. The doctors' pages bring their own. */
export function Layout() {
  useWantedLanguage();
  useLeadToOwnApp();
  const atTimes = useRouterState({ select: ({ location }) => location.pathname === "/" });
  const changing = useRouterState({ select: ({ location }) => location.search.change !== undefined });
  const atHome = atTimes && !changing;
  const forDoctors = useRouterState({ select: ({ location }) => location.pathname.startsWith("/doctor/") });
  if (forDoctors) return <Outlet />;
  return (
    <div className={classes["frame"]}>
      <a className={classes["skip"]} href="#page-title" onClick={skip}>
        <Trans>Skip to main content</Trans>
      </a>
      {atTimes && (
        <a className={classes["skip"]} href="#times" onClick={skipToTimes}>
          <Trans>Skip to the free times</Trans>
        </a>
      )}
      <Header />
      {atHome && <NextAppointment />}
      <main className={classes["main"]}>
        <Outlet />
      </main>
      <Footer />
    </div>
  );
}

function skip(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById("page-title")?.focus();
}

/** To the first day with or without times; to the page's heading while there is none. */
function skipToTimes(event: React.MouseEvent) {
  const day = document.querySelector<HTMLElement>("h2[id^=day-]");
  if (!day) return skip(event);
  event.preventDefault();
  day.focus();
}
