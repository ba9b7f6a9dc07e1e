import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { AppointmentStatus } from "#contract/answers/appointments.ts";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { nextAppointmentsQuery } from "#kit/appointments/queries.ts";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";
import classes from "./NextAppointment.module.css";
import { TextLink } from "#kit/ui/TextLink.tsx";

const WORDS: Partial<Record<AppointmentStatus, MessageDescriptor>> = {
  moved: msg`The clinic moved your appointment to`,
  "to-place": msg`We are finding you a new time instead of`,
};

/** A line above the first page: the next appointment. It is before the heading, so that the skip link skips it. */
export function NextAppointment() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const { data: session } = useQuery(sessionQuery);
  const { data } = useQuery({ ...nextAppointmentsQuery, enabled: session?.role === "patient" });
  // An appointment that the clinic changed is shown first.
  const next =
    data?.items.find(({ status }) => status === "moved" || status === "to-place") ??
    data?.items.find(({ status }) => status === "booked" || status === "arrived");
  if (!config || !session || !next) return null;
  const doctor = doctorOf(next, doctors?.items);
  const words = WORDS[next.status];
  return (
    <aside
      className={classes["next"]}
      aria-label={t`Your next appointment`}
      data-warn={words === undefined ? undefined : true}
    >
      <p className={classes["line"]}>
        <span>{words === undefined ? t`Your next appointment` : t(words)}</span>
        <TextLink to="/appointments/$appointmentId" params={{ appointmentId: next.id }} fw={600}>
          {whenOf(next, config)}
          {doctor === undefined ? "" : `, ${doctor}`}
        </TextLink>
      </p>
    </aside>
  );
}
