import type { Answer, Message, Publish } from "./model.ts";

/**
 * The message to a failure callback about a message that became a dead letter.
 * Source of the body: https://upstash.com/docs/qstash/features/callbacks
 */
export function failureReport(message: Message, url: string, answer: Answer, dlqId: string, nowMs: number): Publish {
  const body = {
    status: answer.status,
    header: answer.header,
    body: answer.body.toString("base64"),
    retried: message.retried,
    maxRetries: message.maxRetries,
    dlqId,
    sourceMessageId: message.messageId,
    url: message.url,
    method: "POST",
    sourceHeader: message.contentType === undefined ? {} : { "Content-Type": [message.contentType] },
    sourceBody: message.bodyBase64,
    notBefore: String(message.notBefore),
    createdAt: String(message.createdAt),
    callerIP: message.callerIP,
  };
  return {
    url,
    contentType: "application/json",
    bodyBase64: Buffer.from(JSON.stringify(body)).toString("base64"),
    maxRetries: message.maxRetries,
    notBefore: nowMs,
    callerIP: message.callerIP,
  };
}
