import { type CallerRef, type Callable, type Found, read } from "../call.ts";
import type { Columns } from "../rows.ts";
import type { deliveries } from "../schema/ledger.ts";

/** One attempt to send a message. Instants are epoch milliseconds, `zone` is the location's. */
export interface DeliveryRow extends Columns<
  typeof deliveries,
  "id" | "patientId" | "kind" | "state" | "why" | "startedAt" | "finishedAt" | "feedbackAt"
> {
  zone: string;
}

/** The messages about an appointment, the latest first; `item` null: no such appointment. list_deliveries.sql. */
export function listDeliveries(
  db: Callable,
  caller: CallerRef,
  appointmentId: string,
  requestId: string,
): Promise<Found<DeliveryRow[]>> {
  return read(db, caller, "list_deliveries", { appointment: appointmentId }, requestId);
}
