import { useQuery } from "@tanstack/react-query";
import { configQuery } from "#kit/api/queries.ts";
import classes from "./Layout.module.css";
import { Phone } from "./Phone.tsx";

/** Whom to call when the page does not help. */
export function Footer() {
  const { data: config } = useQuery(configQuery);
  return (
    <footer className={classes["footer"]}>
      <div className={classes["bar"]}>
        {config && (
          <p>
            Need help? Call <Phone config={config} />. Do not use this page in an emergency: call the emergency
            services.
          </p>
        )}
      </div>
    </footer>
  );
}
