import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Config, Slot } from "#contract/answers/clinic.ts";
import { doctorsQuery } from "../api/queries.ts";
import { dateOf, fullDayOf, timesOf, zoneWords } from "../time/format.ts";
import { Facts } from "../ui/Facts.tsx";
import { Initials } from "./Initials.tsx";
import { placeOf } from "./place.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export interface TimeFactsProps {
  /** A slot, or the appointment in it. */
  time: Pick<Slot, "startsAt" | "endsAt" | "doctorId" | "locationId">;
  config: Config;
  /** Rows above the others. */
  first: [label: string, value: ReactNode][];
  /** Rows below the others. */
  last?: [label: string, value: ReactNode][];
  /** The label of the time, "When" by default. */
  when?: string;
}

/** `Thursday 3 December 2026, 10:15–10:30`, with no line break within the times. */
export function DayAndTimes({ time, zone }: { time: Pick<Slot, "startsAt" | "endsAt">; zone: string }) {
  const [day, times] = [fullDayOf(dateOf(time.startsAt, zone)), timesOf(time, zone)];
  return (
    <>
      <Trans comment="Thursday 3 December 2026, 10:15–10:30">
        {day}, <span style={{ whiteSpace: "nowrap" }}>{times}</span>
      </Trans>
    </>
  );
}

/** Time, doctor and location. */
export function TimeFacts({ time, config, first, last = [], when }: TimeFactsProps) {
  const { t } = useLingui();
  const { data: doctors } = useQuery(doctorsQuery);
  const { zone, name, address } = placeOf(config, time.locationId);
  const doctor = doctors?.items.find(({ id }) => id === time.doctorId);
  return (
    <Facts
      rows={[
        ...first,
        [
          when ?? t`When`,
          <>
            <DayAndTimes time={time} zone={zone} />
            <small>{zoneWords(zone)}</small>
          </>,
        ],
        [
          t({ message: "Doctor", context: "label before the name" }),
          doctor && (
            <span style={{ alignItems: "center", display: "flex", gap: 10 }}>
              <Initials name={doctor.name} />
              <span>
                {doctor.name}
                <small>{specialtyWords(doctor.specialty)}</small>
              </span>
            </span>
          ),
        ],
        [
          t`Where`,
          <>
            {name ?? address}
            {name !== undefined && <small>{address}</small>}
          </>,
        ],
        ...last,
      ]}
    />
  );
}
