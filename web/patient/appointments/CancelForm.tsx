import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Chip, Group, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { CANCELLATION_CODES } from "#contract/requests/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { isProblem } from "#kit/api/problem.ts";
import { serverNow } from "#kit/time/clock.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import choice from "#kit/ui/Choice.module.css";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { LogInFirst } from "#kit/session/LogInFirst.tsx";
import { Phone } from "#kit/ui/Phone.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { AppointmentFacts } from "./AppointmentFacts.tsx";
import { changeable } from "#kit/appointments/changeable.ts";
import type { VersionedAppointment } from "#kit/appointments/queries.ts";
import { useChangeAppointment } from "#kit/appointments/useChangeAppointment.ts";

type Code = (typeof CANCELLATION_CODES.patient)[number];

/** The optional reasons. */
const REASONS: [Code, MessageDescriptor][] = [
  ["better", msg`I feel better`],
  ["unwell", msg`I am too unwell to come`],
  ["cannot-attend", msg`I cannot come at that time`],
  ["no-longer-needed", msg`I no longer need it`],
  ["elsewhere", msg`I have found care elsewhere`],
  ["other", msg`Something else`],
];

export interface CancelFormProps {
  versioned: VersionedAppointment;
  config: Config;
}

export function CancelForm({ versioned: { appointment, etag }, config }: CancelFormProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [code, setCode] = useState<Code | "">("");
  const { mutate, error, isPending, waiting } = useChangeAppointment(appointment.id, "cancel");
  const toAppointment = { to: "/appointments/$appointmentId", params: { appointmentId: appointment.id } } as const;
  const can = changeable(appointment, serverNow());

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isPending) return;
    mutate(
      { etag, body: code === "" ? {} : { reason: { by: "patient", code } } },
      { onSuccess: () => void navigate({ ...toAppointment, state: { done: "cancelled" }, replace: true }) },
    );
  }
  const loggedOut = isProblem(error, "unauthenticated");
  return (
    <form onSubmit={submit}>
      <Stack gap="lg">
        {error && !loggedOut && <ProblemNotice error={error} focus />}
        {loggedOut && (
          <LogInFirst returnTo={`/appointments/${appointment.id}/cancel`}>
            <Trans>You have been logged out. Nothing has been cancelled. Log in and you come back here.</Trans>
          </LogInFirst>
        )}
        <div className={page["card"]}>
          <AppointmentFacts appointment={appointment} config={config} />
        </div>
        {can === "frozen" && !error && (
          <Notice tone="warn" title={t`It is too late to change this online`}>
            <Trans>
              Call <Phone config={config} /> and we will help you.
            </Trans>
          </Notice>
        )}
        {can === "over" && !error && (
          <Notice tone="warn" title={t`There is nothing left to cancel`}>
            <Trans>This appointment is over or has been cancelled.</Trans>
          </Notice>
        )}
        {(can === "yes" || can === "spent") && (
          <>
            <Text>
              {appointment.status === "to-place"
                ? t`We will stop looking for a new time for you.`
                : t`Your time is offered to others at once, and you may not get it back.`}{" "}
              <Trans>We will confirm it by e-mail.</Trans>
            </Text>
            <fieldset className={choice["choice"]}>
              <legend>
                <Trans>Why (optional)</Trans>
              </legend>
              <Chip.Group value={code} onChange={setCode}>
                <div className={choice["chips"]}>
                  {REASONS.map(([value, words]) => (
                    <Chip key={value} value={value} name="reason" classNames={{ label: choice["chip"] ?? "" }}>
                      {t(words)}
                    </Chip>
                  ))}
                </div>
              </Chip.Group>
            </fieldset>
            <Group>
              <Button type="submit" color="var(--danger)" aria-busy={isPending}>
                {isPending ? t`Cancelling…` : t`Cancel this appointment`}
              </Button>
              <LinkButton {...toAppointment} variant="outline">
                <Trans>Keep it</Trans>
              </LinkButton>
            </Group>
            <WaitingNotice waiting={waiting} warning={t`Don't cancel it again.`} />
          </>
        )}
      </Stack>
    </form>
  );
}
