import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Patient, PatientRecord } from "#contract/answers/patients.ts";
import { isProblem } from "#kit/api/problem.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { AdministrationProblem } from "#kit/session/StepUp.tsx";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { patientPath, recordQuery } from "./queries.ts";

export interface EraseDialogProps {
  record: Versioned<PatientRecord>;
  onClose: () => void;
  onDone: () => void;
}

/** Erases a patient for good, after the administrator has said that the clinic may. */
export function EraseDialog({ record, onClose, onDone }: EraseDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [isAllowed, setAllowed] = useState(false);
  const { id, name } = record.value;
  const { mutate, error, isPending, waiting } = useSave<Patient>(() => {
    void queryClient.invalidateQueries({ queryKey: recordQuery(id).queryKey });
    void queryClient.invalidateQueries({ queryKey: ["appointments"] });
    onDone();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isPending) mutate({ method: "POST", path: `${patientPath(id)}/erase`, body: {}, ifMatch: record.etag });
  };
  const current = isProblem(error, "wrong-state") ? error.text("current") : undefined;
  return (
    <Dialog title={t`Erase ${name}`} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        <p style={{ margin: 0 }}>
          <Trans>
            Name, contact, date of birth, reasons and notes go for good, also from the audit trail. Appointments stay
            without a name. It cannot be undone.
          </Trans>
        </p>
        <label className={classes["check"]}>
          <input
            type="checkbox"
            required
            data-autofocus
            checked={isAllowed}
            onChange={(event) => setAllowed(event.currentTarget.checked)}
          />
          <Trans>The clinic does not have to keep this record any longer</Trans>
        </label>
        {current === "notifying" && (
          <Notice tone="warn" title={t`The patient is still to be notified`} focus>
            <Trans>Try again in some minutes.</Trans>
          </Notice>
        )}
        {current === "booked" && (
          <Notice tone="warn" title={t`There are appointments to come`} focus>
            <Trans>Cancel them first.</Trans>
          </Notice>
        )}
        {error !== null && current !== "notifying" && current !== "booked" && (
          <AdministrationProblem error={error} focus />
        )}
        <WaitingNotice waiting={waiting} warning={t`Don't erase it again.`} />
        <Button type="submit" size="sm" color="var(--danger)" aria-busy={isPending}>
          <Trans>Erase for good</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
