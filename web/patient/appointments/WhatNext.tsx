import type { Appointment } from "#contract/appointments.ts";
import type { Config } from "#contract/clinic.ts";
import classes from "./Appointments.module.css";

/** What the patient can expect and do from here; nothing for an appointment that is over. */
export function WhatNext({ appointment, config }: { appointment: Appointment; config: Config }) {
  if (appointment.status !== "booked" && appointment.status !== "moved") return null;
  const { phone } = config.clinic;
  return (
    <section aria-labelledby="what-next">
      <h2 id="what-next" className={classes["sectionTitle"]} style={{ marginBottom: 0 }}>
        What happens next
      </h2>
      <ul className={classes["steps"]}>
        <li>We will e-mail you the date, time and place.</li>
        <li>
          If you cannot come or need another time, call <a href={`tel:${phone.replaceAll(" ", "")}`}>{phone}</a> and say
          your reference, {appointment.reference}.
        </li>
      </ul>
    </section>
  );
}
