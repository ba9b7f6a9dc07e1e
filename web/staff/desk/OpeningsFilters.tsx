import { useLingui } from "@lingui/react/macro";
import { NativeSelect, TextInput } from "@mantine/core";
import type { Config, Doctors } from "#contract/answers/clinic.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";
import classes from "#kit/ui/Screen.module.css";
import type { OpeningsSearch } from "./queries.ts";

export interface OpeningsFiltersProps {
  search: OpeningsSearch;
  config: Config;
  doctors: Doctors | undefined;
  onSearch: (search: OpeningsSearch) => void;
}

/** Filters: doctor or specialty, location, and first date. */
export function OpeningsFilters({ search, config, doctors, onSearch }: OpeningsFiltersProps) {
  const { t } = useLingui();
  const { doctorId, specialty, locationId, from } = search;
  const change = (changes: { [Name in keyof OpeningsSearch]: string | undefined }) => {
    const next = { doctorId, specialty, locationId, from, ...changes };
    onSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== "")));
  };
  const whose = doctorId === undefined ? (specialty === undefined ? "" : `s ${specialty}`) : `d ${doctorId}`;
  return (
    <search className={classes["filters"]} aria-label={t`Which openings`}>
      <NativeSelect
        label={t`Doctor or specialty`}
        value={whose}
        onChange={({ currentTarget: { value } }) =>
          change({
            doctorId: value.startsWith("d ") ? value.slice(2) : undefined,
            specialty: value.startsWith("s ") ? value.slice(2) : undefined,
          })
        }
      >
        <option value="">{t`Anyone`}</option>
        <optgroup label={t`Specialty`}>
          {doctors?.specialties.map((name) => (
            <option key={name} value={`s ${name}`}>
              {specialtyWords(name)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t({ message: "Doctor", context: "label before the name" })}>
          {doctors?.items.map(({ id, name }) => (
            <option key={id} value={`d ${id}`}>
              {name}
            </option>
          ))}
        </optgroup>
      </NativeSelect>
      {config.locations.length > 1 && (
        <NativeSelect
          label={t`Where`}
          value={locationId ?? ""}
          onChange={({ currentTarget: { value } }) => change({ locationId: value })}
          data={[
            { value: "", label: t`All locations` },
            ...config.locations.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      <TextInput
        type="date"
        label={t`From`}
        value={from ?? ""}
        onChange={({ currentTarget: { value } }) => change({ from: value })}
      />
    </search>
  );
}
