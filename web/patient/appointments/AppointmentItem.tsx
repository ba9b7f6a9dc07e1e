import type { Appointment } from "#contract/appointments.ts";
import type { Config, Doctor } from "#contract/clinic.ts";
import { dateOf, dayOf, fullDayOf, timeOf } from "#kit/time/format.ts";
import { TextLink } from "../layout/TextLink.tsx";
import { placeOf } from "../place.ts";
import classes from "./Appointments.module.css";
import { StatusBadge } from "./StatusBadge.tsx";

export interface AppointmentItemProps {
  appointment: Appointment;
  config: Config;
  doctors: Doctor[];
  past: boolean;
}

/** One appointment in a list; the whole card leads to it. */
export function AppointmentItem({ appointment, config, doctors, past }: AppointmentItemProps) {
  const { zone, name, address } = placeOf(config, appointment.locationId);
  const date = dateOf(appointment.startsAt, zone);
  const doctor = doctors.find(({ id }) => id === appointment.doctorId)?.name;
  return (
    <li className={`${classes["item"]} ${past ? classes["past"] : ""}`}>
      <div>
        <h3>
          <TextLink to="/appointments/$appointmentId" params={{ appointmentId: appointment.id }} inherit>
            {past ? fullDayOf(date) : dayOf(date)}, {timeOf(appointment.startsAt, zone)}
          </TextLink>
        </h3>
        <p>{[doctor, name ?? address].filter((part) => part !== undefined).join(" · ")}</p>
        <p>Reference {appointment.reference}</p>
      </div>
      <StatusBadge status={appointment.status} />
    </li>
  );
}
