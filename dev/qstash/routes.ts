import type { Broker } from "./broker.ts";
import { Refusal } from "./model.ts";
import type { DeadLetter } from "./model.ts";
import { readPublish } from "./publish.ts";

/** One parsed request. */
export type Call = {
  method: string;
  /** Path and query as sent: a destination in it must not be normalised. */
  target: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
  nowMs: number;
  callerIP: string;
};

export type Reply = { status: number; json: unknown };

const PUBLISH = "/v2/publish/";

/**
 * The part of QStash's API, version 2, that the Worker uses, and the list of dead letters for people.
 * Source: https://upstash.com/docs/qstash/api-reference
 *
 * @throws Refusal
 */
export async function route(broker: Broker, call: Call): Promise<Reply> {
  if (call.method === "POST" && call.target.startsWith(PUBLISH)) {
    const rest = call.target.slice(PUBLISH.length);
    const destination = /^https?%3A/i.test(rest) ? decodeURIComponent(rest) : rest;
    const result = await broker.publish(
      readPublish({ ...call, destination }),
      call.headers["upstash-deduplication-id"],
    );
    return { status: result.deduplicated === true ? 202 : 201, json: result };
  }
  const [path] = call.target.split("?", 1);
  if (call.method === "GET" && path === "/v2/keys") return { status: 200, json: broker.keys };
  if (call.method === "GET" && path === "/v2/dlq") {
    return { status: 200, json: { messages: [...broker.deadLetters.values()].map(deadLetterView) } };
  }
  throw new Refusal(404, `${call.method} ${path} is not emulated: dev/qstash/routes.ts lists what is`);
}

function deadLetterView(letter: DeadLetter): Record<string, unknown> {
  return {
    messageId: letter.messageId,
    dlqId: letter.dlqId,
    url: letter.url,
    method: "POST",
    body: textOf(letter.bodyBase64),
    maxRetries: letter.maxRetries,
    notBefore: letter.notBefore,
    createdAt: letter.createdAt,
    failureCallback: letter.failureCallback,
    callerIP: letter.callerIP,
    responseStatus: letter.responseStatus,
    responseHeader: letter.responseHeader,
    responseBody: textOf(letter.responseBodyBase64),
  };
}

const textOf = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
