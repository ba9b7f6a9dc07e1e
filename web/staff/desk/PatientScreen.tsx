import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import { actFor, useActingFor } from "#kit/acting/acting.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { CancelDialog } from "./CancelDialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { PatientAppointments } from "./PatientAppointments.tsx";
import { PatientDetails } from "./PatientDetails.tsx";
import { SwitchedOff } from "./SwitchedOff.tsx";
import { recordQuery } from "./queries.ts";

/** A patient's record, as the desk needs it: who, how to reach them, what is booked, and booking again. */
export function PatientScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { patientId } = useParams({ from: "/patients/$patientId" });
  const acting = useActingFor();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const { data: record, error, refetch } = useQuery(recordQuery(patientId));
  const patient = record?.value;
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
  if (!record || !patient || !config) {
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
  const title = patient.erased ? t`Erased patient` : patient.name;
  return (
    <div className={classes["page"]}>
      <div className={classes["spread"]}>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        <span className={classes["row"]}>
          {acting !== patientId && !patient.erased && (
            <button type="button" className={classes["small"]} onClick={() => actFor(patientId)}>
              <Trans>Act for this patient</Trans>
            </button>
          )}
          {!patient.erased && (
            <button
              type="button"
              className={`${classes["small"]} ${classes["main"]}`}
              disabled={!patient.active}
              onClick={() => book()}
            >
              <Trans>Book an appointment</Trans>
            </button>
          )}
        </span>
      </div>
      {done !== null && !patient.erased && <Notice tone="info" title={done} focus />}
      {!patient.active && !patient.erased && <SwitchedOff record={record} config={config} />}
      <PatientDetails record={record} config={config} onDone={setDone} />
      {(["upcoming", "past"] as const).map((when) => (
        <PatientAppointments
          key={when}
          patientId={patientId}
          when={when}
          config={config}
          doctors={doctors?.items ?? []}
          onAgain={patient.erased ? undefined : ({ doctorId }) => book({ doctorId })}
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
