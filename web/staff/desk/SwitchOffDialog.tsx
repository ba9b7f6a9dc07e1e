import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { PatientRecord } from "#contract/answers/patients.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { fieldsOf } from "#kit/ui/fields.ts";
import { patientAppointmentsQuery, patientPath, recordQuery } from "./queries.ts";

export interface SwitchOffDialogProps {
  record: Versioned<PatientRecord>;
  config: Config;
  onClose: () => void;
  onDone: () => void;
}

/** Switches a record off. Says first what ends, what is still booked, and that no mail is sent. */
export function SwitchOffDialog({ record, config, onClose, onDone }: SwitchOffDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { id, name } = record.value;
  const [cancels, setCancels] = useState(false);
  const { data: coming } = useQuery(patientAppointmentsQuery(id, "upcoming"));
  const { mutate, error, isPending, waiting } = useSave<PatientRecord>(({ data, etag }) => {
    queryClient.setQueryData(recordQuery(id).queryKey, { value: data, etag: etag ?? "" });
    void queryClient.invalidateQueries({ queryKey: ["appointments"] });
    onDone();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const inactiveBecause = fieldsOf(event.currentTarget)("because");
    const body = { active: false, inactiveBecause, ...(cancels ? { cancelAppointments: true } : {}) };
    if (!isPending) mutate({ method: "PATCH", path: patientPath(id), body, ifMatch: record.etag });
  };
  return (
    <Dialog title={t`Switch off the record of ${name}`} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        <p style={{ margin: 0 }}>
          <Trans>
            The login and what is held end now. Nobody can book for it, and no mail is sent, because the patient may
            have died.
          </Trans>
        </p>
        <NativeSelect
          name="because"
          label={t`Why`}
          data-autofocus
          data={[
            { value: "died", label: t`the patient has died` },
            { value: "moved-away", label: t`the patient has moved away` },
            { value: "other", label: t`another reason` },
          ]}
        />
        {coming !== undefined && coming.length > 0 && (
          <div>
            <strong>
              <Plural
                value={coming.length}
                one="# appointment is still booked"
                other="# appointments are still booked"
              />
            </strong>
            <ul style={{ margin: "4px 0" }}>
              {coming.map((one) => (
                <li key={one.id}>{whenOf(one, config)}</li>
              ))}
            </ul>
            <label className={classes["check"]}>
              <input type="checkbox" checked={cancels} onChange={(event) => setCancels(event.currentTarget.checked)} />
              <Trans>Cancel them</Trans>
            </label>
          </div>
        )}
        {error !== null && <ProblemNotice error={error} focus />}
        <WaitingNotice waiting={waiting} warning={t`Don't switch it off again.`} />
        <Button type="submit" size="sm" color="var(--danger)" aria-busy={isPending} disabled={coming === undefined}>
          {cancels ? <Trans>Switch off and cancel</Trans> : <Trans>Switch off</Trans>}
        </Button>
      </form>
    </Dialog>
  );
}
