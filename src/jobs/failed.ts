import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { reportDeadLetter } from "#db/verbs/reports.ts";
import { fromBase64, fromUtf8 } from "#lib/encoding.ts";
import { readJson } from "#lib/json.ts";
import type { Services } from "#src/context.ts";

/**
 * QStash's report of a message that became a dead letter. Source: https://upstash.com/docs/qstash/features/callbacks. Its
 * `body` is the answer of our own endpoint, which the task does not need.
 */
export const FailedPayload = once(() =>
  z.object({
    sourceMessageId: z.string().min(1).max(200),
    /** The destination, `<origin>/jobs/<job>`. */
    url: z.url(),
    sourceBody: z.base64().max(10_000).optional(),
    /** The last answer's status; 0 or missing without an answer. */
    status: z.int().min(0).max(999).optional(),
    dlqId: z.string().max(200).optional(),
  }),
);

/**
 * One of our messages became a dead letter: staff get a task that names the job and the ids. No work is lost, because the
 * cron finds everything that is due, but something keeps that work from being done. Repeating it is harmless.
 */
export async function runOnce(
  { db }: Services,
  { sourceMessageId, url, sourceBody, status, dlqId }: Infer<typeof FailedPayload>,
): Promise<void> {
  await reportDeadLetter(db, {
    job: (new URL(url).pathname.split("/").at(-1) ?? "").slice(0, 100),
    messageId: sourceMessageId,
    deadLetterId: dlqId ?? null,
    status: status ?? 0,
    appointmentId: appointmentOf(sourceBody),
  });
}

const Named = once(() => z.object({ appointmentId: z.uuid() }));

function appointmentOf(sourceBody: string | undefined): string | null {
  const bytes = fromBase64(sourceBody ?? "");
  const named = Named().safeParse(bytes && readJson(fromUtf8(bytes)));
  return named.success ? named.data.appointmentId : null;
}
