import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { Config } from "#contract/answers/clinic.ts";
import type { PatientRecord } from "#contract/answers/patients.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { patientPath, recordQuery } from "./queries.ts";

/** A record that is switched off: why, what is still booked for it, and the way back. */
export function SwitchedOff({ record, config }: { record: Versioned<PatientRecord>; config: Config }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { id, inactiveBecause, mergedInto, stillBooked } = record.value;
  const { mutate, error, isPending } = useSave<PatientRecord>(({ data, etag }) => {
    queryClient.setQueryData(recordQuery(id).queryKey, { value: data, etag: etag ?? "" });
    void queryClient.invalidateQueries({ queryKey: ["appointments"] });
  });
  const change = (body: object) => {
    if (!isPending) mutate({ method: "PATCH", path: patientPath(id), body, ifMatch: record.etag });
  };
  const because = { died: t`The patient has died.`, "moved-away": t`The patient has moved away.`, other: null };
  return (
    <Notice tone="warn" title={t`This record is switched off`}>
      <div className={classes["form"]}>
        <span>
          {inactiveBecause !== null && because[inactiveBecause]} <Trans>Nobody can book for it.</Trans>
        </span>
        {stillBooked !== null && stillBooked.length > 0 && (
          <div>
            <strong>
              <Trans>Still booked:</Trans>
            </strong>
            <ul style={{ margin: "4px 0" }}>
              {stillBooked.map((one) => (
                <li key={one.id}>{whenOf(one, config)}</li>
              ))}
            </ul>
            <button type="button" className={classes["small"]} onClick={() => change({ cancelAppointments: true })}>
              <Trans>Cancel these appointments</Trans>
            </button>
          </div>
        )}
        {mergedInto === null && (
          <div>
            <button type="button" className={classes["small"]} onClick={() => change({ active: true })}>
              <Trans>Switch it on again</Trans>
            </button>
          </div>
        )}
        {error !== null && <ProblemNotice error={error} focus />}
      </div>
    </Notice>
  );
}
