import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import type { LateOpening } from "#contract/answers/late-openings.ts";
import { configQuery } from "#kit/api/queries.ts";
import { send } from "#kit/api/request.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { lateOpeningsQuery } from "./queries.ts";

type Candidate = LateOpening["candidates"][number];

/** Times that came free too late for patients to book, each with the patients who could take it. */
export function LateOpeningsScreen() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: config } = useQuery(configQuery);
  const { data, error, refetch } = useQuery(lateOpeningsQuery);
  const [given, setGiven] = useState<Appointment | null>(null);
  const assign = useMutation({
    mutationFn: async ({ slotId, candidate }: { slotId: string; candidate: Candidate }) => {
      const body = { appointmentId: candidate.appointmentId, agreed: true };
      const options = { method: "POST", body, ifMatch: `"${candidate.version}"` } as const;
      return (await send<Appointment>(`/late-openings/${slotId}/assign`, options)).data;
    },
    onSuccess: setGiven,
    onSettled: () => {
      for (const key of ["late-openings", "cases", "today", "appointments", "openings"]) {
        void queryClient.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  return (
    <div className={classes["page"]}>
      <PageTitle documentTitle={t`Late openings`}>{t`Late openings`}</PageTitle>
      <p className={classes["soft"]} style={{ margin: 0 }}>
        <Trans>
          These times came free too late for patients to book. Call one of the patients named, and give it to them.
        </Trans>
      </p>
      {given && config && (
        <Notice tone="info" title={t`Given away`} focus key={given.id}>
          {given.patientName}, {whenOf(given, config)}
        </Notice>
      )}
      {assign.error !== null && <ProblemNotice error={assign.error} focus />}
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={320} radius="md" />}
      {data?.length === 0 && (
        <p className={classes["empty"]}>
          <Trans>No time has come free late.</Trans>
        </p>
      )}
      {config &&
        data?.map((opening) => (
          <OpeningCard
            key={opening.slot.id}
            opening={opening}
            config={config}
            busy={assign.isPending}
            onGive={(candidate) => assign.mutate({ slotId: opening.slot.id, candidate })}
          />
        ))}
    </div>
  );
}

interface OpeningCardProps {
  opening: LateOpening;
  config: Config;
  busy: boolean;
  onGive: (candidate: Candidate) => void;
}

function OpeningCard({ opening, config, busy, onGive }: OpeningCardProps) {
  const { t } = useLingui();
  const { slot, doctorName, candidates } = opening;
  const when = whenOf(slot, config);
  const words = {
    "to-place": t`waits for a time`,
    "moved-by-clinic": t`was moved by us`,
    "later-appointment": t`would come sooner`,
  };
  return (
    <section aria-label={`${when}, ${doctorName}`} className={classes["form"]} style={{ gap: 6 }}>
      <h2>
        {when}, {[doctorName, placeOf(config, slot.locationId).name].filter(Boolean).join(", ")}
      </h2>
      {candidates.length === 0 ? (
        <p className={classes["empty"]}>
          <Trans>No patient could move here. It can be booked from the next openings.</Trans>
        </p>
      ) : (
        <ul className={classes["list"]}>
          {candidates.map((candidate) => {
            const name = candidate.patientName;
            return (
              <li key={candidate.appointmentId} className={classes["line"]}>
                <span>
                  <strong>{name}</strong> <span className={classes["badge"]}>{words[candidate.reason]}</span>
                  <br />
                  <span className={classes["soft"]}>
                    {candidate.reason === "to-place" ? <Trans>was</Trans> : <Trans>now</Trans>}{" "}
                    {whenOf({ ...candidate, locationId: slot.locationId }, config)}
                  </span>
                </span>
                <span className={classes["row"]}>
                  {candidate.phone === null ? (
                    t`no phone`
                  ) : (
                    <a href={`tel:${candidate.phoneE164 ?? candidate.phone}`}>{candidate.phone}</a>
                  )}
                  <button
                    type="button"
                    className={classes["small"]}
                    disabled={busy}
                    aria-label={t`Agrees: give it (${name}, ${when})`}
                    onClick={() => onGive(candidate)}
                  >
                    <Trans>Agrees: give it</Trans>
                  </button>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
