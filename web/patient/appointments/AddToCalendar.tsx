import { Trans } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { appointmentPath } from "#kit/appointments/queries.ts";

/**
 * A link to the appointment as a calendar file. A plain link: phones then offer to add it, which they do not for a file
 * that a script has made.
 */
export function AddToCalendar({ appointmentId, which }: { appointmentId: string; which: ReactNode }) {
  return (
    <Button component="a" variant="outline" href={`/api/v1${appointmentPath(appointmentId)}/calendar.ics`}>
      <Trans>Add to calendar {which}</Trans>
    </Button>
  );
}
