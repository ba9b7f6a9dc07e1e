import type { AuditEntry } from "#contract/answers/audit.ts";
import type { Delivery } from "#contract/answers/tasks.ts";
import type { AuditRow } from "#db/queries/audit.ts";
import type { DeliveryRow } from "#db/queries/deliveries.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { auditedOf } from "#http/presenters/sessions.ts";

/** An entry of the audit trail as the wire has it, with its time in `zone`. */
export function entryOf(row: AuditRow, zone: string): AuditEntry {
  const { before, after } = row;
  const at = formatInstant(Math.floor(row.at / 1000), zone);
  if (row.action !== "schedule.change") return { ...row, at };
  return { ...row, at, before: auditedOf(before), after: auditedOf(after) };
}

/** A message as the wire has it. */
export function deliveryOf({ zone, ...row }: DeliveryRow): Delivery {
  const at = (instant: number | null) => (instant === null ? null : formatInstant(instant, zone));
  return {
    ...row,
    startedAt: formatInstant(row.startedAt, zone),
    finishedAt: at(row.finishedAt),
    feedbackAt: at(row.feedbackAt),
  };
}
