import "#kit/board/tokens.css";
import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import { LanguageSwitch } from "#kit/language/LanguageSwitch.tsx";
import { addCatalogues } from "#kit/language/speak.ts";
import { useLogin } from "#kit/session/useLogin.ts";
import { ShortcutsDialog } from "#kit/shortcuts/ShortcutsDialog.tsx";
import { isTyping, singleKeysOn, useShortcuts } from "#kit/shortcuts/shortcuts.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { DoctorGate } from "./DoctorGate.tsx";
import { DOCTOR_CATALOGUES } from "./language/catalogues.ts";
import classes from "./Doctor.module.css";

await addCatalogues(DOCTOR_CATALOGUES);

/** The frame of a doctor's pages: skip link, header, the page, and the list of keys that `?` opens. */
export function DoctorFrame() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const { end, busy } = useLogin();
  const [shortcuts, setShortcuts] = useState(false);
  useShortcuts(useMemo(() => ({ title: t`Everywhere`, shortcuts: [{ keys: "?", what: t`This list` }] }), [t]));
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === "?" && !isTyping(event.target) && singleKeysOn()) setShortcuts(true);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  const link = classes["link"] ?? "";
  return (
    <div className={classes["frame"]}>
      <a className={classes["skip"]} href="#page-title" onClick={skip}>
        <Trans>Skip to main content</Trans>
      </a>
      <header className={classes["header"]}>
        <span className={classes["brand"]}>
          <img src="/favicon.svg" alt="" width="28" height="28" />
          {config?.clinic.name ?? "\u00a0"}
        </span>
        {session?.role === "doctor" && (
          <nav aria-label={t`Your pages`} className={classes["links"]}>
            <Link to="/doctor/day" className={link} activeOptions={{ includeSearch: false }}>
              <Trans>Day</Trans>
            </Link>
            <Link to="/doctor/week" className={link} activeOptions={{ includeSearch: false }}>
              <Trans>Week</Trans>
            </Link>
            <Link to="/preferences" className={link}>
              <Trans>Calendar address</Trans>
            </Link>
          </nav>
        )}
        <div className={classes["links"]}>
          <LanguageSwitch className={classes["languages"]} />
          {session?.role === "doctor" && (
            <>
              <button
                type="button"
                className={link}
                aria-label={t`Keyboard shortcuts`}
                onClick={() => setShortcuts(true)}
              >
                <kbd>?</kbd>
              </button>
              <button type="button" className={link} disabled={busy} onClick={() => void end()}>
                <Trans>Log out</Trans>
              </button>
            </>
          )}
        </div>
      </header>
      <main className={classes["main"]}>
        {error && !session && <ProblemNotice error={error} retry={() => void refetch()} />}
        {(session === undefined || !config) && !error && <Skeleton height={420} radius="lg" />}
        {session !== undefined && config && (
          <DoctorGate session={session}>
            <Outlet />
          </DoctorGate>
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
