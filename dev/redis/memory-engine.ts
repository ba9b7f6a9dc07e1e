import { randomUUID } from "node:crypto";
import { join } from "node:path";
import RedisMock from "ioredis-mock";
import { RedisError } from "./engine.ts";
import type { Engine, RedisCommand, Reply } from "./engine.ts";
import { preparedScript } from "./lua-prelude.ts";
import { runCommand } from "./memory-commands.ts";
import { loadKeyspace, saveKeyspace } from "./memory-store.ts";
import type { Keyspace } from "./memory-store.ts";
import { sha1 } from "./scripts.ts";

const READS = new Set(["PING", "GET", "TTL", "KEYS"]);
const SAVE_EVERY_MS = 1000;

type Mock = Keyspace & { disconnect(): void; eval(script: string, ...args: string[]): Promise<unknown> };

/**
 * An engine inside this process for machines without a Redis server. Each command and script runs without interruption;
 * scripts run in ioredis-mock's Lua. The keys are written to `dataDir` every second in which something changed, and on
 * close.
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

  const run = async ([word, ...args]: RedisCommand): Promise<Reply> => {
    const name = word.toUpperCase();
    try {
      if (!READS.has(name)) changed = true;
      if (name !== "EVAL" && name !== "EVALSHA") return runCommand(mock, name, args);
      return toReply(await runScript(mock, scripts, name, args));
    } catch (error) {
      return toError(error);
    }
  };

  return {
    kind: "memory",
    description: "in-process (install redis-server or valkey-server for the real one)",
    pid: null,
    pipeline: (commands) => Promise.all(commands.map(run)),
    async close() {
      clearInterval(timer);
      await save();
      mock.data.clear();
      mock.expires.clear();
      mock.disconnect();
    },
  };
}

function runScript(mock: Mock, scripts: Map<string, string>, name: string, args: string[]): Promise<unknown> {
  const [script = "", keys = "", ...rest] = args;
  const text = name === "EVAL" ? script : scripts.get(script.toLowerCase());
  if (text === undefined) throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
  if (!/^\d+$/.test(keys)) throw new RedisError("ERR value is not an integer or out of range");
  if (Number(keys) > rest.length) throw new RedisError("ERR Number of keys can't be greater than number of args");
  scripts.set(sha1(text), text);
  return mock.eval(preparedScript(text), keys, ...rest);
}

/** A script's answer in Redis' types: whole numbers, text, nil and lists. */
function toReply(value: unknown): Reply {
  if (value === null || value === undefined || value === false) return null;
  if (value === true) return 1;
  if (typeof value === "number") return Math.trunc(value);
  if (typeof value === "string" || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map(toReply);
  throw new TypeError(`a reply of type ${typeof value}`);
}

function toError(error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const message = text.replace(/^Error trying to loading or executing lua code string in VM: /, "");
  return new RedisError(/^[A-Z]{3,} /.test(message) ? message : `ERR ${message}`);
}
