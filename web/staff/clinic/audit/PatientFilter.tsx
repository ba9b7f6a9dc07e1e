import { Trans, useLingui } from "@lingui/react/macro";
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type * as z from "zod/v4";
import type { Patient, Patients } from "#contract/answers/patients.ts";
import { query, send } from "#kit/api/request.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";

export interface PatientFilterProps {
  patientId: string | undefined;
  /** The chosen patient's name, where it is known already. */
  name: string | null;
  onChoose: (patientId: string | undefined) => void;
}

/** The patient whose entries are shown. A search shows names only, and is itself recorded. */
export function PatientFilter({ patientId, name, onChoose }: PatientFilterProps) {
  const { t } = useLingui();
  const [asked, setAsked] = useState("");
  const [chosen, setChosen] = useState<Patient | null>(null);
  const { data, error } = useQuery({
    queryKey: ["patients", "for-audit", asked],
    queryFn: async ({ signal }) =>
      (await send<z.infer<typeof Patients>>(`/patients${query({ q: asked, limit: 6 })}`, { signal })).data.items,
    enabled: asked.length >= 2,
  });
  if (patientId !== undefined) {
    const known = chosen?.name ?? name ?? t`the chosen one`;
    return (
      <div className={classes["row"]}>
        <Trans>
          Patient: <strong>{known}</strong>
        </Trans>
        <button type="button" className={classes["small"]} onClick={() => onChoose(undefined)}>
          <Trans>Any patient</Trans>
        </button>
      </div>
    );
  }
  return (
    <div className={classes["form"]}>
      <div className={classes["filters"]}>
        <TextInput
          type="search"
          label={t`Patient`}
          description={t`Name or number; Enter searches.`}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            setAsked(event.currentTarget.value.trim());
          }}
        />
      </div>
      {error !== null && <ProblemNotice error={error} />}
      {data?.length === 0 && (
        <output>
          <Trans>No patient was found. Try fewer letters, or the date of birth.</Trans>
        </output>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className={classes["list"]} aria-label={t`Patients found`}>
          {data.map((patient) => (
            <li key={patient.id}>
              <button
                type="button"
                className={`${classes["line"]} ${classes["choice"]}`}
                onClick={() => {
                  setChosen(patient);
                  onChoose(patient.id);
                }}
              >
                {patient.name} · {patient.number}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
