import type { Context } from "hono";
import { dedupeOf } from "#domain/settle.ts";
import { causeOf } from "#lib/cause.ts";
import type { App } from "#src/context.ts";

/**
 * Asks QStash, after the reply, to call back when an appointment's notice falls due. A change that moves the due time asks
 * again. One that does not is the same message. A publish that fails is only late: the cron finds the notice when it is due.
 */
export function scheduleNotification(c: Context<App>, appointmentId: string, dueAt: number | null): void {
  if (dueAt === null) return;
  publishAfterReply(c, "notify", { appointmentId }, { notBefore: dueAt, dedupe: dedupeOf(appointmentId, dueAt) });
}

/** The same for what changed several appointments: one call back for all of them, when the last falls due. */
export function scheduleNotifications(c: Context<App>, dueAt: number | null): void {
  if (dueAt === null) return;
  publishAfterReply(c, "notify", {}, { notBefore: dueAt, dedupe: c.get("requestId") });
}

/** Asks QStash to run a job for all that is due, because staff asked for it by a task. */
export function scheduleAgain(c: Context<App>, job: string, taskId: string): void {
  publishAfterReply(c, job, {}, { notBefore: 0, dedupe: `again-${taskId}` });
}

/** Milliseconds until the request to QStash is made. Made at once, it delays the answer on its way to the patient. */
const AFTER_REPLY_MS = 10;

function publishAfterReply(
  c: Context<App>,
  job: string,
  ids: { appointmentId?: string },
  when: { notBefore: number; dedupe: string },
): void {
  const { queue, log } = c.get("services");
  const published = new Promise((resolve) => setTimeout(resolve, AFTER_REPLY_MS)).then(() =>
    queue.publish(job, ids, when),
  );
  c.executionCtx.waitUntil(
    published.catch((error: unknown) => log("notification-not-scheduled", { job, ...ids, ...causeOf(error) })),
  );
}
