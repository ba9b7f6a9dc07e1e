import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { FaultPoint } from "#dev/fault-point.ts";
import { openListener, readBody } from "#dev/listener.ts";
import { RedisError, checkEmulated } from "./engine.ts";
import type { Engine, RedisCommand, Reply } from "./engine.ts";
import { startMemoryEngine } from "./memory-engine.ts";
import { parseCall, render } from "./rest.ts";
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
  /** The request is answered with 500 and never run. */
  fail: FaultPoint;
  /** Ends every fault that is still on. */
  clear(): Promise<void>;
};

export type Redis = {
  /** For `UPSTASH_REDIS_REST_URL`. */
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly engine: { kind: Engine["kind"]; description: string; pid: number | null };
  readonly faults: RedisFaults;
  /** HTTP requests since the start, refused and broken ones included. */
  stats(): { requests: number };
  close(): Promise<void>;
};

/**
 * An emulator of Upstash Redis' REST API over a Redis server on PATH, or over an engine in this process. It knows
 * the commands that the Worker and @upstash/ratelimit send (engine.ts), and is proven by the unmodified `@upstash/redis`
 * and `@upstash/ratelimit`.
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
  let requests = 0;
  const faults: RedisFaults = {
    down: () => listener.down(),
    up: () => listener.up(),
    delayMs: 0,
    hang: new FaultPoint(),
    fail: new FaultPoint(),
    async clear() {
      faults.delayMs = 0;
      faults.hang.off();
      faults.fail.off();
      await faults.up();
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
    if (faults.hang.hit()) return;
    if (faults.fail.hit()) return send(response, 500, { error: "ERR internal error" });
    if (request.method !== "POST") return send(response, 405, { error: "ERR method not allowed" });
    if (!isAuthorized(request, options.token)) {
      return send(response, 401, { error: "WRONGPASS invalid or missing auth token" });
    }
    const base64 = request.headers["upstash-encoding"] === "base64";
    try {
      const call = parseCall(request, await readBody(request, MAX_REQUEST_BYTES));
      if (call.kind === "single") {
        const [reply] = await pipeline(engine, scripts, [call.command]);
        const body = render(reply ?? null, base64);
        return send(response, "error" in body ? 400 : 200, body);
      }
      const replies = await pipeline(engine, scripts, call.commands);
      send(
        response,
        200,
        replies.map((reply) => render(reply, base64)),
      );
    } catch (error) {
      if (error instanceof RangeError) return send(response, 400, { error: "ERR max request size exceeded" });
      if (error instanceof RedisError) return send(response, 400, { error: error.message });
      throw error;
    }
  };

  const listener = await openListener({ port: options.port, name: "Redis", handle }).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  return {
    url: listener.url,
    token: options.token,
    port: listener.port,
    engine: { kind: engine.kind, description: engine.description, pid: engine.pid },
    faults,
    stats: () => ({ requests }),
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

/** The replies in the order of the commands; a refused command does not keep the others from running. */
async function pipeline(engine: Engine, scripts: ScriptNames, commands: RedisCommand[]): Promise<Reply[]> {
  const answers: Reply[] = [];
  const sent: { at: number; command: RedisCommand }[] = [];
  for (const [at, command] of commands.entries()) {
    try {
      checkEmulated(command);
      sent.push({ at, command: scripts.translate(command) });
    } catch (error) {
      answers[at] = error as RedisError;
    }
  }
  const replies = await engine.pipeline(sent.map((each) => each.command));
  for (const [i, { at }] of sent.entries()) answers[at] = replies[i] ?? null;
  return answers;
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(/^bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "");
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "upstash-sync-token": "bG9jYWw=" });
  response.end(JSON.stringify(body));
}
