import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack } from "@mantine/core";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { AppointmentActions } from "./AppointmentActions.tsx";
import { AppointmentFacts } from "./AppointmentFacts.tsx";
import classes from "./Appointments.module.css";
import { MovedNotice } from "./MovedNotice.tsx";
import { StatusBadge } from "./StatusBadge.tsx";
import { WhatNext } from "./WhatNext.tsx";

/** The change on the previous page, which this page confirms. */
export type Done = "booked" | "changed" | "cancelled";

const TITLE: Record<Done, MessageDescriptor> = {
  booked: msg`Your appointment is booked`,
  changed: msg`Your appointment is changed`,
  cancelled: msg`Your appointment is cancelled`,
};

export interface AppointmentDetailsProps {
  appointment: Appointment;
  config: Config;
  doctors: Doctor[];
  done: Done | undefined;
}

/** All details of an appointment, also for printing. */
export function AppointmentDetails({ appointment, config, doctors, done }: AppointmentDetailsProps) {
  const { t } = useLingui();
  // The history entry keeps the confirmation; a later change of the appointment overrides it.
  const proof = done !== undefined && appointment.status === (done === "cancelled" ? "cancelled" : "booked");
  const title = proof ? t(TITLE[done]) : t`Your appointment`;
  const shown = { appointment, config, doctors };
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      {!proof && (
        <div className="no-print">
          <TextLink to="/appointments">
            <Trans>All your appointments</Trans>
          </TextLink>
        </div>
      )}
      <div className={classes["proof"]}>
        {proof && <Tick />}
        <PageTitle documentTitle={title}>{title}</PageTitle>
      </div>
      {proof && done === "cancelled" && (
        <Notice tone="info" title={t`You need not come`}>
          <Trans>We confirm it by e-mail. You can book another time whenever you like.</Trans>
        </Notice>
      )}
      <MovedNotice {...shown} />
      <div className={page["card"]}>
        <AppointmentFacts
          appointment={appointment}
          config={config}
          first={[
            [t`Reference`, <Reference key="reference" text={appointment.reference} />],
            [t`Status`, proof ? undefined : <StatusBadge status={appointment.status} />],
          ]}
        />
        <AppointmentActions appointment={appointment} config={config} />
      </div>
      <WhatNext appointment={appointment} config={config} fresh={proof} />
      <Group className="no-print">
        {appointment.status === "cancelled" ? (
          <LinkButton to="/">
            <Trans>Book another time</Trans>
          </LinkButton>
        ) : (
          <Button variant="outline" onClick={() => print()}>
            <Trans>Print</Trans>
          </Button>
        )}
        {proof && (
          <LinkButton to="/appointments" variant="subtle">
            <Trans>See all your appointments</Trans>
          </LinkButton>
        )}
      </Group>
    </Stack>
  );
}

function Reference({ text }: { text: string }) {
  return <span className={classes["reference"]}>{text}</span>;
}

function Tick() {
  return (
    <svg viewBox="0 0 52 52" aria-hidden="true" className={classes["tick"]}>
      <circle cx="26" cy="26" r="26" fill="var(--brand)" />
      <path
        d="M15 27l8 8 15-17"
        fill="none"
        stroke="var(--on-brand)"
        strokeWidth="5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
