import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { FaultPoint } from "#dev/fault-point.ts";
import { openListener, readBody } from "#dev/listener.ts";
import { RedisError } from "./engine.ts";
import type { Engine, RedisCommand, Reply } from "./engine.ts";
import { startMemoryEngine } from "./memory-engine.ts";
import { checkAllowed, parseCall, render } from "./rest.ts";
import { ScriptNames } from "./scripts.ts";
import { findServer, startServerEngine } from "./server-engine.ts";

/** Upstash's limit on one request, in bytes. */
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

export type RedisFaults = {
  /** The listener goes away: connection refused, until `up()`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Every request waits this many milliseconds before it is looked at. */
  delayMs: number;
  /** The request is never answered and never run. */
  hang: FaultPoint;
  /** 500 without running the request. */
  fail: FaultPoint;
  /** The request is run and then the connection is cut: the client cannot know. */
  dropReply: FaultPoint;
  /** Removes every key, as if the database had been lost. */
  flush(): Promise<void>;
  /** Ends every fault that is still on. */
  clear(): Promise<void>;
};

export type Redis = {
  /** For `UPSTASH_REDIS_REST_URL`. */
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly engine: { kind: Engine["kind"]; description: string };
  readonly faults: RedisFaults;
  /** HTTP requests and Redis commands since the start, those refused or broken included. */
  stats(): { requests: number; commands: number };
  close(): Promise<void>;
};

/**
 * Upstash Redis' REST API over a Redis server found on PATH, or over an engine in this process.
 * Wire: https://upstash.com/docs/redis/features/restapi; proven by the unmodified `@upstash/redis` and
 * `@upstash/ratelimit`.
 *
 * @param options.engine `auto` takes redis-server or valkey-server when it is on PATH; `server` insists on it.
 * @throws Error with one line for people when the port is taken or the engine does not start.
 */
export async function startRedis(options: {
  port: number;
  dataDir: string;
  token: string;
  engine?: "auto" | "server" | "memory";
}): Promise<Redis> {
  const engine = await startEngine(options.engine ?? "auto", options.dataDir);
  const scripts = new ScriptNames();
  const counts = { requests: 0, commands: 0 };
  const faults: RedisFaults = {
    down: () => listener.down(),
    up: () => listener.up(),
    delayMs: 0,
    hang: new FaultPoint(),
    fail: new FaultPoint(),
    dropReply: new FaultPoint(),
    async flush() {
      await engine.pipeline([["FLUSHALL"]]);
    },
    async clear() {
      faults.delayMs = 0;
      for (const point of [faults.hang, faults.fail, faults.dropReply]) point.off();
      await faults.up();
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    counts.requests += 1;
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
    if (faults.hang.hit()) return;
    if (faults.fail.hit()) return send(response, 500, { error: "ERR internal error" });
    if (!["GET", "HEAD", "POST", "PUT"].includes(request.method ?? "")) {
      return send(response, 405, { error: "ERR method not allowed" });
    }
    if (!isAuthorized(request, options.token)) {
      return send(response, 401, { error: "WRONGPASS invalid or missing auth token" });
    }
    const base64 = request.headers["upstash-encoding"] === "base64";
    let answer: { status: number; body: unknown };
    try {
      const call = parseCall(request, await readBody(request, MAX_REQUEST_BYTES));
      counts.commands += call.kind === "single" ? 1 : call.commands.length;
      if (call.kind === "single") {
        const [reply] = await pipeline(engine, scripts, [call.command]);
        const body = render(reply ?? null, base64);
        answer = { status: "error" in body ? 400 : 200, body };
      } else {
        const run = call.kind === "pipeline" ? pipeline : transaction;
        const replies = await run(engine, scripts, call.commands);
        answer = { status: 200, body: replies.map((reply) => render(reply, base64)) };
      }
    } catch (error) {
      if (error instanceof RangeError) {
        answer = { status: 400, body: { error: "ERR max request size exceeded" } };
      } else if (error instanceof RedisError) answer = { status: 400, body: { error: error.message } };
      else throw error;
    }
    if (faults.dropReply.hit()) {
      request.socket.destroy();
      return;
    }
    send(response, answer.status, answer.body);
  };

  const listener = await openListener({ port: options.port, name: "Redis", handle }).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  return {
    url: listener.url,
    token: options.token,
    port: listener.port,
    engine: { kind: engine.kind, description: engine.description },
    faults,
    stats: () => ({ ...counts }),
    async close() {
      await listener.close();
      await engine.close();
    },
  };
}

async function startEngine(kind: "auto" | "server" | "memory", dataDir: string): Promise<Engine> {
  const program = kind === "memory" ? null : findServer();
  if (program !== null) return startServerEngine({ program, dataDir });
  if (kind === "server") throw new Error("Neither redis-server nor valkey-server is on PATH.");
  return startMemoryEngine({ dataDir });
}

async function pipeline(engine: Engine, scripts: ScriptNames, commands: RedisCommand[]): Promise<Reply[]> {
  const answers: Reply[] = [];
  const sent: { at: number; command: RedisCommand; reply: (reply: Reply) => Reply }[] = [];
  for (const [at, command] of commands.entries()) {
    try {
      checkAllowed(command);
      sent.push({ at, ...scripts.translate(command) });
    } catch (error) {
      answers[at] = error as RedisError;
    }
  }
  const replies = await engine.pipeline(sent.map((each) => each.command));
  for (const [i, each] of sent.entries()) answers[each.at] = each.reply(replies[i] ?? null);
  return answers;
}

async function transaction(engine: Engine, scripts: ScriptNames, commands: RedisCommand[]): Promise<Reply[]> {
  for (const command of commands) checkAllowed(command);
  const prepared = commands.map((command) => scripts.translate(command));
  const replies = await engine.transaction(prepared.map((each) => each.command));
  return prepared.map((each, i) => each.reply(replies[i] ?? null));
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  const header = /^bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const given = header ?? new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? "").get("_token") ?? "";
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "upstash-sync-token": "bG9jYWw=" });
  response.end(JSON.stringify(body));
}
