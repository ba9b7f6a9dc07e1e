import { Group, VisuallyHidden } from "@mantine/core";
import type { Appointment } from "#contract/appointments.ts";
import type { Config } from "#contract/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { LinkButton } from "../layout/LinkButton.tsx";
import { Phone } from "../layout/Phone.tsx";
import { AddToCalendar } from "./AddToCalendar.tsx";
import classes from "./Appointments.module.css";
import { changeable } from "./changeable.ts";
import { whenOf } from "./words.ts";

/** What can be done to an appointment online, or whom to call instead. Nothing for one that is over. */
export function AppointmentActions({ appointment, config }: { appointment: Appointment; config: Config }) {
  const can = changeable(appointment, serverNow());
  if (can === "over") return null;
  const which = <VisuallyHidden> the appointment on {whenOf(appointment, config)}</VisuallyHidden>;
  const toPlace = appointment.status === "to-place";
  return (
    <div className={`${classes["actions"]} no-print`}>
      {can === "frozen" && (
        <p>
          It is too late to change this online. Call <Phone config={config} />.
        </p>
      )}
      {can === "spent" && (
        <p>
          It has been changed as often as possible online. For another time call <Phone config={config} />.
        </p>
      )}
      <Group gap="sm">
        {/* The clinic's own move asks the question itself, with its own answers. */}
        {can === "yes" && appointment.status !== "moved" && (
          <LinkButton to="/" search={{ doctor: appointment.doctorId, change: appointment.id }} variant="outline">
            {toPlace ? "Choose a time" : "Change"}
            {which}
          </LinkButton>
        )}
        {can !== "frozen" && (
          <LinkButton
            to="/appointments/$appointmentId/cancel"
            params={{ appointmentId: appointment.id }}
            variant="subtle"
            color="var(--danger)"
          >
            Cancel{which}
          </LinkButton>
        )}
        {!toPlace && <AddToCalendar appointmentId={appointment.id}>{which}</AddToCalendar>}
      </Group>
    </div>
  );
}
