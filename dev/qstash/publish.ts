import { readFlowControl } from "./flow-control.ts";
import { Refusal } from "./model.ts";
import type { Publish } from "./model.ts";
import { evaluateRetryDelay } from "./retry-delay.ts";

/** QStash's default on the free plan. */
const DEFAULT_RETRIES = 3;
/** The longest delay of the paid plan, in milliseconds: a year. */
const MAX_DELAY_MS = 366 * 86_400_000;

/** The headers of a publish that this emulator honours: those that the Worker sends. */
const HONOURED = new Set(
  ["deduplication-id", "failure-callback", "flow-control-key", "flow-control-value", "method", "not-before", "retries"]
    .concat("retry-delay")
    .map((name) => `upstash-${name}`),
);

/**
 * Reads a publish from its headers (names in lower case).
 * Source: https://upstash.com/docs/qstash/api-reference/messages/publish-a-message
 *
 * @throws Refusal 400 for anything that QStash would not accept or that this emulator does not know.
 */
export function readPublish(request: {
  destination: string;
  headers: Record<string, string>;
  body: Buffer;
  nowMs: number;
  callerIP: string;
}): Publish {
  const { headers, nowMs } = request;
  const unknown = Object.keys(headers).find(
    (name) => name.startsWith("upstash-") && !name.startsWith("upstash-telemetry-") && !HONOURED.has(name),
  );
  if (unknown !== undefined) throw new Refusal(400, `${unknown} is not emulated: dev/qstash/publish.ts lists what is`);
  if ((headers["upstash-method"] ?? "POST") !== "POST") throw new Refusal(400, "only Upstash-Method POST is emulated");
  const retryDelayExpression = headers["upstash-retry-delay"];
  if (retryDelayExpression !== undefined) evaluateRetryDelay(retryDelayExpression, 0);
  const failureCallback = headers["upstash-failure-callback"];
  const flowControl = readFlowControl(headers["upstash-flow-control-key"], headers["upstash-flow-control-value"]);
  const notBefore = (wholeNumber(headers["upstash-not-before"], "Upstash-Not-Before") ?? 0) * 1000;
  if (notBefore - nowMs > MAX_DELAY_MS) throw new Refusal(400, "the delay is longer than a year");
  return {
    url: checkUrl(request.destination, "destination"),
    contentType: headers["content-type"],
    bodyBase64: request.body.toString("base64"),
    maxRetries: wholeNumber(headers["upstash-retries"], "Upstash-Retries") ?? DEFAULT_RETRIES,
    notBefore: Math.max(notBefore, nowMs),
    callerIP: request.callerIP,
    ...(retryDelayExpression !== undefined && { retryDelayExpression }),
    ...(failureCallback !== undefined && { failureCallback: checkUrl(failureCallback, "Upstash-Failure-Callback") }),
    ...(flowControl !== null && { flowControl }),
  };
}

function checkUrl(text: string, what: string): string {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === "http:" || protocol === "https:") return text;
  throw new Refusal(400, `invalid ${what}: '${text}' is not a URL starting with http:// or https://`);
}

function wholeNumber(text: string | undefined, header: string): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,12}$/.test(text)) throw new Refusal(400, `invalid ${header}: '${text}' is not a whole number`);
  return Number(text);
}
