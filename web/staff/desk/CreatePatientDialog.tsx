import { Trans, useLingui } from "@lingui/react/macro";
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import type * as z from "zod/v4";
import type { NewPatient, Patient } from "#contract/answers/patients.ts";
import type { CreatePatient } from "#contract/requests/patients.ts";
import { isDecided } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { PatientLine } from "./PatientResults.tsx";
import { fieldsOf } from "#kit/ui/fields.ts";
import { patientSearchQuery, recordQuery } from "./queries.ts";
import { identityOf } from "./words.ts";

export interface CreatePatientDialogProps {
  /** The text of the user's search. */
  named: string;
  onClose: () => void;
  /** The new record, or the one that it would have doubled. */
  onChosen: (patient: Patient) => void;
}

/** A new record. Before it is made, records of the same name are shown: one of them may be this patient. */
export function CreatePatientDialog({ named, onClose, onChosen }: CreatePatientDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const [likely, setLikely] = useState<Patient[]>([]);
  const [made, setMade] = useState<z.infer<typeof NewPatient> | null>(null);
  const attempt = useRef({ body: "", key: "" });
  const { mutate, error, isPending } = useMutation({
    mutationFn: async ({ body, warned }: { body: CreatePatient; warned: boolean }) => {
      const alike = warned ? [] : (await queryClient.fetchQuery(patientSearchQuery(body.name))).items.slice(0, 3);
      setLikely(alike);
      if (alike.length > 0) return null;
      const text = JSON.stringify(body);
      if (attempt.current.body !== text) attempt.current = { body: text, key: crypto.randomUUID() };
      const options = { method: "POST", body, idempotencyKey: attempt.current.key, onWaiting: setWaiting } as const;
      return send<z.infer<typeof NewPatient>>("/patients", options);
    },
    onSuccess: (answer) => {
      if (answer === null) return;
      const { data: patient, etag = "" } = answer;
      const { possibleDuplicates, ...record } = patient;
      queryClient.setQueryData(recordQuery(record.id).queryKey, { value: { ...record, stillBooked: null }, etag });
      // Of the same name they have been shown already; others are known only now.
      if (possibleDuplicates?.some(({ same }) => !same.includes("name"))) setMade(patient);
      else onChosen(record);
    },
    onError: (error) => {
      if (isDecided(error)) attempt.current = { body: "", key: "" };
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = fieldsOf(event.currentTarget);
    const [phone, email] = [value("phone"), value("email")];
    const body = {
      name: value("name"),
      dateOfBirth: value("dateOfBirth"),
      ...(phone === "" ? {} : { phone }),
      ...(email === "" ? {} : { email }),
    };
    if (!isPending) mutate({ body, warned: likely.length > 0 });
  };
  if (made !== null) {
    return (
      <Dialog title={t`The record is made`} onClose={() => onChosen(made)}>
        <div className={classes["form"]}>
          <Notice tone="warn" title={t`It may be the same person as`} focus>
            <ul style={{ margin: 0, paddingInlineStart: 18 }}>
              {made.possibleDuplicates?.map((one) => (
                <li key={one.id}>
                  {one.name}, {identityOf(one)}
                </li>
              ))}
            </ul>
          </Notice>
          <Button size="sm" onClick={() => onChosen(made)}>
            <Trans>Go on with the new record</Trans>
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t`New patient`} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit} onChange={() => setLikely([])}>
        <TextInput name="name" label={t`Name`} defaultValue={/\d/.test(named) ? "" : named} required data-autofocus />
        <TextInput name="dateOfBirth" type="date" label={t`Date of birth`} required min="1880-01-01" />
        <TextInput name="phone" type="tel" label={t`Phone`} />
        <TextInput name="email" type="email" label={t`E-mail`} />
        {likely.length > 0 && (
          <Notice tone="warn" title={t`Is it one of these?`} focus>
            <ul className={classes["list"]}>
              {likely.map((patient) => (
                <li key={patient.id}>
                  <button
                    type="button"
                    className={`${classes["line"]} ${classes["choice"]}`}
                    onClick={() => onChosen(patient)}
                  >
                    <PatientLine patient={patient} />
                  </button>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {error !== null && <ProblemNotice error={error} focus />}
        <WaitingNotice waiting={waiting} warning={t`Don't create it again.`} />
        <Button type="submit" size="sm" aria-busy={isPending}>
          {likely.length > 0 ? <Trans>It is another patient: create</Trans> : <Trans>Create the record</Trans>}
        </Button>
      </form>
    </Dialog>
  );
}
