import { RedisError } from "./engine.ts";
import type { Reply } from "./engine.ts";
import type { Keyspace } from "./memory-store.ts";

/** The commands of the in-memory engine, scripts apart. @throws RedisError in Redis' words */
export function runCommand(keyspace: Keyspace, name: string, args: string[]): Reply {
  const { data, expires } = keyspace;
  const [key] = args;
  if (name === "PING") return "PONG";
  if (name === "KEYS") return data.keys();
  if (name === "FLUSHALL") {
    data.clear();
    expires.clear();
    return "OK";
  }
  if (key === undefined || (name === "SET" && args.length < 2)) {
    throw new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  }
  if (name === "SET") return set(keyspace, args);
  if (name === "GET") return textOf(data.has(key) ? data.get(key) : null);
  if (name === "DEL") {
    const there = args.filter((each) => data.has(each));
    for (const each of there) data.delete(each);
    return there.length;
  }
  if (!data.has(key)) return -2;
  return expires.has(key) ? Math.round((expires.get(key) - Date.now()) / 1000) : -1;
}

/** `SET key value [EX seconds | PX milliseconds] [NX]`, options in any case. */
function set({ data, expires }: Keyspace, [key = "", value, ...options]: string[]): Reply {
  let onlyNew = false;
  let expiresAt: number | null = null;
  for (let i = 0; i < options.length; i += 1) {
    const option = options[i]?.toUpperCase();
    if (option === "NX") onlyNew = true;
    else if (option === "EX" || option === "PX") {
      i += 1;
      const amount = options[i];
      if (amount === undefined) throw new RedisError("ERR syntax error");
      if (!/^\d+$/.test(amount)) throw new RedisError("ERR value is not an integer or out of range");
      if (Number(amount) === 0) throw new RedisError("ERR invalid expire time in 'set' command");
      expiresAt = Date.now() + Number(amount) * (option === "EX" ? 1000 : 1);
    } else throw new RedisError("ERR syntax error");
  }
  if (onlyNew && data.has(key)) return null;
  data.set(key, value);
  if (expiresAt === null) expires.delete(key);
  else expires.set(key, expiresAt);
  return "OK";
}

function textOf(value: unknown): Reply {
  if (value === null || typeof value === "string" || Buffer.isBuffer(value)) return value;
  if (typeof value === "number") return String(value);
  throw new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
}
