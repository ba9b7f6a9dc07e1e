import type { Answer, Message } from "./model.ts";
import { signRequest } from "./signing.ts";

/** How long a destination may take: 15 minutes on QStash's free plan. */
const TIMEOUT_MS = 900_000;
/** A longer answer is cut off, in bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Makes one delivery attempt. Never throws. A destination that cannot be reached or does not answer in time gives status 0,
 * with the reason as the body.
 */
export async function attempt(message: Message, signingKey: string, signal: AbortSignal): Promise<Answer> {
  const body = Buffer.from(message.bodyBase64, "base64");
  try {
    const headers = {
      ...(message.contentType !== undefined && { "Content-Type": message.contentType }),
      "User-Agent": "Upstash-QStash",
      "Upstash-Message-Id": message.messageId,
      "Upstash-Retried": String(message.retried),
      "Upstash-Caller-Ip": message.callerIP,
      "Upstash-Signature": await signRequest(signingKey, message.url, body, Date.now()),
    };
    const response = await fetch(message.url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const header: Record<string, string[]> = {};
    for (const [name, value] of response.headers) (header[canonicalName(name)] ??= []).push(value);
    const answer = Buffer.from(await response.arrayBuffer());
    return { status: response.status, header, body: answer.subarray(0, MAX_ANSWER_BYTES) };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { status: 0, header: {}, body: Buffer.from(cause instanceof Error ? cause.message : String(cause)) };
  }
}

/** QStash's spelling of a header's name, which is Go's: `Content-Type`. */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
