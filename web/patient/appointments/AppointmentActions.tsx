import { Trans } from "@lingui/react/macro";
import { Group, VisuallyHidden } from "@mantine/core";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { Phone } from "#kit/ui/Phone.tsx";
import { AddToCalendar } from "./AddToCalendar.tsx";
import { Directions } from "./Directions.tsx";
import classes from "./Appointments.module.css";
import { changeable } from "#kit/appointments/changeable.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { whenOf } from "#kit/appointments/words.ts";

/** The possible changes of an appointment, or the number to call instead. Nothing for one that is over. */
export function AppointmentActions({ appointment, config }: { appointment: Appointment; config: Config }) {
  const can = changeable(appointment, serverNow());
  if (can === "over") return null;
  const when = whenOf(appointment, config);
  const { address } = placeOf(config, appointment.locationId);
  const which = (
    <VisuallyHidden>
      <Trans>the appointment on {when}</Trans>
    </VisuallyHidden>
  );
  const toPlace = appointment.status === "to-place";
  return (
    <div className={`${classes["actions"]} no-print`}>
      {can === "frozen" && (
        <p>
          <Trans>
            It is too late to change this online. Call <Phone config={config} />.
          </Trans>
        </p>
      )}
      {can === "spent" && (
        <p>
          <Trans>
            It has been changed as often as possible online. For another time call <Phone config={config} />.
          </Trans>
        </p>
      )}
      <Group gap="xs" className={classes["choices"] ?? ""}>
        {!toPlace && <AddToCalendar appointmentId={appointment.id} which={which} />}
        {!toPlace && address !== undefined && <Directions address={address} which={which} />}
        {/* A move by the clinic has its own answers (MovedNotice). */}
        {can === "yes" && appointment.status !== "moved" && (
          <LinkButton
            to="/"
            search={{ doctor: appointment.doctorId, change: appointment.id }}
            variant={toPlace ? "filled" : "subtle"}
          >
            {toPlace ? <Trans>Choose a time {which}</Trans> : <Trans>Change {which}</Trans>}
          </LinkButton>
        )}
        {can !== "frozen" && (
          <LinkButton
            to="/appointments/$appointmentId/cancel"
            params={{ appointmentId: appointment.id }}
            variant="subtle"
            color="var(--danger)"
          >
            <Trans>Cancel {which}</Trans>
          </LinkButton>
        )}
      </Group>
    </div>
  );
}
