import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import { actFor, useActingFor } from "#kit/acting/acting.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { appointmentQuery } from "#kit/appointments/queries.ts";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { BookDialog } from "./BookDialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { OpeningsFilters } from "./OpeningsFilters.tsx";
import { OpeningsList } from "./OpeningsList.tsx";
import { PatientPicker } from "./PatientPicker.tsx";
import { openingsQuery, patientQuery } from "./queries.ts";

/** The first free time of each of the next ten dates that have one. One click books it, or moves an appointment. */
export function OpeningsScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { history } = useRouter();
  const { move, slotId, ...search } = useSearch({ from: "/openings" });
  const acting = useActingFor();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const { data: patient } = useQuery({ ...patientQuery(acting ?? ""), enabled: acting !== null });
  const { data: moving } = useQuery({ ...appointmentQuery(move ?? ""), enabled: move !== undefined });
  const { data, error, refetch } = useQuery(openingsQuery(search, acting));
  const [chosen, setChosen] = useState(slotId ?? null);
  const [booked, setBooked] = useState<Appointment | null>(null);
  const title = move === undefined ? t`Next openings` : t`Move to a new time`;
  // A time that was chosen on the board leads back to it.
  const close = () => (slotId === undefined ? setChosen(null) : history.back());
  const done = (appointment: Appointment) => {
    if (slotId !== undefined) return history.back();
    setChosen(null);
    setBooked(appointment);
    if (move !== undefined) void navigate({ to: "/openings", search, replace: true });
  };
  return (
    <div className={classes["page"]}>
      <PageTitle documentTitle={title}>{title}</PageTitle>
      {booked && config && (
        <Notice tone="info" title={t`Booked`} focus key={booked.id + booked.startsAt}>
          {booked.patientName}, {whenOf(booked, config)}, {doctorOf(booked, doctors?.items)} · {booked.reference}{" "}
          <Link to="/patients/$patientId" params={{ patientId: booked.patientId }}>
            <Trans>Record</Trans>
          </Link>
        </Notice>
      )}
      {move !== undefined && moving && config && (
        <Notice tone="warn" title={t`Choose the new time`}>
          {moving.appointment.patientName}, {whenOf(moving.appointment, config)}.{" "}
          <Trans>The old time is kept until the new one is certain.</Trans>
        </Notice>
      )}
      {config && (
        <OpeningsFilters
          search={search}
          config={config}
          doctors={doctors}
          onSearch={(next) =>
            void navigate({
              to: "/openings",
              search: { ...next, ...(move === undefined ? {} : { move }) },
              replace: true,
            })
          }
        />
      )}
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={420} radius="md" />}
      {data && config && <OpeningsList openings={data} config={config} onChoose={({ slot }) => setChosen(slot.id)} />}
      {chosen !== null && acting === null && <PatientPicker onClose={close} onChosen={actFor} />}
      {chosen !== null && config && patient && (move === undefined || moving) && (
        <BookDialog
          slotId={chosen}
          patient={patient}
          move={move === undefined ? null : (moving ?? null)}
          config={config}
          onClose={() => {
            close();
            void refetch();
          }}
          onBooked={done}
        />
      )}
    </div>
  );
}
