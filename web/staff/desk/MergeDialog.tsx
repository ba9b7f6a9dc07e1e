import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Patient, PatientRecord } from "#contract/answers/patients.ts";
import { isProblem } from "#kit/api/problem.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { AdministrationProblem } from "#kit/session/StepUp.tsx";
import { Dialog } from "#kit/ui/Dialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { fieldsOf } from "#kit/ui/fields.ts";
import { MergePreview } from "./MergePreview.tsx";
import { PatientSearch } from "./PatientSearch.tsx";
import { patientPath, recordQuery } from "./queries.ts";
import { usePaused } from "./usePaused.ts";

export interface MergeDialogProps {
  record: Versioned<PatientRecord>;
  onClose: () => void;
  /** Gets the record that stays. */
  onDone: (patient: Patient) => void;
}

/** Merges two records of one person: finds the other one, then shows both side by side with the result. */
export function MergeDialog({ record, onClose, onDone }: MergeDialogProps) {
  const { t } = useLingui();
  const [other, setOther] = useState<string | null>(null);
  const [text, setText] = useState("");
  const asked = usePaused(text.trim());
  if (other !== null) return <Both record={record} otherId={other} onClose={onClose} onDone={onDone} />;
  return (
    <Dialog title={t`Merge with which record?`} onClose={onClose}>
      <div className={classes["form"]}>
        <p style={{ margin: 0 }}>
          <Trans>Two records of the same person become one. It cannot be undone.</Trans>
        </p>
        <PatientSearch
          text={text}
          onText={setText}
          asked={asked}
          onChoose={(id) => {
            if (id !== record.value.id) setOther(id);
          }}
        />
      </div>
    </Dialog>
  );
}

function Both({ record, otherId, onClose, onDone }: MergeDialogProps & { otherId: string }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const here = useQuery(recordQuery(record.value.id));
  const other = useQuery(recordQuery(otherId));
  const [hereStays, setHereStays] = useState(true);
  const { mutate, error, isPending, waiting } = useSave<Patient>(({ data }) => {
    void queryClient.invalidateQueries({ queryKey: recordQuery(record.value.id).queryKey });
    void queryClient.invalidateQueries({ queryKey: recordQuery(otherId).queryKey });
    void queryClient.invalidateQueries({ queryKey: ["appointments"] });
    onDone(data);
  });
  if (!here.data || !other.data) {
    return (
      <Dialog title={t`Merge the records`} onClose={onClose}>
        {other.error === null ? <Skeleton height={240} /> : <AdministrationProblem error={other.error} />}
      </Dialog>
    );
  }
  const [source, target] = hereStays ? [other.data, here.data] : [here.data, other.data];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    const reason = fieldsOf(event.currentTarget)("reason");
    const intoVersion = Number(target.etag.replaceAll('"', ""));
    const body = { into: target.value.id, intoVersion, ...(reason === "" ? {} : { reason }) };
    const path = `${patientPath(source.value.id)}/merge`;
    mutate(
      { method: "POST", path, body, ifMatch: source.etag },
      {
        onError: (error) => {
          if (!isProblem(error, "version-conflict")) return;
          void here.refetch();
          void other.refetch();
        },
      },
    );
  };
  return (
    <Dialog title={t`Merge the records`} onClose={onClose} wide>
      <form className={classes["form"]} onSubmit={submit}>
        <MergePreview source={source.value} target={target.value} />
        <div>
          <button type="button" className={classes["small"]} onClick={() => setHereStays(!hereStays)}>
            <Trans>Keep the other one instead</Trans>
          </button>
        </div>
        <TextInput name="reason" label={t`Why (optional, for the audit trail)`} maxLength={500} />
        {error !== null && <AdministrationProblem error={error} focus />}
        <WaitingNotice waiting={waiting} warning={t`Don't merge them again.`} />
        <Button type="submit" size="sm" color="var(--danger)" aria-busy={isPending}>
          <Trans>Merge them for good</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
