import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Appointment, AppointmentStatus } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { placeOf, zonesOf } from "#kit/appointments/place.ts";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { MAY_START_FROM } from "#domain/lifecycle.ts";
import classes from "#kit/ui/Screen.module.css";
import { DeliveryList } from "./Deliveries.tsx";
import { patientAppointmentsQuery } from "./queries.ts";

export interface PatientAppointmentsProps {
  patientId: string;
  when: "upcoming" | "past";
  config: Config;
  doctors: Doctor[];
  /** Left out where nothing can be booked. */
  onAgain?: ((appointment: Appointment) => void) | undefined;
  onMove: (appointment: Appointment) => void;
  onCancel: (appointment: Appointment) => void;
}

/** Appointments to come, or past ones with booking again. */
export function PatientAppointments(props: PatientAppointmentsProps) {
  const { patientId, when, config, doctors, onAgain, onMove, onCancel } = props;
  const { t } = useLingui();
  const status = useStatusWords();
  // Deliveries are read, and so audited, only for an appointment that staff open.
  const [seen, setSeen] = useState<string[]>([]);
  const { data, error, refetch } = useQuery(patientAppointmentsQuery(patientId, when));
  const title = when === "upcoming" ? t`Coming` : t`Past`;
  return (
    <section aria-label={title} className={classes["form"]}>
      <h2>{title}</h2>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={80} radius="md" />}
      {data?.length === 0 && (
        <p className={classes["empty"]}>
          {when === "upcoming" ? <Trans>Nothing is booked.</Trans> : <Trans>There are no past appointments.</Trans>}
        </p>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className={classes["list"]}>
          {data.map((one) => {
            const doctor = doctorOf(one, doctors) ?? t`a doctor who has left`;
            const at = whenOf(one, config);
            return (
              <li key={one.id} className={classes["line"]}>
                <span>
                  <strong className={classes["number"]}>{at}</strong> <Badge status={one.status} words={status} />
                  <br />
                  <span className={classes["soft"]}>
                    {[doctor, placeOf(config, one.locationId).name].filter(Boolean).join(", ")} · {one.reference}
                  </span>
                  <details onToggle={(event) => event.currentTarget.open && setSeen([...seen, one.id])}>
                    <summary>
                      <Trans>What was sent</Trans>
                    </summary>
                    {seen.includes(one.id) && <DeliveryList appointmentId={one.id} zones={zonesOf(config)} />}
                  </details>
                </span>
                <span className={classes["row"]}>
                  {MAY_START_FROM.reschedule.includes(one.status) && (
                    <>
                      <button
                        type="button"
                        className={classes["small"]}
                        aria-label={t`Move ${at}`}
                        onClick={() => onMove(one)}
                      >
                        <Trans>Move…</Trans>
                      </button>
                      <button
                        type="button"
                        className={classes["small"]}
                        data-tone="bad"
                        aria-label={t`Cancel ${at}`}
                        onClick={() => onCancel(one)}
                      >
                        <Trans>Cancel…</Trans>
                      </button>
                    </>
                  )}
                  {onAgain && (
                    <button
                      type="button"
                      className={classes["small"]}
                      aria-label={t`Book again, as ${at}`}
                      onClick={() => onAgain(one)}
                    >
                      <Trans>Book again</Trans>
                    </button>
                  )}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function Badge({ status, words }: { status: AppointmentStatus; words: Record<AppointmentStatus, string> }) {
  if (status === "booked" || status === "completed") return null;
  const tone = status === "to-place" || status === "no-show" ? "bad" : status === "moved" ? "warn" : undefined;
  return (
    <span className={classes["badge"]} data-tone={tone}>
      {words[status]}
    </span>
  );
}

function useStatusWords(): Record<AppointmentStatus, string> {
  const { t } = useLingui();
  return {
    booked: t`Booked`,
    moved: t`Moved, not answered yet`,
    "to-place": t`Waits for a time`,
    cancelled: t`Cancelled`,
    arrived: t`Arrived`,
    completed: t`Seen`,
    "no-show": t`Did not come`,
  };
}
