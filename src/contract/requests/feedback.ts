import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import type { Infer } from "#contract/common.ts";

const code = once(() => z.string().max(60));

const recipients = once(() => z.array(z.object({ emailAddress: z.string().max(320) })).max(50));

/**
 * SES's report about a mail. An event of a configuration set has `eventType` and our tags. The notification of an identity
 * has `notificationType` and no tags. Source:
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export const SesEvent = once(() =>
  z
    .object({
      eventType: code().optional(),
      notificationType: code().optional(),
      mail: z.object({
        messageId: z.string().min(1).max(200),
        destination: z.array(z.string().max(320)).max(50).default([]),
        tags: z.record(z.string(), z.array(z.string())).default({}),
      }),
      bounce: z
        .object({ bounceType: code(), bounceSubType: code().default(""), bouncedRecipients: recipients().default([]) })
        .optional(),
      complaint: z
        .object({ complaintFeedbackType: code().nullish(), complainedRecipients: recipients().default([]) })
        .optional(),
    })
    .meta({ id: "SesEvent" }),
);
export type SesEvent = Infer<typeof SesEvent>;
