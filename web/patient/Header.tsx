import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LanguageSwitch } from "#kit/language/LanguageSwitch.tsx";
import classes from "./Layout.module.css";
import { useLogin } from "#kit/session/useLogin.ts";

/** The clinic's name, the link to the appointments, and logging in or out. */
export function Header() {
  const { data: config } = useQuery(configQuery);
  const { data: session } = useQuery(sessionQuery);
  const here = useRouterState({ select: ({ location }) => location.pathname + location.searchStr });
  const { start, end, busy, error } = useLogin();
  const { t } = useLingui();
  const link = classes["link"] ?? "";
  return (
    <header className={classes["header"]}>
      <div className={classes["bar"]}>
        <Link
          to="/"
          className={classes["brand"] ?? ""}
          activeProps={{ "aria-current": undefined }}
          aria-label={config ? undefined : t`Back to the start`}
        >
          <img src="/favicon.svg" alt="" width="32" height="32" />
          <span>{config?.clinic.name ?? "\u00a0"}</span>
        </Link>
        {config && <span className={classes["letter"]}>{config.clinic.phone}</span>}
        <div className={classes["tools"]}>
          <LanguageSwitch className={classes["wide"]} />
          <nav aria-label={t`Your account`} className={classes["links"]}>
            {session?.role === "doctor" ? (
              <Link to="/doctor/day" className={link}>
                <Trans>Your day</Trans>
              </Link>
            ) : (
              <Link to="/appointments" className={link}>
                <Trans>Appointments</Trans>
              </Link>
            )}
            {session && (
              <Link to="/preferences" className={`${link} ${classes["wide"]}`}>
                <Trans>Preferences</Trans>
              </Link>
            )}
            {session && (
              <span className={classes["who"]}>
                <span className={classes["name"]}>{session.name}</span>
                <button
                  type="button"
                  className={`${link} ${classes["account"]}`}
                  disabled={busy}
                  onClick={() => void end()}
                >
                  <Trans>Log out</Trans>
                </button>
              </span>
            )}
            {session === undefined && <span className={`${link} ${classes["account"]}`} aria-hidden="true" />}
            {session === null && (
              <button
                type="button"
                className={`${link} ${classes["account"]}`}
                disabled={busy}
                onClick={() => void start(placeAfter(here))}
              >
                <Trans>Log in</Trans>
              </button>
            )}
          </nav>
        </div>
      </div>
      {error !== null && <ProblemNotice error={error} />}
    </header>
  );
}

/** The page after a login; the callback address would repeat a finished login. */
function placeAfter(here: string): string {
  return here.startsWith("/login/") ? "/" : here;
}
