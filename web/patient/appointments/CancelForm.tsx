import { Button, Chip, Group, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { CANCELLATION_CODES } from "#contract/appointments.ts";
import type { Config } from "#contract/clinic.ts";
import { isProblem } from "#kit/api/problem.ts";
import { serverNow } from "#kit/time/clock.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "../layout/LinkButton.tsx";
import { LogInFirst } from "../layout/LogInFirst.tsx";
import { Phone } from "../layout/Phone.tsx";
import { WaitingNotice } from "../layout/WaitingNotice.tsx";
import { AppointmentFacts } from "./AppointmentFacts.tsx";
import { changeable } from "./changeable.ts";
import choice from "../times/ChooseTimePage.module.css";
import type { VersionedAppointment } from "./queries.ts";
import { useChangeAppointment } from "./useChangeAppointment.ts";

type Code = (typeof CANCELLATION_CODES.patient)[number];

/** What somebody may say of their own accord; a reason is never asked for twice. */
const REASONS: [Code, string][] = [
  ["better", "I feel better"],
  ["unwell", "I am too unwell to come"],
  ["cannot-attend", "I cannot come at that time"],
  ["no-longer-needed", "I no longer need it"],
  ["elsewhere", "I have found care elsewhere"],
  ["other", "Something else"],
];

export interface CancelFormProps {
  versioned: VersionedAppointment;
  config: Config;
}

export function CancelForm({ versioned: { appointment, etag }, config }: CancelFormProps) {
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
            You have been logged out. Nothing has been cancelled. Log in and you come back here.
          </LogInFirst>
        )}
        <div className={page["card"]}>
          <AppointmentFacts appointment={appointment} config={config} />
        </div>
        {can === "frozen" && !error && (
          <Notice tone="warn" title="It is too late to change this online">
            Call <Phone config={config} /> and we will help you.
          </Notice>
        )}
        {can === "over" && !error && (
          <Notice tone="warn" title="There is nothing left to cancel">
            This appointment is over or has been cancelled.
          </Notice>
        )}
        {(can === "yes" || can === "spent") && (
          <>
            <Text>
              {appointment.status === "to-place"
                ? "We will stop looking for a new time for you."
                : "Your time is offered to others at once, and you may not get it back."}{" "}
              We will confirm it by e-mail.
            </Text>
            <fieldset className={choice["choice"]}>
              <legend>Why (optional)</legend>
              <Chip.Group value={code} onChange={setCode}>
                <div className={choice["chips"]}>
                  {REASONS.map(([value, words]) => (
                    <Chip key={value} value={value} name="reason" classNames={{ label: choice["chip"] ?? "" }}>
                      {words}
                    </Chip>
                  ))}
                </div>
              </Chip.Group>
            </fieldset>
            <Group>
              <Button type="submit" color="var(--danger)" aria-busy={isPending}>
                {isPending ? "Cancelling…" : "Cancel this appointment"}
              </Button>
              <LinkButton {...toAppointment} variant="outline">
                Keep it
              </LinkButton>
            </Group>
            <WaitingNotice waiting={waiting} warning="don't cancel it again" />
          </>
        )}
      </Stack>
    </form>
  );
}
