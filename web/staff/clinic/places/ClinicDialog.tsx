import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { Clinic } from "#contract/answers/places.ts";
import { configQuery } from "#kit/api/queries.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { RecordDialog } from "#kit/record/RecordDialog.tsx";
import { clinicQuery } from "../queries.ts";
import { knownZones } from "./country.ts";

export interface ClinicDialogProps {
  clinic: Versioned<Clinic>;
  onClose: () => void;
  onDone: () => void;
}

/** The clinic's name, telephone number and zone. */
export function ClinicDialog({ clinic, onClose, onDone }: ClinicDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  return (
    <RecordDialog<Clinic>
      title={t`Change the clinic`}
      path="/clinic"
      record={clinic}
      fields={[
        { name: "name", label: t`Name`, required: true, maxLength: 100, wrong: t`This is no name.` },
        {
          name: "phone",
          label: t`Phone`,
          description: t`Patients call it when they cannot go on online.`,
          kind: "tel",
          required: true,
          wrong: t`This is no telephone number.`,
        },
        {
          name: "timeZone",
          label: t`Time zone`,
          description: t`It decides when a day begins for the clinic as a whole. Each location has its own.`,
          suggestions: knownZones(),
          required: true,
          wrong: t`There is no such time zone. An example: Europe/Dublin.`,
        },
      ]}
      valuesOf={(record) => ({
        name: record?.name ?? "",
        phone: record?.phone ?? "",
        timeZone: record?.timeZone ?? "",
      })}
      bodyOf={(changed) => changed}
      reload={() => queryClient.fetchQuery({ ...clinicQuery, staleTime: 0 })}
      save={t`Save`}
      onClose={onClose}
      onDone={(value, etag) => {
        queryClient.setQueryData(clinicQuery.queryKey, { value, etag });
        queryClient.setQueryData(configQuery.queryKey, (config) => config && { ...config, clinic: value });
        onDone();
      }}
    />
  );
}
