import { randomUUID } from "node:crypto";
import { join } from "node:path";
import RedisMock from "ioredis-mock";
import { describeCommand } from "./command-table.ts";
import type { CommandInfo } from "./command-table.ts";
import { RedisError } from "./engine.ts";
import type { Engine, RedisCommand, Reply } from "./engine.ts";
import { preparedScript } from "./lua-prelude.ts";
import {
  checkWholeNumbers,
  expireKey,
  family,
  notAnInteger,
  rangeByScore,
  set,
  withUpperCaseOptions,
  wrongType,
} from "./memory-commands.ts";
import { loadKeyspace, saveKeyspace } from "./memory-store.ts";
import type { Keyspace } from "./memory-store.ts";
import { sha1 } from "./scripts.ts";

/** Commands that replace a key whatever it held, or look at several keys and pass over those of another type. */
const ANY_TYPE = new Set(["set", "setex", "psetex", "mset", "msetnx", "setnx", "mget"]);
const SAVE_EVERY_MS = 1000;

type Mock = Keyspace & { disconnect(): void } & Record<string, (...args: string[]) => Promise<unknown>>;

/**
 * An engine inside this process for machines without a Redis server. Each command, script and transaction runs without
 * interruption. The keys are written to `dataDir` every second in which something changed, and on close.
 */
export async function startMemoryEngine(options: { dataDir: string }): Promise<Engine> {
  const file = join(options.dataDir, "memory.bin");
  // Instances with the same host and port share their data, so each gets a host of its own.
  const mock = new RedisMock({ host: randomUUID(), port: 6379 }) as unknown as Mock;
  const scripts = new Map<string, string>();
  await loadKeyspace(mock, file);

  let changed = false;
  let saving: Promise<void> = Promise.resolve();
  const save = () => {
    changed = false;
    saving = saving.then(() => saveKeyspace(mock, file));
    return saving;
  };
  const timer = setInterval(() => {
    if (changed) save().catch((error: unknown) => console.error(`Redis data not saved: ${String(error)}`));
  }, SAVE_EVERY_MS);
  timer.unref();

  const run = async (command: RedisCommand): Promise<Reply> => {
    // Everything up to the call of the mock happens at once: that makes transactions atomic.
    try {
      const info = describeCommand(command);
      if (info.writes || info.name.startsWith("eval")) changed = true;
      return toReply(await execute(mock, scripts, info, command.slice(1)), info.name);
    } catch (error) {
      return toError(error);
    }
  };

  return {
    kind: "memory",
    description: "in-process (install redis-server or valkey-server for the real one)",
    pipeline: (commands) => Promise.all(commands.map(run)),
    async transaction(commands) {
      for (const command of commands) {
        try {
          describeCommand(command);
        } catch {
          throw new RedisError("EXECABORT Transaction discarded because of previous errors.");
        }
      }
      return Promise.all(commands.map(run));
    },
    async close() {
      clearInterval(timer);
      await save();
      mock.data.clear();
      mock.expires.clear();
      mock.disconnect();
    },
  };
}

function execute(mock: Mock, scripts: Map<string, string>, info: CommandInfo, args: string[]): unknown {
  const { name } = info;
  if (info.family !== null && info.firstKey > 0 && !ANY_TYPE.has(name) && !name.endsWith("store")) {
    const found = family(mock, args[info.firstKey - 1]!);
    if (found !== null && found !== info.family) throw wrongType();
  }
  if (name === "set") return set(mock, args);
  if (/^p?expire(at)?$/.test(name)) return expireKey(mock, name, args);
  if (name === "script") return script(scripts, args);
  if (name === "eval" || name === "evalsha") {
    const text = name === "eval" ? args[0]! : scripts.get(args[0]!.toLowerCase());
    if (text === undefined) throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
    if (!/^\d+$/.test(args[1]!)) throw notAnInteger();
    if (Number(args[1]) > args.length - 2) {
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    }
    scripts.set(sha1(text), text);
    return mock["eval"]!(preparedScript(text), ...args.slice(1));
  }
  if (/^(incr|decr)(by)?$|^hincrby$/.test(name)) checkWholeNumbers(mock, name, args);
  const words = withUpperCaseOptions(name, args);
  const call = name === "zrange" && words.includes("BYSCORE", 3) ? rangeByScore(words) : { name, args: words };
  if (/byscore$|^zcount$/.test(call.name) && call.args.slice(1, 3).some((bound) => /\d\.\d*[1-9]/.test(bound))) {
    // ioredis-mock cuts the fraction off and so answers something else than Redis: better no answer.
    throw unavailable(`${name} with a fractional bound`);
  }
  const method = mock[call.name];
  if (typeof method !== "function") throw unavailable(name);
  return method.apply(mock, call.args);
}

function script(scripts: Map<string, string>, [verb = "", ...rest]: string[]): Reply {
  switch (verb.toUpperCase()) {
    case "LOAD": {
      const text = rest[0] ?? "";
      scripts.set(sha1(text), text);
      return sha1(text);
    }
    case "EXISTS":
      return rest.map((sha) => (scripts.has(sha.toLowerCase()) ? 1 : 0));
    case "FLUSH":
      scripts.clear();
      return "OK";
    default:
      throw unavailable(`script ${verb}`);
  }
}

/** What the mock answers, in the types Redis answers with: whole numbers, text, nil and lists. */
function toReply(value: unknown, name: string): Reply {
  if (value === null || value === undefined || value === false) return null;
  if (value === true) return 1;
  if (typeof value === "number") {
    if (name.startsWith("eval")) return Math.trunc(value);
    return Number.isInteger(value) && !/^(zscore|zincrby|h?incrbyfloat)$/.test(name) ? value : String(value);
  }
  if (typeof value === "string" || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map((each) => toReply(each, name));
  if (value instanceof Map || value instanceof Set)
    return [...value.entries()].flat().map((each) => toReply(each, name));
  if (typeof value === "object") {
    const { ok, err } = value as { ok?: unknown; err?: unknown };
    if (name.startsWith("eval") && typeof ok === "string") return ok;
    if (name.startsWith("eval") && typeof err === "string") throw new RedisError(err);
    return Object.entries(value)
      .flat()
      .map((each) => toReply(each, name));
  }
  throw new TypeError(`a reply of type ${typeof value}`);
}

function toError(error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const message = text.replace(/^Error trying to loading or executing lua code string in VM: /, "");
  if (message.startsWith("Unsupported command")) return unavailable(/"(\w+)"/.exec(message)?.[1] ?? "");
  return new RedisError(/^[A-Z]{3,} /.test(message) ? message : `ERR ${message}`);
}

function unavailable(name: string): RedisError {
  return new RedisError(`ERR '${name}' is not available on the in-memory engine; put redis-server on PATH for it`);
}
