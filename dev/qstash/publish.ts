import { parseDuration } from "./durations.ts";
import { Refusal } from "./model.ts";
import type { FlowControl, Publish } from "./model.ts";
import { evaluateRetryDelay } from "./retry-delay.ts";

/** QStash's default on the free plan. */
const DEFAULT_RETRIES = 3;
/** The longest delay of the paid plan, in seconds: a year. */
const MAX_DELAY_SECONDS = 366 * 86_400;
const METHODS = new Set(["GET", "POST", "PUT", "DELETE", "PATCH"]);
/** Headers that belong to a connection and so cannot be forwarded. */
const HOP_BY_HOP = new Set(["connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade"]);

/**
 * Reads what a publish asks for out of its headers (names in small letters).
 * Source: https://upstash.com/docs/qstash/api-reference/messages/publish-a-message
 *
 * @throws Refusal 400 for anything QStash would not accept, or this stand-in cannot honour.
 */
export function readPublish(request: {
  destination: string;
  headers: Record<string, string>;
  body: Buffer;
  nowMs: number;
  callerIP: string;
}): Publish {
  const { headers, nowMs } = request;
  const text = (name: string) => headers[`upstash-${name}`];
  const method = (text("method") ?? "POST").toUpperCase();
  if (!METHODS.has(method)) throw new Refusal(400, `invalid Upstash-Method: '${method}'`);
  const retryDelayExpression = text("retry-delay");
  if (retryDelayExpression !== undefined) evaluateRetryDelay(retryDelayExpression, 0);
  const timeout = text("timeout");
  const callback = text("callback");
  const failureCallback = text("failure-callback");
  const flowControl = readFlowControl(text("flow-control-key"), text("flow-control-value"));
  const callbackHeaders = prefixed(headers, "upstash-callback-");
  const failureCallbackHeaders = prefixed(headers, "upstash-failure-callback-");
  // What is wrong with a callback must be said now: when it is to be sent, nobody is there to hear it.
  if (callback !== undefined) readPublish({ ...request, destination: callback, headers: callbackHeaders });
  if (failureCallback !== undefined) {
    readPublish({ ...request, destination: failureCallback, headers: failureCallbackHeaders });
  }
  if (text("queue-name") !== undefined) throw new Refusal(400, "queues are not available in the local stack");
  return {
    url: checkUrl(request.destination, "destination"),
    method,
    header: forwarded(headers),
    bodyBase64: request.body.toString("base64"),
    maxRetries: wholeNumber(text("retries"), "Upstash-Retries") ?? DEFAULT_RETRIES,
    delaySeconds: readDelay(text("delay"), text("not-before"), nowMs),
    callbackHeaders,
    failureCallbackHeaders,
    labels: (text("label") ?? "").split(",").filter((label) => label !== ""),
    callerIP: request.callerIP,
    ...(retryDelayExpression !== undefined && { retryDelayExpression }),
    ...(timeout !== undefined && { timeoutSeconds: parseDuration(timeout, "Upstash-Timeout") }),
    ...(callback !== undefined && { callback: checkUrl(callback, "Upstash-Callback") }),
    ...(failureCallback !== undefined && { failureCallback: checkUrl(failureCallback, "Upstash-Failure-Callback") }),
    ...(flowControl !== null && { flowControl }),
  };
}

/** `content-type` as Go, and so QStash, writes it: `Content-Type`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function checkUrl(text: string, what: string): string {
  try {
    const { protocol } = new URL(text);
    if (protocol === "http:" || protocol === "https:") return text;
  } catch {
    // Said below.
  }
  throw new Refusal(400, `invalid ${what}: '${text}' is not a URL starting with http:// or https://`);
}

/** Seconds to wait; an absolute time (Unix seconds) wins over a delay. */
function readDelay(delay: string | undefined, notBefore: string | undefined, nowMs: number): number {
  const at = wholeNumber(notBefore, "Upstash-Not-Before");
  const seconds =
    at !== null ? Math.max(0, at - nowMs / 1000) : delay === undefined ? 0 : parseDuration(delay, "Upstash-Delay");
  if (seconds > MAX_DELAY_SECONDS) throw new Refusal(400, "the delay is longer than a year");
  return seconds;
}

function wholeNumber(text: string | undefined, header: string): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,12}$/.test(text)) throw new Refusal(400, `invalid ${header}: '${text}' is not a whole number`);
  return Number(text);
}

function forwarded(headers: Record<string, string>): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  if (headers["content-type"] !== undefined) result["Content-Type"] = [headers["content-type"]];
  for (const [name, value] of Object.entries(prefixed(headers, "upstash-forward-"))) {
    const plain = name.slice("upstash-".length);
    if (!HOP_BY_HOP.has(plain)) result[canonicalName(plain)] = [value];
  }
  return result;
}

/** The headers that start with the prefix, renamed to start with `upstash-`. */
function prefixed(headers: Record<string, string>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [`upstash-${name.slice(prefix.length)}`, value]),
  );
}

function readFlowControl(key: string | undefined, value: string | undefined): FlowControl | null {
  if (key === undefined) return null;
  const flow: FlowControl = { key, periodSeconds: 1 };
  for (const part of (value ?? "").split(",")) {
    const [name, amount = ""] = part.trim().split("=");
    if (name === "period") flow.periodSeconds = parseDuration(amount, "Upstash-Flow-Control-Value");
    else if ((name === "parallelism" || name === "rate") && /^[1-9]\d*$/.test(amount)) flow[name] = Number(amount);
    else throw new Refusal(400, `invalid Upstash-Flow-Control-Value: '${value ?? ""}'`);
  }
  if (flow.parallelism === undefined && flow.rate === undefined) {
    throw new Refusal(400, "Upstash-Flow-Control-Value needs parallelism or rate");
  }
  return flow;
}
