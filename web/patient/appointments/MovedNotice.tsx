import { t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { asWritten } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./Appointments.module.css";
import { changeable } from "#kit/appointments/changeable.ts";
import { MoveFacts } from "./MoveFacts.tsx";
import { OtherTimes } from "./OtherTimes.tsx";
import { appointmentQuery } from "#kit/appointments/queries.ts";
import { useChangeAppointment } from "#kit/appointments/useChangeAppointment.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { whenOf } from "#kit/appointments/words.ts";

export interface MovedNoticeProps {
  /** As the page or the list has it; the notice reads it again, with its version, for the answer. */
  appointment: Appointment;
  config: Config;
  doctors: Doctor[];
}

/** Why the clinic moved it, as the patient is told. */
function becauseWords(because: NonNullable<Appointment["move"]>["because"]): string {
  const words: Record<typeof because, string> = {
    absence: t`Your doctor is away at the old time.`,
    holiday: t`The clinic is closed on the old day.`,
    "doctor-left": t`Your doctor no longer works here.`,
    schedule: t`The hours of the clinic have changed.`,
  };
  return words[because];
}

/** The clinic moved an appointment or must still place it: what that means, and the possible answers. */
export function MovedNotice({ appointment, config, doctors }: MovedNoticeProps) {
  const { t } = useLingui();
  const moved = appointment.status === "moved";
  const { data } = useQuery({ ...appointmentQuery(appointment.id), enabled: moved });
  const accept = useChangeAppointment(appointment.id, "accept");
  if (accept.isSuccess && !moved) {
    return <Notice tone="info" title={t`Thank you. See you then.`} focus />;
  }
  const when = whenOf(appointment, config);
  if (appointment.status === "to-place") {
    return (
      <Notice tone="warn" title={t`We are finding you a new time`}>
        <Trans>
          {when} is no longer possible. You don't need to do anything: we will contact you. You can also choose a time
          yourself.
        </Trans>
      </Notice>
    );
  }
  if (!moved) return accept.error ? <ProblemNotice error={accept.error} focus /> : null;
  const shown = data?.appointment ?? appointment;
  const answerBy = shown.move === null ? "" : asWritten(shown.move.answerBy, zonesOf(config));
  return (
    <Notice tone="warn" title={t`The clinic moved your appointment`}>
      <Stack gap="md" className={classes["notice"] ?? ""}>
        {shown.move && <p>{becauseWords(shown.move.because)}</p>}
        <MoveFacts appointment={shown} config={config} doctors={doctors} />
        {shown.move && (
          <p>
            {shown.move.unconfirmed
              ? t`We have not heard from you, so we keep the new time for you. You can still answer.`
              : t`Please answer by ${answerBy}. If we do not hear from you, we keep the new time for you.`}
          </p>
        )}
        {accept.error && <ProblemNotice error={accept.error} focus />}
        <div>
          <Button
            aria-busy={accept.isPending}
            onClick={() => {
              if (data && !accept.isPending) accept.mutate({ etag: data.etag, body: {} });
            }}
          >
            <Trans>That is fine</Trans>
          </Button>
        </div>
        {/* Within the freeze another time is possible by phone only, as AppointmentActions says. */}
        {changeable(shown, serverNow()) === "yes" && (
          <OtherTimes appointment={shown} loading={!data} config={config} doctors={doctors} />
        )}
      </Stack>
    </Notice>
  );
}
