import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import type { DoctorRecord } from "#contract/answers/doctors.ts";
import type { ScheduleException } from "#contract/answers/schedule.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf } from "#kit/time/format.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { AbsenceDialog } from "./AbsenceDialog.tsx";
import { ExtraDialog } from "./ExtraDialog.tsx";
import { exceptionRemoved, whenOfException } from "./changes.ts";
import { exceptionsQuery } from "./queries.ts";
import type { Change } from "./useChange.ts";

export interface ExceptionsSectionProps {
  doctor: DoctorRecord;
  config: Config;
  onChange: (change: Change) => void;
}

/** Absences and extra sessions: those to come, and on request those that are over. */
export function ExceptionsSection({ doctor, config, onChange }: ExceptionsSectionProps) {
  const { t } = useLingui();
  const [past, setPast] = useState(false);
  const [adding, setAdding] = useState<"absence" | "extra" | null>(null);
  const { data, error, refetch } = useQuery(exceptionsQuery(doctor.id, past));
  const today = dateOf(serverNow(), config.clinic.timeZone);
  const isOver = (one: ScheduleException) => (one.kind === "extra" ? one.date : one.toDate) < today;
  const title = t`Absences and extra sessions`;
  return (
    <section aria-label={title} className={screen["form"]}>
      <div className={screen["spread"]}>
        <h2>{title}</h2>
        <span className={screen["row"]}>
          <label className={screen["check"]}>
            <input type="checkbox" checked={past} onChange={() => setPast(!past)} />
            <Trans>Also past ones</Trans>
          </label>
          {doctor.active && (
            <>
              <button type="button" className={screen["small"]} onClick={() => setAdding("absence")}>
                <Trans>Add an absence</Trans>
              </button>
              <button type="button" className={screen["small"]} onClick={() => setAdding("extra")}>
                <Trans>Add an extra session</Trans>
              </button>
            </>
          )}
        </span>
      </div>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data?.length === 0 && (
        <p className={screen["empty"]}>
          <Trans>None.</Trans>
        </p>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className={screen["list"]}>
          {data.map((one) => {
            const when = whenOfException(one);
            const words = one.kind === "absence" ? t`away` : t`extra session`;
            const place = config.locations.find(({ id }) => id === one.locationId)?.name;
            const details = [config.locations.length > 1 ? place : undefined, one.note].filter(Boolean).join(" · ");
            return (
              <li key={one.id} className={screen["line"]}>
                <span>
                  <strong>{when}</strong>{" "}
                  <span className={screen["badge"]} data-tone={one.kind === "absence" ? "warn" : undefined}>
                    {words}
                  </span>{" "}
                  <span className={screen["soft"]}>{details}</span>
                </span>
                {isOver(one) ? (
                  <span className={screen["soft"]}>
                    <Trans>over</Trans>
                  </span>
                ) : (
                  <button
                    type="button"
                    className={screen["small"]}
                    aria-label={t`Remove: ${words}, ${when}`}
                    onClick={() => onChange(exceptionRemoved(doctor, one))}
                  >
                    <Trans>Remove</Trans>
                  </button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {adding === "absence" && (
        <AbsenceDialog
          doctors={[doctor]}
          config={config}
          first={{ doctorId: doctor.id }}
          onClose={() => setAdding(null)}
        />
      )}
      {adding === "extra" && <ExtraDialog doctor={doctor} config={config} onClose={() => setAdding(null)} />}
    </section>
  );
}
