import type { IncomingMessage } from "node:http";
import { RedisError } from "./engine.ts";
import type { RedisCommand, Reply } from "./engine.ts";

/** What one HTTP request asks for. */
export type RestCall =
  | { kind: "single"; command: RedisCommand }
  | { kind: "pipeline" | "multi-exec"; commands: RedisCommand[] };

/** Commands that belong to a connection; over HTTP there is none, and Upstash refuses them too. */
const REFUSED = new Set(
  "AUTH ASKING BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT CONFIG DEBUG DISCARD EXEC FAILOVER HELLO MONITOR MULTI PSUBSCRIBE PSYNC QUIT REPLICAOF RESET SELECT SHUTDOWN SLAVEOF SSUBSCRIBE SUBSCRIBE SWAPDB SYNC UNWATCH WATCH".split(
    " ",
  ),
);

/**
 * Reads the commands out of a request. Source: Upstash's REST API, https://upstash.com/docs/redis/features/restapi
 * (command as a JSON array in the body, or in the path with the body as one more argument and the query after it).
 *
 * @throws RedisError to be answered with 400.
 */
export function parseCall(request: IncomingMessage, body: Buffer): RestCall {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  if (path === "/") return { kind: "single", command: toCommand(parseJson(body)) };
  if (path === "/pipeline" || path === "/multi-exec") {
    const list = parseJson(body);
    if (!Array.isArray(list) || list.length === 0) throw new RedisError("ERR empty pipeline request");
    return { kind: path === "/pipeline" ? "pipeline" : "multi-exec", commands: list.map(toCommand) };
  }
  const words = path.slice(1).split("/").map(decode);
  if (body.length > 0) words.push(body.toString("utf8"));
  for (const pair of query === "" ? [] : query.split("&")) {
    const [name = "", value] = pair.split("=", 2);
    if (name === "_token") continue;
    words.push(decode(name));
    if (value !== undefined && value !== "") words.push(decode(value));
  }
  return { kind: "single", command: toCommand(words) };
}

/** Refuses what cannot work over HTTP, in the words of Upstash. */
export function checkAllowed(command: RedisCommand): void {
  const name = command[0].toUpperCase();
  if (!REFUSED.has(name)) return;
  throw new RedisError(
    `ERR Command is not available: '${name}'. See https://upstash.com/docs/redis/overall/rediscompatibility for details`,
  );
}

/** The JSON for one reply: `{result}` or `{error}`, text as base64 when the client asked for it. */
export function render(reply: Reply, base64: boolean): { result: unknown } | { error: string } {
  if (reply instanceof Error) return { error: reply.message };
  // "OK" alone stays as it is; inside a list it is encoded like any other text.
  if (base64 && !Array.isArray(reply) && String(reply) === "OK") return { result: "OK" };
  return { result: encode(reply, base64) };
}

function encode(reply: Reply, base64: boolean): unknown {
  if (reply === null || typeof reply === "number") return reply;
  if (reply instanceof Error) return encode(reply.message, base64);
  if (Array.isArray(reply)) return reply.map((each) => encode(each, base64));
  const bytes = typeof reply === "string" ? Buffer.from(reply, "utf8") : reply;
  return bytes.toString(base64 ? "base64" : "utf8");
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new RedisError("ERR failed to parse the request body as JSON");
  }
}

function toCommand(words: unknown): RedisCommand {
  if (!Array.isArray(words) || words.length === 0) throw new RedisError("ERR empty command");
  const [name, ...args] = words.map((word: unknown) =>
    typeof word === "object" && word !== null ? JSON.stringify(word) : String(word),
  );
  if (name === undefined || name === "") throw new RedisError("ERR empty command");
  return [name, ...args];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RedisError("ERR invalid percent-encoding in the path");
  }
}
