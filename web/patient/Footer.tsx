import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { configQuery } from "#kit/api/queries.ts";
import { LanguageSwitch } from "#kit/language/LanguageSwitch.tsx";
import classes from "./Layout.module.css";
import { Phone } from "#kit/ui/Phone.tsx";

/** The clinic's number, and the link to the preferences. */
export function Footer() {
  const { data: config } = useQuery(configQuery);
  return (
    <footer className={classes["footer"]}>
      <div className={classes["bar"]}>
        {config && (
          <p>
            <Trans>
              Need help? Call <Phone config={config} />. Do not use this page in an emergency: call the emergency
              services.
            </Trans>
          </p>
        )}
        <LanguageSwitch className={classes["narrow"]} />
        <Link to="/preferences" className={classes["second"] ?? ""}>
          <Trans>Your preferences</Trans>
        </Link>
      </div>
    </footer>
  );
}
