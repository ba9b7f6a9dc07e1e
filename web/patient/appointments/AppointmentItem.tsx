import { Trans, useLingui } from "@lingui/react/macro";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { Initials } from "#kit/appointments/Initials.tsx";
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
  const { t } = useLingui();
  const { reference } = appointment;
  const when = past ? fullWhenOf(appointment, config) : whenOf(appointment, config);
  // A time that is no longer possible must not look like an appointment to come to.
  const waiting = appointment.status === "to-place";
  const { name, address } = placeOf(config, appointment.locationId);
  const doctor = doctorOf(appointment, doctors);
  return (
    <li className={`${classes["item"]} ${past ? classes["past"] : ""}`}>
      <div className={classes["about"]}>
        <div>
          <h3>
            <TextLink to="/appointments/$appointmentId" params={{ appointmentId: appointment.id }} inherit>
              {waiting ? t`A new time is coming` : when}
            </TextLink>
          </h3>
          {waiting && (
            <p>
              <Trans>Was {when}</Trans>
            </p>
          )}
          <p className={classes["with"]}>
            {doctor !== undefined && <Initials name={doctor} />}
            {[doctor, name ?? address].filter((part) => part !== undefined).join(" · ")}
          </p>
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
