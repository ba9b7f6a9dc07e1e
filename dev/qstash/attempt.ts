import type { Answer, Message } from "./model.ts";
import { canonicalName } from "./publish.ts";
import { signRequest } from "./signing.ts";

/** How long a destination may take when the message does not say: the free plan's 15 minutes, in seconds. */
const DEFAULT_TIMEOUT_SECONDS = 900;
/** More of an answer than this is cut off. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Makes one delivery attempt. Never throws: a destination that cannot be reached, or does not answer in time, gives
 * status 0 and the reason as the body.
 */
export async function attempt(message: Message, signingKey: string, signal: AbortSignal): Promise<Answer> {
  const body = Buffer.from(message.method === "GET" ? "" : message.bodyBase64, "base64");
  const timeout = AbortSignal.timeout((message.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000);
  try {
    const headers = new Headers();
    for (const [name, values] of Object.entries(message.header))
      for (const value of values) headers.append(name, value);
    headers.set("User-Agent", "Upstash-QStash");
    headers.set("Upstash-Message-Id", message.messageId);
    headers.set("Upstash-Retried", String(message.retried));
    headers.set("Upstash-Caller-Ip", message.callerIP);
    headers.set("Upstash-Signature", await signRequest(signingKey, message.url, body, Date.now()));
    if (message.scheduleId !== undefined) headers.set("Upstash-Schedule-Id", message.scheduleId);
    const response = await fetch(message.url, {
      method: message.method,
      headers,
      body: message.method === "GET" ? null : body,
      redirect: "manual",
      signal: AbortSignal.any([signal, timeout]),
    });
    const header: Record<string, string[]> = {};
    for (const [name, value] of response.headers) (header[canonicalName(name)] ??= []).push(value);
    const answer = Buffer.from(await response.arrayBuffer());
    return { status: response.status, header, body: answer.subarray(0, MAX_ANSWER_BYTES) };
  } catch (error) {
    return { status: 0, header: {}, body: Buffer.from(reason(error, timeout)) };
  }
}

function reason(error: unknown, timeout: AbortSignal): string {
  if (timeout.aborted) return "the destination did not answer in time";
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
