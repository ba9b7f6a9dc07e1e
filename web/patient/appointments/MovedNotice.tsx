import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Appointment } from "#contract/appointments.ts";
import type { Config, Doctor } from "#contract/clinic.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "../layout/LinkButton.tsx";
import { appointmentQuery } from "./queries.ts";
import { useChangeAppointment } from "./useChangeAppointment.ts";
import { doctorOf, whenOf } from "./words.ts";

export interface MovedNoticeProps {
  /** As the page or the list has it; what is agreed to is read anew, with its version. */
  appointment: Appointment;
  config: Config;
  doctors: Doctor[];
}

/** The clinic has moved an appointment, or must still find a place for it: what that means and the ways to answer. */
export function MovedNotice({ appointment, config, doctors }: MovedNoticeProps) {
  const moved = appointment.status === "moved";
  const { data } = useQuery({ ...appointmentQuery(appointment.id), enabled: moved });
  const accept = useChangeAppointment(appointment.id, "accept");
  if (accept.isSuccess && !moved) {
    return <Notice tone="info" title="Thank you. See you then." focus />;
  }
  if (appointment.status === "to-place") {
    return (
      <Notice tone="warn" title="We are finding you a new time">
        {whenOf(appointment, config)} is no longer possible. You don't need to do anything: we will contact you. You can
        also choose a time yourself.
      </Notice>
    );
  }
  if (!moved) return accept.error ? <ProblemNotice error={accept.error} focus /> : null;
  const shown = data?.appointment ?? appointment;
  return (
    <Notice tone="warn" title="The clinic moved your appointment">
      <Stack gap="sm" align="flex-start">
        <span>
          It is now on <strong>{whenOf(shown, config)}</strong> with {doctorOf(shown, doctors) ?? "another doctor"}.
        </span>
        {accept.error && <ProblemNotice error={accept.error} focus />}
        <Group gap="sm">
          <Button
            aria-busy={accept.isPending}
            onClick={() => {
              if (data && !accept.isPending) accept.mutate({ etag: data.etag, body: {} });
            }}
          >
            That is fine
          </Button>
          <LinkButton to="/" search={{ doctor: shown.doctorId, change: shown.id }} variant="outline">
            Choose another time
          </LinkButton>
        </Group>
      </Stack>
    </Notice>
  );
}
