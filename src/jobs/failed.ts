import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { reportDeadLetter } from "#db/transactions/report-dead-letter.ts";
import { fromBase64, fromUtf8 } from "#lib/encoding.ts";
import { readJson } from "#lib/json.ts";
import type { Services } from "#src/context.ts";

/**
 * What QStash says of a message that it has given up. Source: https://upstash.com/docs/qstash/features/callbacks. Its
 * `body` is what our own endpoint answered, and is of no use.
 */
export const FailedPayload = once(() =>
  z.object({
    sourceMessageId: z.string().min(1).max(200),
    /** Where it went, `<origin>/jobs/<job>`. */
    url: z.url(),
    sourceBody: z.base64().max(10_000).optional(),
    /** What was answered last; 0 or nothing when nobody answered. */
    status: z.int().optional(),
    dlqId: z.string().max(200).optional(),
  }),
);

/**
 * A message of ours is a dead letter: staff get a task that names the job and ids. Nothing is lost by it, for whatever is
 * due is found by the cron; but something keeps it from being done. Repeating it is harmless.
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
