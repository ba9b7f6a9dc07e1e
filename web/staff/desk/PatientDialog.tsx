import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { PatientRecord } from "#contract/answers/patients.ts";
import { configQuery } from "#kit/api/queries.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { nameOf } from "#kit/language/choice.ts";
import { RecordDialog } from "#kit/record/RecordDialog.tsx";
import type { RecordField, RecordValues } from "#kit/record/fields.tsx";
import { patientPath, recordQuery } from "./queries.ts";

export interface PatientDialogProps {
  record: Versioned<PatientRecord>;
  onClose: () => void;
  onDone: () => void;
}

/** The details of a patient: who it is, how to reach them, and what they want. */
export function PatientDialog({ record, onClose, onDone }: PatientDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { id, name } = record.value;
  return (
    <RecordDialog<PatientRecord>
      title={t`Change ${name}`}
      path={patientPath(id)}
      record={record}
      fields={useFields()}
      valuesOf={valuesOf}
      bodyOf={bodyOf}
      reload={() => queryClient.fetchQuery({ ...recordQuery(id), staleTime: 0 })}
      save={t`Save`}
      onClose={onClose}
      onDone={(value, etag) => {
        queryClient.setQueryData(recordQuery(id).queryKey, { value, etag });
        onDone();
      }}
    />
  );
}

function valuesOf(one: PatientRecord | null): RecordValues {
  return {
    name: one?.name ?? "",
    dateOfBirth: one?.dateOfBirth ?? "",
    number: one?.number ?? "",
    phone: one?.phone ?? "",
    email: one?.email ?? "",
    language: one?.language ?? "",
    reminders: one?.reminders ?? true,
    keepsLocation: one?.keepsLocation ?? false,
  };
}

/** An empty telephone number or address is none. */
function bodyOf(changed: RecordValues): object {
  const emptied = (["phone", "email"] as const).filter((name) => changed[name] === "");
  return { ...changed, ...Object.fromEntries(emptied.map((name) => [name, null])) };
}

function useFields(): RecordField[] {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  return [
    { name: "name", label: t`Name`, required: true, maxLength: 200, wrong: t`This is no name.` },
    {
      name: "dateOfBirth",
      label: t`Date of birth`,
      kind: "date",
      required: true,
      wrong: t`This is no date of birth.`,
    },
    {
      name: "number",
      label: t`Number`,
      required: true,
      maxLength: 40,
      wrong: t`This is no number, or another patient has it.`,
    },
    { name: "phone", label: t`Phone`, kind: "tel", wrong: t`This is no telephone number.` },
    {
      name: "email",
      label: t`E-mail`,
      description: t`With another address, mail goes out again.`,
      kind: "email",
      wrong: t`This is no e-mail address.`,
    },
    {
      name: "language",
      label: t`Language`,
      kind: "choice",
      options: (config?.locales ?? []).map((value) => ({ value, label: nameOf(value) })),
      wrong: t`The clinic writes in no such language.`,
    },
    { name: "reminders", label: t`Wants reminders`, kind: "check", wrong: "" },
    {
      name: "keepsLocation",
      label: t`Needs their location`,
      description: t`The clinic's own moves keep the patient where they booked.`,
      kind: "check",
      wrong: "",
    },
  ];
}
