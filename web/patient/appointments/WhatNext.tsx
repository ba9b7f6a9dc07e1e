import { Trans, useLingui } from "@lingui/react/macro";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { asWritten } from "#kit/time/format.ts";
import { Phone } from "#kit/ui/Phone.tsx";
import classes from "./Appointments.module.css";
import { zonesOf } from "#kit/appointments/place.ts";
import { changeable } from "#kit/appointments/changeable.ts";

export interface WhatNextProps {
  appointment: Appointment;
  config: Config;
  /** Booked or changed on the previous page: a mail will come. */
  fresh: boolean;
}

/** The next steps and the patient's options; nothing for an appointment that is over. */
export function WhatNext({ appointment, config, fresh }: WhatNextProps) {
  const { t } = useLingui();
  const { reference } = appointment;
  if (changeable(appointment, serverNow()) === "over" || appointment.status === "to-place") return null;
  const late = changeable(appointment, serverNow()) === "frozen";
  if (late && !fresh) return null;
  const until = asWritten(appointment.changeableUntil, zonesOf(config));
  return (
    <section aria-labelledby="what-next">
      <h2 id="what-next" className={classes["sectionTitle"]} style={{ marginBottom: 0 }}>
        {fresh ? t`What happens next` : t`Changing or cancelling`}
      </h2>
      <ul className={classes["steps"]}>
        {fresh && <li>{t`We will e-mail you the date, time and place.`}</li>}
        {!late && (
          <li>
            <Trans>
              If you cannot come, change or cancel it here, so that somebody else can have the time. You can do so until{" "}
              {until}; after that call <Phone config={config} /> and say your reference, {reference}.
            </Trans>
          </li>
        )}
      </ul>
    </section>
  );
}
