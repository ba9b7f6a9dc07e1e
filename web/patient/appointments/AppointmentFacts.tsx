import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { TimeFacts } from "#kit/appointments/TimeFacts.tsx";

export interface AppointmentFactsProps {
  appointment: Appointment;
  config: Config;
  /** Rows above the others. */
  first?: [label: string, value: ReactNode][];
}

/** Time, doctor, location, patient and reason. */
export function AppointmentFacts({ appointment, config, first = [] }: AppointmentFactsProps) {
  const { t } = useLingui();
  const { patientName, reason } = appointment;
  const last: [string, ReactNode][] = [
    [t`Who`, patientName],
    [t`Reason`, reason],
  ];
  // The label must not invite the patient to a time that is no longer theirs.
  const when =
    appointment.slotId === null
      ? t({ message: "Was", comment: "The time an appointment had, before its date" })
      : t`When`;
  return <TimeFacts time={appointment} config={config} first={first} last={last} when={when} />;
}
