import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ClinicLocation } from "#contract/answers/places.ts";
import { configQuery } from "#kit/api/queries.ts";
import { RecordDialog } from "#kit/record/RecordDialog.tsx";
import type { RecordField, RecordValues } from "#kit/record/fields.tsx";
import { locationQuery } from "../queries.ts";
import { knownZones } from "./country.ts";

export interface LocationDialogProps {
  /** Null for a new one. */
  location: ClinicLocation | null;
  onClose: () => void;
  onDone: (location: ClinicLocation) => void;
}

/** A location: its name and address as patients read them, its zone, and whose public holidays apply there. */
export function LocationDialog({ location, onClose, onDone }: LocationDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: config } = useQuery({ ...configQuery, enabled: false });
  const { data: record } = useQuery({ ...locationQuery(location?.id ?? ""), enabled: location !== null });
  const fields = useFields();
  if (location !== null && record === undefined) return null;
  const name = location?.name ?? "";
  return (
    <RecordDialog<ClinicLocation>
      title={location === null ? t`Add a location` : t`Change ${name}`}
      path={location === null ? "/locations" : `/locations/${location.id}`}
      record={location === null ? null : (record ?? null)}
      fields={fields}
      valuesOf={(one) => ({
        name: one?.name ?? "",
        address: one?.address ?? "",
        timeZone: one?.timeZone ?? config?.clinic.timeZone ?? "",
        country: one?.country ?? "",
        region: one?.region ?? "",
      })}
      bodyOf={bodyOf}
      reload={() => queryClient.fetchQuery({ ...locationQuery(location?.id ?? ""), staleTime: 0 })}
      save={location === null ? t`Add it` : t`Save`}
      onClose={onClose}
      onDone={(value, etag) => {
        queryClient.setQueryData(locationQuery(value.id).queryKey, { value, etag });
        // Other screens read the locations here. Browsers may answer /config from their cache for a minute.
        queryClient.setQueryData(configQuery.queryKey, (now) => {
          if (!now) return now;
          const others = now.locations.filter(({ id }) => id !== value.id);
          return { ...now, locations: [...others, value] };
        });
        onDone(value);
      }}
    />
  );
}

/** Country and region go together; an empty region is none. */
function bodyOf({ country, region, ...rest }: RecordValues, all: RecordValues): object {
  const place =
    country === undefined && region === undefined
      ? {}
      : { country: String(all["country"]).toUpperCase(), region: all["region"] === "" ? null : all["region"] };
  return { ...rest, ...place };
}

function useFields(): RecordField[] {
  const { t } = useLingui();
  return [
    {
      name: "name",
      label: t`Name`,
      required: true,
      maxLength: 100,
      wrong: t`This is no name, or another location has it.`,
    },
    {
      name: "address",
      label: t`Address`,
      description: t`One line, as patients read it in mails.`,
      required: true,
      maxLength: 200,
      wrong: t`This is no address.`,
    },
    {
      name: "timeZone",
      label: t`Time zone`,
      description: t`It stays as it is while there are times to come at this location.`,
      suggestions: knownZones(),
      required: true,
      wrong: t`There is no such time zone. An example: Europe/Dublin.`,
    },
    {
      name: "country",
      label: t`Country`,
      description: t`Two letters, such as IE: whose public holidays apply.`,
      required: true,
      maxLength: 2,
      wrong: t`No public holidays are prepared for this country.`,
    },
    {
      name: "region",
      label: t`Region`,
      description: t`Such as BY for Bavaria. Empty: the whole country's holidays only.`,
      maxLength: 13,
      wrong: t`This country has no such region.`,
    },
  ];
}
