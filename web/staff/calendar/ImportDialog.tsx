import { i18n } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import type { HolidayDay, LeftOutDay, LeftOutReason } from "#domain/holiday-file.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fullDayOf } from "#kit/time/format.ts";
import classes from "./Calendar.module.css";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { holidaysImported } from "./changes.ts";
import { differencesOf } from "./holidayDifferences.ts";
import { holidayFileQuery, holidaysQuery } from "./queries.ts";
import type { Change } from "./useChange.ts";

export interface ImportDialogProps {
  year: number;
  config: Config;
  onClose: () => void;
}

/** The public holidays of a country or region: what is new, what is there already, what is left out. */
export function ImportDialog({ year: first, config, onClose }: ImportDialogProps) {
  const { t } = useLingui();
  const countries = [...new Set(config.locations.map(({ country }) => country))];
  const [country, setCountry] = useState(countries[0] ?? "");
  const [region, setRegion] = useState(config.locations[0]?.region ?? "");
  const [year, setYear] = useState(first);
  const [locationId, setLocationId] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [change, setChange] = useState<Change | null>(null);
  const { data: file, error } = useQuery(holidayFileQuery(country));
  const { data: rows } = useQuery(holidaysQuery(year));
  const here = config.locations.filter((one) => one.country === country);
  const places = locationId === "" ? here.map(({ id }) => id) : [locationId];
  const found = file && rows && differencesOf(file, { region: region || null, year }, places, rows);
  const countryNames = new Intl.DisplayNames([i18n.locale], { type: "region" });
  const [from = first, to = first] = file?.years ?? [];
  const years = Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
  const also = (found?.leftOut ?? []).map(({ date }) => date).filter((date) => chosen.includes(date));
  const wanted = {
    country,
    year,
    ...(region ? { region } : {}),
    ...(locationId ? { locationId } : {}),
    ...(also.length > 0 ? { also } : {}),
  };
  const added = (found?.added.length ?? 0) + also.length;
  const name = countryNames.of(country) ?? country;
  return (
    <Dialog title={t`Import public holidays`} onClose={onClose} wide>
      <div className={screen["form"]}>
        <div className={classes["pair"]}>
          <NativeSelect
            label={t`Country`}
            value={country}
            data-autofocus
            onChange={({ currentTarget: { value } }) => {
              setCountry(value);
              setRegion("");
              setLocationId("");
            }}
            data={countries.map((code) => ({ value: code, label: countryNames.of(code) ?? code }))}
          />
          {file && Object.keys(file.regions).length > 0 && (
            <NativeSelect
              label={t`Region or state`}
              value={region}
              onChange={({ currentTarget: { value } }) => setRegion(value)}
              data={[
                { value: "", label: t`The whole country` },
                ...Object.entries(file.regions).map(([code, one]) => ({ value: code, label: one.name })),
              ]}
            />
          )}
          <NativeSelect
            label={t`Year`}
            value={String(year)}
            onChange={({ currentTarget: { value } }) => setYear(Number(value))}
            data={years.includes(String(year)) ? years : [String(year), ...years]}
          />
          {here.length > 1 && (
            <NativeSelect
              label={t`Where`}
              value={locationId}
              onChange={({ currentTarget: { value } }) => setLocationId(value)}
              data={[
                { value: "", label: t`All locations there` },
                ...here.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
          )}
        </div>
        {error !== null && <ProblemNotice error={error} />}
        {file === undefined && error === null && <Skeleton height={160} />}
        {(file === null || found === null) && (
          <Notice tone="warn" title={t`No holidays are prepared for that`} live>
            <Trans>
              Nothing is known for {name} in {year}. Add the days one by one.
            </Trans>
          </Notice>
        )}
        {found && file && (
          <>
            <Days title={t`New: the clinic closes`} days={found.added} open />
            <Days title={t`There already, nothing changes`} days={found.kept} />
            <Days title={t`Yours, not on the list: they stay`} days={found.others} />
            <Days title={t`Only in other regions: left out`} days={found.elsewhere} />
            <LeftOut days={found.leftOut} chosen={chosen} onChange={setChosen} />
            <p className={screen["soft"]} style={{ margin: 0 }}>
              <Trans>Source: {file.source}. Substitute days are included.</Trans>
            </p>
            {added === 0 && (
              <Notice tone="info" title={t`There is nothing to import`} live>
                <Trans>The clinic has all of these days already.</Trans>
              </Notice>
            )}
            <Button size="sm" disabled={added === 0} onClick={() => setChange(holidaysImported(wanted, added))}>
              <Trans>Preview the change</Trans>
            </Button>
          </>
        )}
      </div>
      {change && <ChangeDialog change={change} onBack={() => setChange(null)} onDone={onClose} />}
    </Dialog>
  );
}

/** Days that are no public holidays, each with the reason and a box to take it along. */
function LeftOut({ days, chosen, onChange }: LeftOutProps) {
  const { t } = useLingui();
  const reasons: Record<LeftOutReason, string> = {
    bank: t`banks and offices close`,
    optional: t`many people take the day off`,
    school: t`schools close`,
    observance: t`kept in mind, and people work`,
    "part-of-day": t`only from some hour of the day on`,
  };
  if (days.length === 0) return null;
  return (
    <details>
      <summary>
        <Trans>No public holidays: left out unless you choose them</Trans>{" "}
        <span className={screen["number"]}>({days.length})</span>
      </summary>
      <ul className={classes["plain"]} style={{ listStyle: "none", paddingInlineStart: 0 }}>
        {days.map(({ date, name, reason }) => (
          <li key={date}>
            <label className={screen["check"]}>
              <input
                type="checkbox"
                checked={chosen.includes(date)}
                onChange={({ currentTarget: { checked } }) =>
                  onChange(checked ? [...chosen, date] : chosen.filter((one) => one !== date))
                }
              />
              <span>
                {fullDayOf(date)}: {name} <span className={screen["soft"]}>({reasons[reason]})</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface LeftOutProps {
  days: readonly LeftOutDay[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

/** One kind of days, folded unless `open`. */
function Days({ title, days, open = false }: { title: string; days: readonly HolidayDay[]; open?: boolean }) {
  if (days.length === 0) return null;
  return (
    <details open={open}>
      <summary>
        {title} <span className={screen["number"]}>({days.length})</span>
      </summary>
      <ul className={classes["plain"]}>
        {days.map(({ date, name }) => (
          <li key={date}>
            {fullDayOf(date)}: {name}
          </li>
        ))}
      </ul>
    </details>
  );
}
