import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { PARTS_OF_DAY } from "#domain/part-of-day.ts";
import { weekdayOf } from "#kit/time/format.ts";
import classes from "./Filters.module.css";
import { PART_NAMES } from "./part-names.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

export interface FiltersProps {
  config: Config;
  doctors: Doctor[];
  search: TimesSearch;
  onChoose: (filter: Pick<TimesSearch, "place" | "part" | "weekday">) => void;
}

/** Where and when: each a list of choices, and the place only where there are several. */
export function Filters({ config, doctors, search, onChoose }: FiltersProps) {
  const { t } = useLingui();
  const possible = doctors.filter(
    ({ id, specialty }) =>
      (search.doctor === undefined || search.doctor === id) &&
      (search.specialty === undefined || search.specialty === specialty),
  );
  const places = config.locations.filter(
    ({ id }) => id === search.place || possible.some(({ locationIds }) => locationIds.includes(id)),
  );
  return (
    <fieldset aria-label={t`Narrow the times`} className={classes["filters"]}>
      {places.length > 1 && (
        <Choice label={t`Where`} value={search.place} onChange={(place) => onChoose({ place })} any={t`Anywhere`}>
          {places.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choice>
      )}
      <Choice
        label={t`Time of day`}
        value={search.part}
        onChange={(part) => onChoose({ part: PARTS_OF_DAY.find((one) => one === part) })}
        any={t`Any time`}
      >
        {PARTS_OF_DAY.map((part) => (
          <option key={part} value={part}>
            {t(PART_NAMES[part])}
          </option>
        ))}
      </Choice>
      <Choice label={t`Weekday`} value={search.weekday} onChange={(weekday) => onChoose({ weekday })} any={t`Any day`}>
        {["1", "2", "3", "4", "5", "6", "7"].map((weekday) => (
          <option key={weekday} value={weekday}>
            {weekdayOf(Number(weekday))}
          </option>
        ))}
      </Choice>
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  /** Undefined: any. */
  onChange: (value: string | undefined) => void;
  /** The name of the choice that leaves nothing out. */
  any: string;
  children: ReactNode;
}

/** A native list, because phones show it best. */
function Choice({ label, value, onChange, any, children }: ChoiceProps) {
  return (
    <label className={classes["choice"]}>
      <span>{label}</span>
      <select
        value={value ?? ""}
        data-chosen={value === undefined ? undefined : true}
        onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? undefined : currentTarget.value)}
      >
        <option value="">{any}</option>
        {children}
      </select>
    </label>
  );
}
