import { Trans } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { appointmentPath } from "#kit/appointments/queries.ts";

/**
 * A link to the appointment's calendar file. A plain link, because phones offer to add such a file, but not one that a
 * script has made.
 */
export function AddToCalendar({ appointmentId, which }: { appointmentId: string; which: ReactNode }) {
  return (
    <Button component="a" variant="outline" href={`/api/v1${appointmentPath(appointmentId)}/calendar.ics`}>
      <Trans>Add to calendar {which}</Trans>
    </Button>
  );
}
