import type { IncomingMessage } from "node:http";
import { RedisError } from "./engine.ts";
import type { RedisCommand, Reply } from "./engine.ts";

/** The commands of one HTTP request. */
export type RestCall = { kind: "single"; command: RedisCommand } | { kind: "pipeline"; commands: RedisCommand[] };

/**
 * Reads the commands of a request. `POST /` has one as a JSON array, `POST /pipeline` a list of them. Source:
 * https://upstash.com/docs/redis/features/restapi
 *
 * @throws RedisError to be answered with 400.
 */
export function parseCall(request: IncomingMessage, body: Buffer): RestCall {
  if (request.url === "/") return { kind: "single", command: toCommand(parseJson(body)) };
  if (request.url !== "/pipeline") throw new RedisError("ERR only / and /pipeline are emulated");
  const list = parseJson(body);
  if (!Array.isArray(list) || list.length === 0) throw new RedisError("ERR empty pipeline request");
  return { kind: "pipeline", commands: list.map(toCommand) };
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
