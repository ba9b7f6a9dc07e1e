import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { FaultPoint } from "#dev/fault-point.ts";
import { openListener, readBody } from "#dev/listener.ts";
import { Broker } from "./broker.ts";
import type { Stats } from "./broker.ts";
import type { VirtualClock } from "./clock.ts";
import { BrokerFaults } from "./faults.ts";
import { Refusal } from "./model.ts";
import type { Message } from "./model.ts";
import { queuePage } from "./page.ts";
import { route } from "./routes.ts";
import type { Reply } from "./routes.ts";
import { readState, StateWriter } from "./state-file.ts";

/** QStash's limit on one message, in bytes. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Node fires a timer of more than 2^31 ms at once, so a longer wait wakes up every hour. */
const LONGEST_SLEEP_MS = 3_600_000;

export type QstashFaults = {
  /** The listener goes away: publishes are refused, deliveries go on. Until `up()`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Every request waits this many milliseconds before it is handled. */
  delayMs: number;
  /** The request is never answered and has no effect. */
  hang: FaultPoint;
  /** 503 without effect. */
  refuse: FaultPoint;
  /** The request takes effect, then the connection is cut: the publisher cannot know. */
  dropReply: FaultPoint;
  /** Lost, duplicated and reordered messages. */
  readonly messages: BrokerFaults;
  /** Ends every fault that is still on. */
  clear(): Promise<void>;
};

export type Qstash = {
  /** For `QSTASH_URL`. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** For `QSTASH_CURRENT_SIGNING_KEY` and `QSTASH_NEXT_SIGNING_KEY`. */
  keys(): { current: string; next: string };
  readonly faults: QstashFaults;
  /** Counts since the start. */
  stats(): Stats & { requests: number };
  /** The messages that wait, in the order in which they were published. */
  waiting(): readonly Message[];
  /** Delivers everything that is due and waits for it. With a virtual clock only this delivers. */
  tick(): Promise<void>;
  /** Moves a virtual clock from one due time to the next, delivering, until `unixMs`. */
  runUntil(unixMs: number): Promise<void>;
  /** Ends in order; undelivered messages stay in the file. */
  close(): Promise<void>;
};

/**
 * An emulator of Upstash QStash, with the parts that the Worker uses. These are: publish not before an instant,
 * deduplication (the first wins, ten minutes), flow control and signed requests. Also retries with back-off, failure
 * callbacks and dead letters. It delivers at least once, over restarts and crashes. Proven by the unmodified
 * `@upstash/qstash` client and `Receiver`.
 *
 * @param options.dataFile where messages survive a restart; without it they live in memory.
 * @param options.publicUrl the address for others, if it is not the listener's own.
 * @param options.clock a virtual clock stops all deliveries but those of `tick()` and `runUntil()`.
 * @param options.retryScale multiplies the back-off (12 s, 2 min 28 s, 30 min, ..., or what a message asks for); 1 is as
 * in production.
 * @param options.openReads allows GET requests without a token, for people with curl; a wrong token is still refused.
 * @throws Error with one line for people when the port is taken or the file is not a message store.
 */
export async function startQstash(options: {
  port: number;
  token: string;
  dataFile?: string;
  publicUrl?: string;
  clock?: VirtualClock;
  retryScale?: number;
  openReads?: boolean;
  keys?: { current: string; next: string };
}): Promise<Qstash> {
  const clock = options.clock ?? { now: () => Date.now() };
  const isVirtual = options.clock !== undefined;
  const messageFaults = new BrokerFaults();
  const state = options.dataFile === undefined ? null : await readState(options.dataFile);
  const writer = options.dataFile === undefined ? null : new StateWriter(options.dataFile, () => broker.state());
  const broker: Broker = new Broker({
    clock,
    retryScale: options.retryScale ?? 1,
    faults: messageFaults,
    state,
    keys: options.keys ?? null,
    save: async () => writer?.save(),
  });
  await writer?.save();

  let requests = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  /** Delivers what is due and sleeps until the next; called after everything that may change what is next. */
  const wake = () => {
    if (isVirtual || isClosed) return;
    clearTimeout(timer);
    broker.startDue(wake);
    const next = broker.nextDue();
    if (next !== null) timer = setTimeout(wake, Math.min(Math.max(0, next - clock.now()), LONGEST_SLEEP_MS));
  };

  const faults: QstashFaults = {
    down: () => listener.down(),
    up: () => listener.up(),
    delayMs: 0,
    hang: new FaultPoint(),
    refuse: new FaultPoint(),
    dropReply: new FaultPoint(),
    messages: messageFaults,
    async clear() {
      faults.delayMs = 0;
      for (const point of [faults.hang, faults.refuse, faults.dropReply, messageFaults]) point.off();
      await faults.up();
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
    if (faults.hang.hit()) return;
    if (faults.refuse.hit()) return sendJson(response, { status: 503, json: { error: "service unavailable" } });
    const target = request.url ?? "/";
    if (request.method === "GET" && target === "/") return sendPage(response, queuePage(broker, clock.now()));
    let reply: Reply;
    try {
      authorize(request, options.token, options.openReads === true);
      const body = await readBody(request, MAX_MESSAGE_BYTES);
      const headers = smallHeaders(request);
      const callerIP = request.socket.remoteAddress ?? "127.0.0.1";
      reply = await route(broker, {
        method: request.method ?? "GET",
        target,
        headers,
        body,
        nowMs: clock.now(),
        callerIP,
      });
    } catch (error) {
      if (error instanceof RangeError) reply = { status: 413, json: { error: "maxMessageSize exceeded" } };
      else if (error instanceof Refusal) reply = { status: error.status, json: { error: error.message } };
      else throw error;
    }
    if (faults.dropReply.hit()) request.socket.destroy();
    else sendJson(response, reply);
    wake();
  };

  const listener = await openListener({ port: options.port, name: "QStash", handle });
  wake();
  return {
    url: options.publicUrl ?? listener.url,
    port: listener.port,
    token: options.token,
    keys: () => broker.keys,
    faults,
    stats: () => ({ ...broker.stats(), requests }),
    waiting: () => [...broker.messages.values()],
    tick: () => broker.tick(),
    async runUntil(unixMs) {
      if (options.clock === undefined) throw new Error("runUntil() needs a virtual clock");
      for (let next = broker.nextDue(); next !== null && next <= unixMs; next = broker.nextDue()) {
        options.clock.set(next);
        await broker.tick();
      }
      options.clock.set(unixMs);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await listener.close();
      await broker.close();
    },
  };
}

/** @throws Refusal 401 */
function authorize(request: IncomingMessage, token: string, openReads: boolean): void {
  const header = request.headers.authorization;
  if (header === undefined && openReads && request.method === "GET" && !request.url?.startsWith("/v2/keys")) return;
  const given = Buffer.from(/^bearer (.+)$/i.exec(header ?? "")?.[1] ?? "");
  const wanted = Buffer.from(token);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new Refusal(401, "unable to authenticate: invalid token");
}

function smallHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

function sendJson(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { "content-type": "application/json" });
  response.end(JSON.stringify(reply.json));
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
  });
  response.end(html);
}
