import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { configQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf, fullDayOf } from "#kit/time/format.ts";
import screen from "#kit/ui/Screen.module.css";
import { CalendarPage } from "./CalendarPage.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { HolidayDialog } from "./HolidayDialog.tsx";
import { ImportDialog } from "./ImportDialog.tsx";
import { holidayRemoved } from "./changes.ts";
import { holidaysQuery } from "./queries.ts";
import type { Change } from "./useChange.ts";

/** The public holidays of a year: by date, with adding, removing and importing. */
export function HolidaysScreen() {
  const { t } = useLingui();
  const { year: wanted } = useSearch({ from: "/calendar/holidays" });
  const { data: config } = useQuery(configQuery);
  const thisYear = Number(dateOf(serverNow(), config?.clinic.timeZone ?? "UTC").slice(0, 4));
  const year = wanted ?? thisYear;
  const { data, error, refetch } = useQuery(holidaysQuery(year));
  const [dialog, setDialog] = useState<"add" | "import" | null>(null);
  const [change, setChange] = useState<Change | null>(null);
  const several = (config?.locations.length ?? 0) > 1;
  const placeOf = (locationId: string) => config?.locations.find(({ id }) => id === locationId)?.name;
  return (
    <CalendarPage
      title={t`Holidays ${year}`}
      loading={data === undefined}
      error={error}
      retry={() => void refetch()}
      actions={
        <>
          <Link to="/calendar/holidays" search={{ year: year - 1 }} className={screen["small"] ?? ""}>
            <span aria-hidden="true">‹</span> {year - 1}
          </Link>
          <Link to="/calendar/holidays" search={{ year: year + 1 }} className={screen["small"] ?? ""}>
            {year + 1} <span aria-hidden="true">›</span>
          </Link>
          <button type="button" className={screen["small"]} onClick={() => setDialog("import")}>
            <Trans>Import public holidays</Trans>
          </button>
          <button type="button" className={`${screen["small"]} ${screen["main"]}`} onClick={() => setDialog("add")}>
            <Trans>Add a holiday</Trans>
          </button>
        </>
      }
    >
      {data && (
        <>
          {data.length === 0 && (
            <p className={screen["empty"]}>
              <Trans>No holidays in {year} yet. Import those of your country, or add one.</Trans>
            </p>
          )}
          {data.length > 0 && (
            <ul className={screen["list"]}>
              {data.map((holiday) => {
                const { id, date, name, source, locationId } = holiday;
                const day = fullDayOf(date);
                const place = several ? placeOf(locationId) : undefined;
                return (
                  <li key={id} className={screen["line"]}>
                    <span>
                      <strong>{name}</strong> {[day, place].filter(Boolean).join(" · ")}{" "}
                      <span className={screen["soft"]}>{source === "staff" ? t`added by staff` : t`imported`}</span>
                    </span>
                    <button
                      type="button"
                      className={screen["small"]}
                      aria-label={[t`Remove ${name}, ${day}`, place].filter(Boolean).join(", ")}
                      onClick={() => setChange(holidayRemoved(holiday, place))}
                    >
                      <Trans>Remove</Trans>
                    </button>
                  </li>
                );
              })}
            </ul>
          )}
        </>
      )}
      {dialog === "add" && config && <HolidayDialog year={year} config={config} onClose={() => setDialog(null)} />}
      {dialog === "import" && config && <ImportDialog year={year} config={config} onClose={() => setDialog(null)} />}
      {change && <ChangeDialog change={change} onBack={() => setChange(null)} onDone={() => setChange(null)} />}
    </CalendarPage>
  );
}
