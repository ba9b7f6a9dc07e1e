import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import { actFor, useActingFor } from "#kit/acting/acting.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { CancelDialog } from "./CancelDialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { PatientAppointments } from "./PatientAppointments.tsx";
import { patientQuery } from "./queries.ts";
import { dateWithYear } from "./words.ts";

/** A patient's record, as the desk needs it: who, how to reach them, what is booked, and booking again. */
export function PatientScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { patientId } = useParams({ from: "/patients/$patientId" });
  const acting = useActingFor();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const { data: patient, error, refetch } = useQuery(patientQuery(patientId));
  const [cancelling, setCancelling] = useState<Appointment | null>(null);
  const [done, setDone] = useState<string | null>(null);
  if (error !== null) {
    return (
      <div className={classes["page"]}>
        <PageTitle documentTitle={t`Patient`}>{t`Patient`}</PageTitle>
        <ProblemNotice error={error} retry={() => void refetch()} />
      </div>
    );
  }
  if (!patient || !config) {
    return (
      <div className={classes["page"]}>
        <Skeleton height={320} radius="lg" />
      </div>
    );
  }
  const book = (search: { doctorId?: string; move?: string } = {}) => {
    actFor(patientId);
    void navigate({ to: "/openings", search });
  };
  return (
    <div className={classes["page"]}>
      <div className={classes["spread"]}>
        <PageTitle documentTitle={patient.name}>{patient.name}</PageTitle>
        <span className={classes["row"]}>
          {acting !== patientId && (
            <button type="button" className={classes["small"]} onClick={() => actFor(patientId)}>
              <Trans>Act for this patient</Trans>
            </button>
          )}
          <button
            type="button"
            className={`${classes["small"]} ${classes["main"]}`}
            disabled={!patient.active}
            onClick={() => book()}
          >
            <Trans>Book an appointment</Trans>
          </button>
        </span>
      </div>
      {done !== null && <Notice tone="info" title={done} focus />}
      {!patient.active && (
        <Notice tone="warn" title={t`This record is switched off`}>
          <Trans>Nobody can book for it.</Trans>
        </Notice>
      )}
      {patient.mailStopped !== null && (
        <Notice tone="warn" title={t`Mail to this address does not arrive`}>
          <Trans>Ask the patient for another one.</Trans>
        </Notice>
      )}
      <div className={page["card"]}>
        <Facts
          rows={[
            [t`Born`, dateWithYear(patient.dateOfBirth)],
            [t`Number`, patient.number],
            [
              t`Phone`,
              patient.phone === null ? (
                t`none`
              ) : (
                <a href={`tel:${patient.phoneE164 ?? patient.phone}`}>{patient.phone}</a>
              ),
            ],
            [t`E-mail`, patient.email ?? t`none`],
            [t`Login`, patient.hasLogin ? t`yes` : t`none`],
          ]}
        />
      </div>
      {(["upcoming", "past"] as const).map((when) => (
        <PatientAppointments
          key={when}
          patientId={patientId}
          when={when}
          config={config}
          doctors={doctors?.items ?? []}
          onAgain={({ doctorId }) => book({ doctorId })}
          onMove={({ id, doctorId }) => book({ doctorId, move: id })}
          onCancel={setCancelling}
        />
      ))}
      {cancelling && (
        <CancelDialog
          appointment={cancelling}
          config={config}
          onClose={() => setCancelling(null)}
          onDone={() => {
            setCancelling(null);
            setDone(t`The appointment is cancelled`);
          }}
        />
      )}
    </div>
  );
}
