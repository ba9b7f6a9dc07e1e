import type { Context } from "hono";
import { dedupeOf } from "#domain/settle.ts";
import { causeOf } from "#lib/cause.ts";
import type { App } from "#src/context.ts";

/**
 * After the reply: asks QStash to call back when an appointment's notice falls due. A change that moves the due time
 * asks again; one that does not is the same message. A publish that fails is only late: the cron finds what is due.
 */
export function scheduleNotification(c: Context<App>, appointmentId: string, dueAt: number | null): void {
  if (dueAt === null) return;
  const { queue, log } = c.get("services");
  const publish = queue.publish(
    "notify",
    { appointmentId },
    { notBefore: dueAt, dedupe: dedupeOf(appointmentId, dueAt) },
  );
  c.executionCtx.waitUntil(
    publish.catch((error: unknown) => log("notification-not-scheduled", { appointmentId, ...causeOf(error) })),
  );
}

/** After the reply to what changed several appointments: one call back for all of them, when the last falls due. */
export function scheduleNotifications(c: Context<App>, dueAt: number | null): void {
  if (dueAt === null) return;
  const { queue, log } = c.get("services");
  const publish = queue.publish("notify", {}, { notBefore: dueAt, dedupe: c.get("requestId") });
  c.executionCtx.waitUntil(publish.catch((error: unknown) => log("notification-not-scheduled", { ...causeOf(error) })));
}
