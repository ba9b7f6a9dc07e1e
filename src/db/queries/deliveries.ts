import type { Notice } from "#domain/settle.ts";
import { type CallerRef, type Callable, type Found, read } from "../call.ts";

/** One attempt to send a message. Instants are epoch milliseconds, `zone` is the location's. */
export interface DeliveryRow {
  id: string;
  patientId: string;
  kind: Exclude<Notice["kind"], "nothing"> | "reminder";
  state: "sending" | "sent" | "failed" | "delivered" | "bounced" | "complained";
  why: string | null;
  startedAt: number;
  finishedAt: number | null;
  feedbackAt: number | null;
  zone: string;
}

/** What was sent about an appointment, the latest first; `item` null: no such appointment. list_deliveries.sql. */
export function listDeliveries(
  db: Callable,
  caller: CallerRef,
  appointmentId: string,
  requestId: string,
): Promise<Found<DeliveryRow[]>> {
  return read(db, caller, "list_deliveries", { appointment: appointmentId }, requestId);
}
