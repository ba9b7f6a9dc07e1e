import { useLingui } from "@lingui/react/macro";
import { Badge } from "@mantine/core";
import type { AppointmentStatus } from "#contract/answers/appointments.ts";
import classes from "./Appointments.module.css";
import { STATUS } from "./status.ts";

/** The status of an appointment in words; the colour only repeats it. */
export function StatusBadge({ status }: { status: AppointmentStatus }) {
  const { t } = useLingui();
  const { label, tone } = STATUS[status];
  return (
    <Badge className={classes["badge"] ?? ""} data-tone={tone} variant="light" size="lg">
      {t(label)}
    </Badge>
  );
}
