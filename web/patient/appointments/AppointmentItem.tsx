import { Trans } from "@lingui/react/macro";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { placeOf } from "#kit/appointments/place.ts";
import { AppointmentActions } from "./AppointmentActions.tsx";
import classes from "./Appointments.module.css";
import { MovedNotice } from "./MovedNotice.tsx";
import { StatusBadge } from "./StatusBadge.tsx";
import { doctorOf, fullWhenOf, whenOf } from "#kit/appointments/words.ts";

export interface AppointmentItemProps {
  appointment: Appointment;
  config: Config;
  doctors: Doctor[];
  past: boolean;
}

/** One appointment in a list, with its possible changes and the link to its details. */
export function AppointmentItem({ appointment, config, doctors, past }: AppointmentItemProps) {
  const { reference } = appointment;
  const { name, address } = placeOf(config, appointment.locationId);
  const who = [doctorOf(appointment, doctors), name ?? address].filter((part) => part !== undefined);
  return (
    <li className={`${classes["item"]} ${past ? classes["past"] : ""}`}>
      <div className={classes["about"]}>
        <div>
          <h3>
            <TextLink to="/appointments/$appointmentId" params={{ appointmentId: appointment.id }} inherit>
              {past ? fullWhenOf(appointment, config) : whenOf(appointment, config)}
            </TextLink>
          </h3>
          <p>{who.join(" · ")}</p>
          <p>
            <Trans>Reference {reference}</Trans>
          </p>
        </div>
        <StatusBadge status={appointment.status} />
      </div>
      {!past && (
        <>
          <MovedNotice appointment={appointment} config={config} doctors={doctors} />
          <AppointmentActions appointment={appointment} config={config} />
        </>
      )}
    </li>
  );
}
