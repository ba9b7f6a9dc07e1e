import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { Patient, PatientRecord } from "#contract/answers/patients.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { patientPath, recordQuery } from "./queries.ts";

export interface MailStoppedProps {
  record: Versioned<PatientRecord>;
  onDone: (words: string) => void;
}

/** Mail came back, or its reader complained: staff can send to the address again. */
export function MailStopped({ record, onDone }: MailStoppedProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { id, mailStopped } = record.value;
  const { mutate, error, isPending } = useSave<Patient>(({ data, etag }) => {
    queryClient.setQueryData(recordQuery(id).queryKey, { value: { ...record.value, ...data }, etag: etag ?? "" });
    onDone(t`Mail goes to this address again`);
  });
  return (
    <Notice tone="warn" title={t`Mail to this address does not arrive`}>
      <div className={classes["form"]}>
        <span>
          {mailStopped === "bounce" ? (
            <Trans>It came back. Ask the patient for another address.</Trans>
          ) : (
            <Trans>Its reader said that it is not wanted. Ask the patient.</Trans>
          )}
        </span>
        <div>
          <button
            type="button"
            className={classes["small"]}
            aria-busy={isPending}
            onClick={() => {
              if (!isPending) mutate({ method: "POST", path: `${patientPath(id)}/mail/resume` });
            }}
          >
            <Trans>Send to it again</Trans>
          </button>
        </div>
        {error !== null && <ProblemNotice error={error} focus />}
      </div>
    </Notice>
  );
}
