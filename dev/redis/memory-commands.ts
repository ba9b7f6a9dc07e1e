import { RedisError } from "./engine.ts";
import type { Reply } from "./engine.ts";
import type { Keyspace } from "./memory-store.ts";

const OPTION_WORDS = new Set(
  "EX PX EXAT PXAT KEEPTTL PERSIST NX XX GT LT CH INCR MATCH COUNT TYPE BYSCORE BYLEX REV LIMIT WITHSCORES RANK MAXLEN".split(
    " ",
  ),
);

/** Position of the first word that may be an option, for commands whose options ioredis-mock wants in capitals. */
const OPTIONS_FROM: Record<string, number> = {
  scan: 1,
  hscan: 2,
  sscan: 2,
  zscan: 2,
  getex: 2,
  zadd: 2,
  zrange: 3,
  zrangebyscore: 4,
  zrevrange: 4,
  zrevrangebyscore: 4,
  lpos: 3,
};

/** ioredis-mock ignores an option in small letters (`zadd k nx ...`), Redis does not mind the case. */
export function withUpperCaseOptions(name: string, args: string[]): string[] {
  const from = OPTIONS_FROM[name];
  if (from === undefined) return args;
  const result = [...args];
  for (let i = from - 1; i < result.length; i += 1) {
    const word = result[i]!.toUpperCase();
    if (OPTION_WORDS.has(word)) result[i] = word;
    // In ZADD the options end where the first score stands; what follows may be a member named like an option.
    else if (name === "zadd") break;
  }
  return result;
}

/** SET with all its options. ioredis-mock answers 1 instead of OK with an expiry and does not know KEEPTTL. */
export function set({ data, expires }: Keyspace, [key, value, ...options]: string[]): Reply {
  let condition: "NX" | "XX" | null = null;
  let get = false;
  let keepTtl = false;
  let expiresAt: number | null = null;
  for (let i = 0; i < options.length; i += 1) {
    const word = options[i]!.toUpperCase();
    if ((word === "NX" || word === "XX") && condition === null) condition = word;
    else if (word === "GET") get = true;
    else if (word === "KEEPTTL" && expiresAt === null) keepTtl = true;
    else if (expiresAt === null && !keepTtl && i + 1 < options.length && isExpiryWord(word)) {
      i += 1;
      expiresAt = expiry(word, options[i]!, "set");
    } else throw new RedisError("ERR syntax error");
  }
  const present = data.has(key!);
  const old = present ? data.get(key!) : null;
  if (get && old !== null && !isText(old)) throw wrongType();
  if ((condition === "NX" && present) || (condition === "XX" && !present)) return get ? (old as Reply) : null;
  const until = keepTtl && expires.has(key!) ? expires.get(key!) : expiresAt;
  data.set(key!, value);
  if (until === null) expires.delete(key!);
  else expires.set(key!, until);
  return get ? (old as Reply) : "OK";
}

/** EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT with NX, XX, GT and LT, which ioredis-mock passes over. */
export function expireKey({ data, expires }: Keyspace, name: string, [key, amount, ...options]: string[]): Reply {
  const word = { expire: "EX", pexpire: "PX", expireat: "EXAT", pexpireat: "PXAT" }[name]!;
  if (!/^-?\d+$/.test(amount!)) throw notAnInteger();
  const unit = word.startsWith("EX") ? 1000 : 1;
  const until = Number(amount) * unit + (word.endsWith("AT") ? 0 : Date.now());
  if (!data.has(key!)) return 0;
  const old = expires.has(key!) ? expires.get(key!) : null;
  for (const option of options.map((each) => each.toUpperCase())) {
    if (option === "NX" ? old !== null : option === "XX" ? old === null : false) return 0;
    if (option === "GT" && (old === null || until <= old)) return 0;
    if (option === "LT" && old !== null && until >= old) return 0;
    if (!["NX", "XX", "GT", "LT"].includes(option)) throw new RedisError(`ERR Unsupported option ${option}`);
  }
  if (until <= Date.now()) data.delete(key!);
  else expires.set(key!, until);
  return 1;
}

/**
 * ioredis-mock makes NaN of text that is no number. Redis refuses.
 *
 * @throws RedisError when the amount or the stored value of an INCR, DECR or HINCRBY is not a 64-bit whole number.
 */
export function checkWholeNumbers({ data }: Keyspace, name: string, args: string[]): void {
  const [key, second, third] = args;
  const inHash = name === "hincrby";
  const stored = data.has(key!) ? data.get(key!) : "0";
  const value = inHash && typeof stored === "object" ? ((stored as Record<string, unknown>)[second!] ?? "0") : stored;
  const amount = (inHash ? third : second) ?? "1";
  if (!isWhole(amount)) throw notAnInteger();
  if (!isWhole(String(value))) throw inHash ? new RedisError("ERR hash value is not an integer") : notAnInteger();
}

function isWhole(text: string): boolean {
  return /^-?(0|[1-9]\d{0,18})$/.test(text);
}

/** ZRANGE with BYSCORE in the older words that ioredis-mock knows. */
export function rangeByScore(args: string[]): { name: string; args: string[] } {
  const words = args.slice(3).filter((word) => word !== "BYSCORE" && word !== "REV");
  return {
    name: args.slice(3).includes("REV") ? "zrevrangebyscore" : "zrangebyscore",
    args: [...args.slice(0, 3), ...words],
  };
}

/** What kind of value a key holds, in the words of Redis' command families; null when there is none. */
export function family({ data }: Keyspace, key: string): string | null {
  if (!data.has(key)) return null;
  const value = data.get(key);
  if (isText(value)) return "string";
  if (Array.isArray(value)) return "list";
  if (value instanceof Set) return "set";
  return value instanceof Map ? "sortedset" : "hash";
}

export const wrongType = () => new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
export const notAnInteger = () => new RedisError("ERR value is not an integer or out of range");

function isText(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || Buffer.isBuffer(value);
}

function isExpiryWord(word: string): boolean {
  return word === "EX" || word === "PX" || word === "EXAT" || word === "PXAT";
}

/** Unix milliseconds at which a key set now with this option expires. */
function expiry(word: string, amount: string, command: string): number {
  if (!/^-?\d+$/.test(amount)) throw notAnInteger();
  if (Number(amount) <= 0) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  return Number(amount) * (word.startsWith("EX") ? 1000 : 1) + (word.endsWith("AT") ? 0 : Date.now());
}
