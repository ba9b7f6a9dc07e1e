import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiClient } from "#contract/answers/api-clients.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import own from "../Clinic.module.css";
import { ClinicFrame } from "../ClinicFrame.tsx";
import { apiClientsQuery } from "../queries.ts";
import { ClientDialog } from "./ClientDialog.tsx";
import { ClientItem } from "./ClientItem.tsx";
import { KeyDialog } from "./KeyDialog.tsx";
import { RotateDialog } from "./RotateDialog.tsx";

type Open = { what: "new" } | { what: "change" | "rotate"; client: ApiClient } | { what: "key"; key: string };

/** The apps that call the API: their keys, the pages that may use them, and their limits. */
export function ApiScreen() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(apiClientsQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const settle = (next: Open | null, words: string) => {
    setOpen(next);
    setDone(words);
    void queryClient.invalidateQueries({ queryKey: apiClientsQuery.queryKey });
  };
  return (
    <ClinicFrame
      title={t`API clients`}
      action={
        data && (
          <button type="button" className={classes["small"]} onClick={() => setOpen({ what: "new" })}>
            <Trans>Add an app</Trans>
          </button>
        )
      }
    >
      <p className={own["about"]}>
        <Trans>A key names the app that calls, for its limit. It opens no record: people log in for that.</Trans>
      </p>
      {done !== null && open === null && <Notice tone="info" title={done} focus />}
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={240} radius="md" />}
      {data?.length === 0 && (
        <p className={classes["empty"]}>
          <Trans>No app has a key.</Trans>
        </p>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className={classes["list"]} aria-label={t`API clients`}>
          {data.map((client) => (
            <ClientItem
              key={client.id}
              client={client}
              onChange={() => setOpen({ what: "change", client })}
              onRotate={() => setOpen({ what: "rotate", client })}
            />
          ))}
        </ul>
      )}
      {(open?.what === "new" || open?.what === "change") && (
        <ClientDialog
          client={open.what === "new" ? null : open.client}
          onClose={() => setOpen(null)}
          onDone={({ name, key }) =>
            settle(
              key === undefined ? null : { what: "key", key },
              key === undefined ? t`${name} is changed` : t`${name} is added`,
            )
          }
        />
      )}
      {open?.what === "rotate" && (
        <RotateDialog
          client={open.client}
          onClose={() => setOpen(null)}
          onDone={(key) => settle({ what: "key", key }, t`The key is changed`)}
        />
      )}
      {open?.what === "key" && <KeyDialog apiKey={open.key} onClose={() => setOpen(null)} />}
    </ClinicFrame>
  );
}
