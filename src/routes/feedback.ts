import { Hono } from "hono";
import { Id } from "#contract/common.ts";
import { MessageRefused, TopicUnavailable, readTopicMessage } from "#adapters/sns.ts";
import { SesEvent } from "#contract/requests/feedback.ts";
import { recordFeedback } from "#db/verbs/reports.ts";
import { feedbackOf } from "#domain/feedback.ts";
import { readJson } from "#lib/json.ts";
import type { App } from "#src/context.ts";
import { ProblemError, unavailable } from "#http/problems/problem.ts";
import { isKeepable } from "#http/validate.ts";

/**
 * `POST /feedback/ses`: SNS reports the results of mails. Another topic's message is 403, all else that SNS did not
 * sign is 401. SNS repeats a message that is answered 5xx. A repeated message changes nothing.
 */
export const feedback = new Hono<App>().post("/ses", async (c) => {
  const { env, db, log } = c.get("services");
  const message = await readTopicMessage(await c.req.text(), {
    topicArn: env.SES_FEEDBACK_TOPIC,
    origin: env.SNS_ORIGIN,
  }).catch((error: unknown) => {
    if (error instanceof MessageRefused) {
      throw new ProblemError(error.because === "topic" ? "forbidden" : "unauthenticated");
    }
    if (error instanceof TopicUnavailable) throw unavailable(10);
    throw error;
  });
  if (message === null) {
    log("feedback-subscription");
    return c.body(null, 204);
  }
  // Other messages of SES, such as a report of its own set-up, are signed too. They concern no mail of ours.
  const parsed = SesEvent().safeParse(readJson(message));
  const event = parsed.success && isKeepable(parsed.data) ? parsed.data : null;
  const feedback = event && feedbackOf({ ...event, type: event.eventType ?? event.notificationType ?? "" });
  if (!feedback) return c.body(null, 204);
  const { messageId, destination, tags } = event.mail;
  const named = [...(event.bounce?.bouncedRecipients ?? []), ...(event.complaint?.complainedRecipients ?? [])];
  // In a complaint SES names all recipients at the domain who may have complained. We wrote to one.
  const ours = new Set(destination.map((address) => address.toLowerCase()));
  const addresses = named.map(({ emailAddress }) => emailAddress.toLowerCase()).filter((address) => ours.has(address));
  const deliveryId = Id().safeParse(tags["delivery"]?.[0]).data ?? null;
  const isKnown = await recordFeedback(db, { ...feedback, messageId, deliveryId, addresses });
  log("feedback", { code: isKnown ? feedback.outcome : "nothing-new", messageId });
  return c.body(null, 204);
});
