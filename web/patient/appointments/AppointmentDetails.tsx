import { Button, Group, Stack } from "@mantine/core";
import type { Appointment } from "#contract/appointments.ts";
import type { Config, Doctor } from "#contract/clinic.ts";
import { dateOf, fullDayOf, timesOf, zoneWords } from "#kit/time/format.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { LinkButton } from "../layout/LinkButton.tsx";
import { TextLink } from "../layout/TextLink.tsx";
import { placeOf } from "../place.ts";
import classes from "./Appointments.module.css";
import { STATUS } from "./status.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { WhatNext } from "./WhatNext.tsx";

export interface AppointmentDetailsProps {
  appointment: Appointment;
  config: Config;
  doctor: Doctor | undefined;
  justBooked: boolean;
}

/** All there is to know about an appointment, fit to be printed and taken along. */
export function AppointmentDetails({ appointment, config, doctor, justBooked }: AppointmentDetailsProps) {
  const { zone, name, address } = placeOf(config, appointment.locationId);
  const proof = justBooked && appointment.status === "booked";
  const title = proof ? "Your appointment is booked" : "Your appointment";
  const { text } = STATUS[appointment.status];
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      {!proof && (
        <div className="no-print">
          <TextLink to="/appointments">All your appointments</TextLink>
        </div>
      )}
      <div className={classes["proof"]}>
        {proof && <Tick />}
        <PageTitle documentTitle={title}>{title}</PageTitle>
      </div>
      {text !== undefined && <Notice tone="warn" title={text} />}
      <div className={page["card"]}>
        <Facts
          rows={[
            ["Reference", <Reference key="reference" text={appointment.reference} />],
            ["Status", proof ? undefined : <StatusBadge status={appointment.status} />],
            [
              "When",
              <>
                {fullDayOf(dateOf(appointment.startsAt, zone))}, {timesOf(appointment, zone)}
                <small>{zoneWords(zone)}</small>
              </>,
            ],
            [
              "Doctor",
              doctor && (
                <>
                  {doctor.name}
                  <small>{doctor.specialty}</small>
                </>
              ),
            ],
            [
              "Where",
              <>
                {name ?? address}
                {name !== undefined && <small>{address}</small>}
              </>,
            ],
            ["Who", appointment.patientName],
            ["Reason", appointment.reason],
          ]}
        />
      </div>
      <WhatNext appointment={appointment} config={config} />
      <Group className="no-print">
        <Button variant="outline" onClick={() => print()}>
          Print
        </Button>
        {proof && (
          <LinkButton to="/appointments" variant="subtle">
            See all your appointments
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
      <circle cx="26" cy="26" r="26" fill="#0f5f63" />
      <path
        d="M15 27l8 8 15-17"
        fill="none"
        stroke="#fff"
        strokeWidth="5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
