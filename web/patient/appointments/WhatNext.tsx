import type { Appointment } from "#contract/appointments.ts";
import type { Config } from "#contract/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { asWritten } from "#kit/time/format.ts";
import { Phone } from "../layout/Phone.tsx";
import classes from "./Appointments.module.css";
import { changeable } from "./changeable.ts";

/** What the patient can expect and do from here; nothing for an appointment that is over. */
export function WhatNext({ appointment, config }: { appointment: Appointment; config: Config }) {
  if (changeable(appointment, serverNow()) === "over" || appointment.status === "to-place") return null;
  const late = changeable(appointment, serverNow()) === "frozen";
  return (
    <section aria-labelledby="what-next">
      <h2 id="what-next" className={classes["sectionTitle"]} style={{ marginBottom: 0 }}>
        What happens next
      </h2>
      <ul className={classes["steps"]}>
        <li>We will e-mail you the date, time and place.</li>
        {!late && (
          <li>
            If you cannot come, change or cancel it here, so that somebody else can have the time. You can do so until{" "}
            {asWritten(appointment.changeableUntil)}; after that call <Phone config={config} /> and say your reference,{" "}
            {appointment.reference}.
          </li>
        )}
      </ul>
    </section>
  );
}
