import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type * as z from "zod/v4";
import type { ApiClient, ApiClientWithKey } from "#contract/answers/api-clients.ts";
import { isProblem } from "#kit/api/problem.ts";
import { useSave } from "#kit/api/useSave.ts";
import { AdministrationProblem } from "#kit/session/StepUp.tsx";
import { Dialog } from "#kit/ui/Dialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { clientQuery } from "./ClientDialog.tsx";

export interface RotateDialogProps {
  client: ApiClient;
  onClose: () => void;
  onDone: (key: string) => void;
}

/** Gives an app a new key. Says when its present keys end. */
export function RotateDialog({ client, onClose, onDone }: RotateDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: record, refetch } = useQuery({ ...clientQuery(client.id), staleTime: 0 });
  const [overlap, setOverlap] = useState("1440");
  const { mutate, error, isPending, waiting } = useSave<z.infer<typeof ApiClientWithKey>>(({ data, etag }) => {
    const { key, ...value } = data;
    queryClient.setQueryData(clientQuery(client.id).queryKey, { value, etag: etag ?? "" });
    onDone(key);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!record || isPending) return;
    const body = { overlapMinutes: Number(overlap) };
    mutate(
      { method: "POST", path: `/api-clients/${client.id}/rotate`, body, ifMatch: record.etag },
      { onError: (error) => void (isProblem(error, "version-conflict") && refetch()) },
    );
  };
  const name = client.name;
  return (
    <Dialog title={t`New key for ${name}`} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        <NativeSelect
          label={t`The present key`}
          description={t`Put the new key into the app before the present one ends.`}
          value={overlap}
          onChange={(event) => setOverlap(event.currentTarget.value)}
          data={[
            { value: "0", label: t`ends now` },
            { value: "60", label: t`ends in an hour` },
            { value: "1440", label: t`ends in a day` },
            { value: "10080", label: t`ends in a week` },
            { value: "43200", label: t`ends in 30 days` },
          ]}
        />
        {record !== undefined && record.value.keys.length > 1 && (
          <p className={classes["soft"]} style={{ margin: 0 }}>
            <Trans>The key before it ends now: at most two are valid.</Trans>
          </p>
        )}
        {error !== null && <AdministrationProblem error={error} focus />}
        <WaitingNotice waiting={waiting} warning={t`Don't ask for another key.`} />
        <Button type="submit" size="sm" disabled={!record} aria-busy={isPending}>
          <Trans>Make the key and show it</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
