import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { sessionQuery } from "#kit/api/queries.ts";
import { useWantedLanguage } from "#kit/language/useWantedLanguage.ts";
import { isTyping, singleKeysOn, useShortcuts } from "#kit/shortcuts/shortcuts.ts";
import { ShortcutsDialog } from "#kit/shortcuts/ShortcutsDialog.tsx";
import classes from "./Frame.module.css";
import { ActingBanner } from "./desk/ActingBanner.tsx";
import { useDeskKeys } from "./desk/useDeskKeys.ts";
import { Gate } from "./Gate.tsx";
import { Header } from "./Header.tsx";

/** The frame of every screen: skip link, header, the screen for those who may see it. */
export function Frame() {
  useWantedLanguage();
  const { t } = useLingui();
  const { data: session } = useQuery(sessionQuery);
  const [shortcuts, setShortcuts] = useState(false);
  const atLogin = useRouterState({ select: ({ location }) => location.pathname.startsWith("/login/") });
  useShortcuts(useMemo(() => ({ title: t`Everywhere`, shortcuts: [{ keys: "?", what: t`This list` }] }), [t]));
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === "?" && !isTyping(event.target) && singleKeysOn()) setShortcuts(true);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  const employed = session?.role === "staff" || session?.role === "doctor" ? session : null;
  useDeskKeys(employed?.role === "staff");
  return (
    <div className={classes["frame"]}>
      <a className={classes["skip"]} href="#page-title" onClick={skip}>
        <Trans>Skip to main content</Trans>
      </a>
      <Header session={employed} onShortcuts={() => setShortcuts(true)} />
      {employed?.role === "staff" && <ActingBanner />}
      <main className={classes["main"]} aria-label={session === undefined ? t`Loading…` : undefined}>
        {atLogin ? (
          <div className={classes["page"]}>
            <Outlet />
          </div>
        ) : (
          <Gate>
            <Outlet />
          </Gate>
        )}
      </main>
      {shortcuts && <ShortcutsDialog onClose={() => setShortcuts(false)} />}
    </div>
  );
}

function skip(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById("page-title")?.focus();
}
