import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ApiClient } from "#contract/answers/api-clients.ts";
import { configQuery } from "#kit/api/queries.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { asWritten } from "#kit/time/format.ts";
import classes from "#kit/ui/Screen.module.css";
import { limitWords } from "./limit.ts";

export interface ClientItemProps {
  client: ApiClient;
  onChange: () => void;
  onRotate: () => void;
}

/** One app in the list, with its keys. */
export function ClientItem({ client, onChange, onRotate }: ClientItemProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const zones = config ? zonesOf(config) : [];
  const { name, tier, origins, active, keys } = client;
  return (
    <li className={classes["line"]}>
      <span style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <strong>{name}</strong>{" "}
        {!active && (
          <span className={classes["badge"]} data-tone="warn">
            <Trans>Switched off</Trans>
          </span>
        )}
        <br />
        <span className={classes["soft"]}>
          {limitWords(tier)}
          {" · "}
          {origins.length === 0 ? t`pages of any origin` : origins.join(", ")}
        </span>
        {keys.map(({ id, createdAt, expiresAt }) => {
          const [made, ends] = [asWritten(createdAt, zones), expiresAt === null ? "" : asWritten(expiresAt, zones)];
          return (
            <span key={id} className={classes["soft"]} style={{ display: "block" }}>
              {expiresAt === null ? t`Key of ${made}` : t`Key of ${made}, ends ${ends}`}
            </span>
          );
        })}
      </span>
      <span className={classes["row"]}>
        <button type="button" className={classes["small"]} aria-label={t`Change ${name}`} onClick={onChange}>
          <Trans>Change…</Trans>
        </button>
        <button type="button" className={classes["small"]} aria-label={t`New key for ${name}`} onClick={onRotate}>
          <Trans>New key…</Trans>
        </button>
      </span>
    </li>
  );
}
