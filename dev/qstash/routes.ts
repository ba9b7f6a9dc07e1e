import { randomBytes } from "node:crypto";
import type { Broker } from "./broker.ts";
import { Refusal } from "./model.ts";
import { readPublish } from "./publish.ts";
import { deadLetterView, eventsView, matchesQuery, messageView, scheduleView } from "./views.ts";

/** One request, taken apart as far as every route needs it. */
export type Call = {
  method: string;
  /** Path and query as sent: a destination in it must not be tidied up. */
  target: string;
  /** Names in small letters. */
  headers: Record<string, string>;
  body: Buffer;
  nowMs: number;
  callerIP: string;
};

export type Reply = { status: number; json?: unknown };

/** The API of QStash, version 2. Source: https://upstash.com/docs/qstash/api-reference */
export async function route(broker: Broker, call: Call): Promise<Reply> {
  const publishTo = after(call.target, "/v2/publish/");
  if (call.method === "POST" && publishTo !== null) return publish(broker, call, publishTo);
  const scheduleTo = after(call.target, "/v2/schedules/");
  if (call.method === "POST" && scheduleTo !== null) return createSchedule(broker, call, scheduleTo);

  const [path = "", queryText = ""] = call.target.split("?", 2);
  const query = new URLSearchParams(queryText);
  const [, resource, id, action] = /^\/v2\/([a-zA-Z]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
  switch (`${call.method} ${resource}${id === undefined ? "" : "/:"}${action === undefined ? "" : `/${action}`}`) {
    case "POST batch":
      return batch(broker, call);
    case "GET messages/:":
      return found(broker.messages.get(id!), messageView, `message ${id} not found`);
    case "DELETE messages/:":
      if (await broker.cancel(id!)) return { status: 202, json: { cancelled: 1 } };
      return missing(`message ${id} not found`);
    case "DELETE messages":
      return cancelMany(broker, withBody(call, query));
    case "GET dlq":
      return listDeadLetters(broker, query);
    case "GET dlq/:":
      return found(broker.deadLetters.get(id!), deadLetterView, `dlq message ${id} not found`);
    case "DELETE dlq/:":
      return (await broker.deleteDeadLetter(id!)) ? { status: 200 } : missing(`dlq message ${id} not found`);
    case "DELETE dlq":
      return deleteDeadLetters(broker, withBody(call, query));
    case "POST dlq/:":
      if (id === "retry") return retryDeadLetters(broker, withBody(call, query));
      break;
    case "GET schedules":
      return { status: 200, json: [...broker.schedules.values()].map(scheduleView) };
    case "GET schedules/:":
      return found(broker.schedules.get(id!), scheduleView, `schedule ${id} not found`);
    case "DELETE schedules/:":
      return (await broker.changeSchedule(id!, "delete")) ? { status: 200 } : missing(`schedule ${id} not found`);
    case "PATCH schedules/:/pause":
    case "PATCH schedules/:/resume":
      if (await broker.changeSchedule(id!, action as "pause" | "resume")) return { status: 200 };
      return missing(`schedule ${id} not found`);
    case "GET events":
    case "GET logs":
      return { status: 200, json: { events: eventsView(broker.log, query) } };
    case "GET keys":
      return { status: 200, json: broker.keys };
    case "POST keys/:":
      if (id === "rotate") return { status: 200, json: await broker.rotateKeys() };
      break;
  }
  const retryOne = /^\/v2\/dlq\/retry\/([^/]+)$/.exec(path)?.[1];
  if (call.method === "POST" && retryOne !== undefined) {
    const retried = await broker.retryDeadLetter(retryOne);
    return retried === null ? missing(`dlq message ${retryOne} not found`) : { status: 200, json: retried };
  }
  if (/^(queues|enqueue|topics|flowControl|globalParallelism|workflows)$/.test(resource ?? "")) {
    throw new Refusal(501, `${resource} is not available in the local stack`);
  }
  return missing("not found");
}

async function publish(broker: Broker, call: Call, destination: string): Promise<Reply> {
  if (call.headers["upstash-cron"] !== undefined) throw new Refusal(400, "create schedules with POST /v2/schedules");
  const result = await broker.publish(readPublish({ ...call, destination }), deduplicationOf(call.headers));
  return { status: result.deduplicated === true ? 202 : 201, json: result };
}

async function batch(broker: Broker, call: Call): Promise<Reply> {
  const items = parseJson(call.body);
  if (!Array.isArray(items) || items.length === 0) throw new Refusal(400, "the body must be a list of messages");
  const read = items.map((item: unknown, i) => {
    const { destination, headers = {}, body, queue } = (item ?? {}) as Record<string, unknown>;
    if (typeof destination !== "string") throw new Refusal(400, `message ${i}: destination is missing`);
    if (queue !== undefined) throw new Refusal(400, `message ${i}: queues are not available in the local stack`);
    const small = Object.fromEntries(
      Object.entries(headers as Record<string, unknown>).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const bytes = Buffer.from(typeof body === "string" ? body : "");
    const publishOfItem = readPublish({ ...call, destination, headers: small, body: bytes });
    return { publish: publishOfItem, deduplication: deduplicationOf(small) };
  });
  // All are read before any is accepted, so that a mistake in one leaves none behind.
  const results = await Promise.all(read.map((each) => broker.publish(each.publish, each.deduplication)));
  return { status: 200, json: results };
}

async function createSchedule(broker: Broker, call: Call, destination: string): Promise<Reply> {
  const cron = call.headers["upstash-cron"];
  if (cron === undefined) throw new Refusal(400, "Upstash-Cron is missing");
  const scheduleId = call.headers["upstash-schedule-id"] ?? `scd_${randomBytes(16).toString("hex")}`;
  await broker.schedule({ scheduleId, cron, publish: readPublish({ ...call, destination }), isPaused: false });
  return { status: 201, json: { scheduleId } };
}

async function cancelMany(broker: Broker, query: URLSearchParams): Promise<Reply> {
  const chosen = [...broker.messages.values()].filter((message) => matchesQuery(message, query));
  const done = await Promise.all(chosen.map((message) => broker.cancel(message.messageId)));
  return { status: 200, json: { cancelled: done.filter(Boolean).length } };
}

function listDeadLetters(broker: Broker, query: URLSearchParams): Reply {
  const { page, cursor } = deadLetterPage(broker, query);
  return { status: 200, json: { ...cursor, messages: page.map(deadLetterView) } };
}

async function deleteDeadLetters(broker: Broker, query: URLSearchParams): Promise<Reply> {
  const { page, cursor } = deadLetterPage(broker, query);
  const done = await Promise.all(page.map((letter) => broker.deleteDeadLetter(letter.dlqId)));
  return { status: 200, json: { ...cursor, deleted: done.filter(Boolean).length } };
}

async function retryDeadLetters(broker: Broker, query: URLSearchParams): Promise<Reply> {
  const { page, cursor } = deadLetterPage(broker, query);
  const retried = await Promise.all(page.map((letter) => broker.retryDeadLetter(letter.dlqId)));
  return { status: 200, json: { ...cursor, responses: retried.filter((each) => each !== null) } };
}

/** The dead letters a query chooses, oldest first, and the cursor for those after them. */
function deadLetterPage(broker: Broker, query: URLSearchParams) {
  const all = [...broker.deadLetters.values()].filter((letter) => matchesQuery(letter, query));
  const start = query.get("cursor");
  const from = start === null || start === "" ? 0 : all.findIndex((letter) => letter.dlqId === start);
  if (from < 0) throw new Refusal(400, "invalid cursor");
  const count = Math.min(Math.max(1, Number(query.get("count") ?? 100) || 100), 100);
  const next = all[from + count];
  return { page: all.slice(from, from + count), cursor: next === undefined ? {} : { cursor: next.dlqId } };
}

function deduplicationOf(headers: Record<string, string>) {
  return {
    id: headers["upstash-deduplication-id"],
    byContent: headers["upstash-content-based-deduplication"] === "true",
  };
}

/** Bulk routes also take `{"dlqIds": [...]}` and the like as a body. */
function withBody(call: Call, query: URLSearchParams): URLSearchParams {
  if (call.body.length === 0) return query;
  const result = new URLSearchParams(query);
  for (const [name, value] of Object.entries((parseJson(call.body) ?? {}) as Record<string, unknown>)) {
    for (const each of Array.isArray(value) ? value : [value]) result.append(name, String(each));
  }
  return result;
}

function after(target: string, prefix: string): string | null {
  if (!target.startsWith(prefix)) return null;
  const rest = target.slice(prefix.length);
  return /^https?%3A/i.test(rest) ? decodeURIComponent(rest) : rest;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

function found<T>(item: T | undefined, view: (item: T) => unknown, otherwise: string): Reply {
  return item === undefined ? missing(otherwise) : { status: 200, json: view(item) };
}

function missing(error: string): Reply {
  return { status: 404, json: { error } };
}
