import { Trans, useLingui } from "@lingui/react/macro";
import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import type { Session } from "#contract/answers/session.ts";
import { LanguageSwitch } from "#kit/language/LanguageSwitch.tsx";
import { useLogin } from "#kit/session/useLogin.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./Frame.module.css";

/** The name of the person, with the language, the scheme and logging out. */
export function AccountMenu({ session, onShortcuts }: { session: Session; onShortcuts: () => void }) {
  const { t } = useLingui();
  const { end, busy, error } = useLogin();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes: [MantineColorScheme, string][] = [
    ["auto", t({ message: "As the system", context: "colour scheme" })],
    ["light", t({ message: "Light", context: "colour scheme" })],
    ["dark", t({ message: "Dark", context: "colour scheme" })],
  ];
  return (
    <>
      <button type="button" className={classes["account"]} popoverTarget="account-menu">
        {session.name}
        <span aria-hidden="true"> ▾</span>
      </button>
      <div id="account-menu" popover="auto" className={classes["menu"]}>
        <LanguageSwitch className={undefined} />
        <fieldset aria-label={t`Colours`}>
          {schemes.map(([scheme, label]) => (
            <button
              key={scheme}
              type="button"
              className={classes["tool"]}
              aria-pressed={scheme === colorScheme}
              onClick={() => setColorScheme(scheme)}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          className={classes["tool"]}
          popoverTarget="account-menu"
          popoverTargetAction="hide"
          onClick={onShortcuts}
        >
          <Trans>Keyboard shortcuts</Trans> <kbd>?</kbd>
        </button>
        {session.role === "doctor" && (
          <a className={classes["tool"]} href="/preferences">
            <Trans>Calendar address</Trans>
          </a>
        )}
        <button type="button" className={classes["tool"]} disabled={busy} onClick={() => void end()}>
          <Trans>Log out</Trans>
        </button>
        {error !== null && <ProblemNotice error={error} />}
      </div>
    </>
  );
}
