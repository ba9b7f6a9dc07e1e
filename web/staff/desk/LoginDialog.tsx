import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Patient, PatientRecord } from "#contract/answers/patients.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { patientPath, recordQuery } from "./queries.ts";

export interface LoginDialogProps {
  record: Versioned<PatientRecord>;
  onClose: () => void;
  onDone: () => void;
}

/** Ends a patient's login, keeps every login out, or lets them in again by the verified address. */
export function LoginDialog({ record, onClose, onDone }: LoginDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { id, email, hasLogin, loginBlocked } = record.value;
  const [blocks, setBlocks] = useState(!hasLogin);
  const { mutate, error, isPending } = useSave<Patient>(({ data, etag }) => {
    const value = { ...record.value, ...data };
    queryClient.setQueryData(recordQuery(id).queryKey, { value, etag: etag ?? "" });
    onDone();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending) return;
    const path = patientPath(id);
    if (loginBlocked) mutate({ method: "PATCH", path, body: { loginBlocked: false }, ifMatch: record.etag });
    else mutate({ method: "DELETE", path: `${path}/login?block=${String(blocks)}`, ifMatch: record.etag });
  };
  const address = email ?? t`none`;
  return (
    <Dialog title={t`Login of the patient`} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        {loginBlocked ? (
          <p style={{ margin: 0 }}>
            <Trans>
              No login opens this record. Once allowed, the patient logs in with the verified address of the record:{" "}
              {address}.
            </Trans>
          </p>
        ) : (
          <>
            {hasLogin && (
              <p style={{ margin: 0 }}>
                <Trans>Every session of the patient ends at once. The appointments stay.</Trans>
              </p>
            )}
            <label className={classes["check"]}>
              <input
                type="checkbox"
                checked={blocks}
                disabled={!hasLogin}
                onChange={(event) => setBlocks(event.currentTarget.checked)}
              />
              <Trans>Keep every login out until staff allow it</Trans>
            </label>
          </>
        )}
        {error !== null && <ProblemNotice error={error} focus />}
        <Button type="submit" size="sm" aria-busy={isPending}>
          {loginBlocked ? (
            <Trans>Allow logins again</Trans>
          ) : hasLogin ? (
            <Trans>End the login</Trans>
          ) : (
            <Trans>Block logins</Trans>
          )}
        </Button>
      </form>
    </Dialog>
  );
}
