import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { Config } from "#contract/answers/clinic.ts";
import { isProblem } from "#kit/api/problem.ts";
import { doctorsQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { Phone } from "#kit/ui/Phone.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import classes from "./ChooseTimePage.module.css";
import { changeable } from "#kit/appointments/changeable.ts";
import { appointmentQuery } from "#kit/appointments/queries.ts";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";

/** Above the free times: the appointment that gets another time, and that looking changes nothing. */
export function ChangeInProgress({ appointmentId, config }: { appointmentId: string; config: Config }) {
  const { t } = useLingui();
  const { data: doctors } = useQuery(doctorsQuery);
  const { data, error } = useQuery(appointmentQuery(appointmentId));
  const back = (words: string) => (
    <TextLink to="/appointments/$appointmentId" params={{ appointmentId }}>
      {words}
    </TextLink>
  );
  if (!data) {
    return (
      <div className={classes["inProgress"]}>
        {/* Logged-out patients log in when they choose a time. */}
        {error && !isProblem(error, "unauthenticated") && <ProblemNotice error={error} />}
      </div>
    );
  }
  const { appointment } = data;
  const can = changeable(appointment, serverNow());
  const doctor = doctorOf(appointment, doctors?.items);
  const when = whenOf(appointment, config);
  const which = doctor === undefined ? when : t`${when} with ${doctor}`;
  const toAppointment = back(t`Back to the appointment`);
  return (
    <div className={classes["inProgress"]}>
      {can === "yes" && appointment.status === "to-place" && (
        <Notice tone="info" title={t`Instead of ${which}`}>
          <Trans>That time is no longer possible.</Trans> {back(t`Wait for the clinic instead`)}
        </Notice>
      )}
      {can === "yes" && appointment.status !== "to-place" && (
        <Notice tone="info" title={t`Instead of ${which}`}>
          <Trans>You keep that time until you have confirmed another.</Trans> {back(t`Keep it as it is`)}
        </Notice>
      )}
      {can === "frozen" && (
        <Notice tone="warn" title={t`It is too late to change this online`}>
          <Trans>
            {which} stays as it is. Call <Phone config={config} /> and we will help you.
          </Trans>{" "}
          {toAppointment}
        </Notice>
      )}
      {can === "spent" && (
        <Notice tone="warn" title={t`This appointment has been changed as often as possible online`}>
          <Trans>
            {which} stays as it is. Call <Phone config={config} /> and we will help you.
          </Trans>{" "}
          {toAppointment}
        </Notice>
      )}
      {can === "over" && (
        <Notice tone="warn" title={t`There is nothing left to change`}>
          <Trans>That appointment is over or has been cancelled.</Trans> {toAppointment}
        </Notice>
      )}
    </div>
  );
}
