import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { configQuery } from "#kit/api/queries.ts";
import screen from "#kit/ui/Screen.module.css";
import { CalendarPage } from "./CalendarPage.tsx";
import { DoctorDialog } from "./DoctorDialog.tsx";
import { allDoctorsQuery } from "./queries.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

/** All doctors with specialty and places, and the way to a new one. */
export function DoctorsScreen() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data, error, refetch } = useQuery(allDoctorsQuery);
  const [adding, setAdding] = useState(false);
  const [left, setLeft] = useState(false);
  const shown = data?.items.filter(({ active }) => left || active);
  const places = (ids: readonly string[]) =>
    config?.locations.flatMap(({ id, name }) => (ids.includes(id) ? [name] : [])).join(", ") ?? "";
  return (
    <CalendarPage
      title={t`Doctors`}
      loading={data === undefined}
      error={error}
      retry={() => void refetch()}
      actions={
        <>
          <label className={screen["check"]}>
            <input type="checkbox" checked={left} onChange={() => setLeft(!left)} />
            <Trans>Also those who have left</Trans>
          </label>
          <button type="button" className={`${screen["small"]} ${screen["main"]}`} onClick={() => setAdding(true)}>
            <Trans>New doctor</Trans>
          </button>
        </>
      }
    >
      {shown && (
        <>
          {shown.length === 0 && (
            <p className={screen["empty"]}>
              <Trans>The clinic has no doctors yet.</Trans>
            </p>
          )}
          <ul className={screen["list"]} hidden={shown.length === 0}>
            {shown.map(({ id, name, specialty, locationIds, active, slotMinutes }) => (
              <li key={id}>
                <Link
                  to="/calendar/doctors/$doctorId"
                  params={{ doctorId: id }}
                  className={`${screen["line"]} ${screen["choice"]}`}
                  style={{ boxSizing: "border-box" }}
                >
                  <span>
                    <strong>{name}</strong> <span className={screen["soft"]}>{specialtyWords(specialty)}</span>
                  </span>
                  <span className={screen["soft"]}>
                    {active ? (
                      [t`${slotMinutes} min`, places(locationIds) || t`no weekly schedule yet`].join(" · ")
                    ) : (
                      <span className={screen["badge"]}>
                        <Trans>has left</Trans>
                      </span>
                    )}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {adding && <DoctorDialog specialties={data?.specialties ?? []} onClose={() => setAdding(false)} />}
    </CalendarPage>
  );
}
