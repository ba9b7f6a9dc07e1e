import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startRedis } from "#dev/redis/redis.ts";
import type { Redis as Stack } from "#dev/redis/redis.ts";
import { findServer } from "#dev/redis/server-engine.ts";

// Starting processes takes its time on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const TOKEN = "test-token";
const engines = findServer() === null ? (["memory"] as const) : (["memory", "server"] as const);

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "hf-redis-test-"));
}

describe.each(engines)("Upstash Redis REST on the %s engine", (engine) => {
  let dataDir: string;
  let stack: Stack;

  const client = (options: { enableAutoPipelining?: boolean } = {}) =>
    new Redis({ url: stack.url, token: TOKEN, enableTelemetry: false, retry: false, ...options });
  const raw = (path: string, init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {}) =>
    fetch(`${stack.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  const post = (body: unknown, path = "/") => raw(path, { method: "POST", body: JSON.stringify(body) });

  beforeAll(async () => {
    dataDir = await folder();
    stack = await startRedis({ port: 0, dataDir, token: TOKEN, engine });
  });
  beforeEach(async () => {
    await stack.faults.clear();
    await stack.faults.flush();
  });
  afterAll(async () => {
    await stack.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("says which engine it runs on", () => {
    expect(stack.engine.kind).toBe(engine);
    expect(stack.engine.description.length).toBeGreaterThan(5);
  });

  test("keeps strings, numbers, objects and text of any script", async () => {
    const redis = client();
    expect(await redis.set("text", 'žluťoučký 馬 🐎 \n "quoted" \\ \0')).toBe("OK");
    expect(await redis.get("text")).toBe('žluťoučký 馬 🐎 \n "quoted" \\ \0');
    await redis.set("object", { a: [1, { b: null }], c: "ü" });
    expect(await redis.get("object")).toEqual({ a: [1, { b: null }], c: "ü" });
    await redis.set("number", 12);
    expect(await redis.get("number")).toBe(12);
    expect(await redis.get("absent")).toBeNull();
    await redis.set("ok", "OK");
    expect(await redis.get("ok")).toBe("OK");
    expect(await redis.mget("ok", "absent", "number")).toEqual(["OK", null, 12]);
  });

  test("sets with every option of the client, in whatever case it writes them", async () => {
    const redis = client();
    expect(await redis.set("k", "v", { ex: 100 })).toBe("OK");
    expect(await redis.ttl("k")).toBeGreaterThan(95);
    expect(await redis.set("k", "w", { keepTtl: true })).toBe("OK");
    expect(await redis.ttl("k")).toBeGreaterThan(95);
    expect(await redis.set("k", "x", { nx: true, px: 5 })).toBeNull();
    expect(await redis.get("k")).toBe("w");
    expect(await redis.set("k", "y", { get: true })).toBe("w");
    expect(await redis.ttl("k")).toBe(-1);
    expect(await redis.set("none", "y", { xx: true })).toBeNull();
    expect(await redis.exists("none")).toBe(0);
    expect(await redis.set("k", "z", { pxat: Date.now() + 60_000 })).toBe("OK");
    expect(await redis.pttl("k")).toBeGreaterThan(50_000);
    expect(await (await post(["set", "low", "v", "ex", "10", "nx"])).json()).toEqual({ result: "OK" });
    expect(await redis.ttl("low")).toBeGreaterThan(5);
  });

  test("lets keys expire at their time", async () => {
    const redis = client();
    await redis.set("short", "v", { px: 40 });
    expect(await redis.get("short")).toBe("v");
    await expect.poll(() => redis.get("short"), { interval: 10 }).toBeNull();
    expect(await redis.ttl("short")).toBe(-2);
    await redis.set("k", "v");
    expect(await redis.expire("k", 50)).toBe(1);
    expect(await redis.expire("k", 100, "NX")).toBe(0);
    expect(await redis.expire("k", 100, "GT")).toBe(1);
    expect(await redis.ttl("k")).toBeGreaterThan(90);
    expect(await redis.persist("k")).toBe(1);
    expect(await redis.ttl("k")).toBe(-1);
    expect(await redis.expire("absent", 1)).toBe(0);
    expect(await redis.getex("k", { ex: 60 })).toBe("v");
    expect(await redis.ttl("k")).toBeGreaterThan(50);
  });

  test("counts, also far beyond small numbers", async () => {
    const redis = client();
    expect(await redis.incr("n")).toBe(1);
    expect(await redis.incrby("n", 41)).toBe(42);
    expect(await redis.decr("n")).toBe(41);
    expect(await redis.incrbyfloat("f", 1.5)).toBe(1.5);
    await redis.set("text", "abc");
    await expect(redis.incr("text")).rejects.toThrow("ERR value is not an integer or out of range");
  });

  test("keeps hashes, lists, sets and sorted sets", async () => {
    const redis = client();
    expect(await redis.hset("h", { a: 1, b: "two", c: { d: 3 } })).toBe(3);
    expect(await redis.hgetall("h")).toEqual({ a: 1, b: "two", c: { d: 3 } });
    expect(await redis.hget("h", "b")).toBe("two");
    expect(await redis.hmget("h", "a", "absent")).toEqual({ a: 1, absent: null });
    expect(await redis.hincrby("h", "a", 4)).toBe(5);
    expect(await redis.hgetall("absent")).toBeNull();
    expect(await redis.rpush("l", "a", "b", "c")).toBe(3);
    expect(await redis.lrange("l", 0, -1)).toEqual(["a", "b", "c"]);
    expect(await redis.lpop("l")).toBe("a");
    expect(await redis.sadd("s", "x", "y", "x")).toBe(2);
    expect((await redis.smembers("s")).toSorted()).toEqual(["x", "y"]);
    expect(await redis.sismember("s", "y")).toBe(1);
    expect(await redis.zadd("z", { score: 2, member: "two" }, { score: 1, member: "one" })).toBe(2);
    expect(await redis.zadd("z", { nx: true }, { score: 9, member: "two" })).toBe(0);
    expect(await redis.zrange("z", 0, -1, { withScores: true })).toEqual(["one", 1, "two", 2]);
    expect(await redis.zscore("z", "one")).toBe(1);
    expect(await redis.zrange("z", 0, 1, { byScore: true })).toEqual(["one"]);
    expect(await redis.zremrangebyscore("z", 0, 1)).toBe(1);
    expect(await redis.del("h", "l", "absent")).toBe(2);
  });

  test("scans every key once", async () => {
    const redis = client();
    const names = Array.from({ length: 57 }, (_, i) => `session:${i}`);
    await redis.mset(Object.fromEntries(names.map((name) => [name, "v"])));
    await redis.set("other", "v");
    const found: string[] = [];
    let cursor = "0";
    do {
      const [next, keys] = await redis.scan(cursor, { match: "session:*", count: 10 });
      found.push(...keys);
      cursor = next;
    } while (cursor !== "0");
    expect([...new Set(found)].toSorted()).toEqual(names.toSorted());
    expect(await redis.dbsize()).toBe(58);
  });

  test("answers errors as Upstash does: 400 and Redis' own words", async () => {
    const redis = client();
    await redis.set("text", "v");
    await expect(redis.hget("text", "f")).rejects.toThrow(
      "WRONGTYPE Operation against a key holding the wrong kind of value",
    );
    await expect(redis.lpush("text", "f")).rejects.toThrow("WRONGTYPE");
    await redis.hset("h", { a: 1 });
    await expect(redis.get("h")).rejects.toThrow("WRONGTYPE");
    const few = await post(["GET"]);
    expect(few.status).toBe(400);
    expect(await few.json()).toEqual({ error: "ERR wrong number of arguments for 'get' command" });
    const unknown = await post(["NOSUCH", "a"]);
    expect(unknown.status).toBe(400);
    expect(((await unknown.json()) as { error: string }).error).toMatch(/^ERR unknown command 'NOSUCH'/i);
    const syntax = await post(["SET", "k", "v", "EX"]);
    expect(await syntax.json()).toEqual({ error: "ERR syntax error" });
    expect(await (await post(["SET", "k", "v", "EX", "0"])).json()).toEqual({
      error: "ERR invalid expire time in 'set' command",
    });
  });

  test.each([
    ["no JSON", "{oops"],
    ["an object", "{}"],
    ["an empty command", "[]"],
    ["nothing", ""],
  ])("refuses a body that is %s with 400", async (_, body) => {
    const response = await raw("/", { method: "POST", body });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(/^ERR /);
  });

  test("refuses commands that need a connection of their own", async () => {
    for (const command of [
      ["SUBSCRIBE", "c"],
      ["BLPOP", "l", "0"],
      ["shutdown"],
      ["MULTI"],
      ["CONFIG", "GET", "dir"],
    ]) {
      const response = await post(command);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { error: string }).error).toMatch(/^ERR Command is not available/);
    }
    expect(await client().ping()).toBe("PONG");
  });

  test("lets nobody in without the token", async () => {
    const wrong = new Redis({ url: stack.url, token: "wrong-token", retry: false });
    await expect(wrong.get("k")).rejects.toThrow("WRONGPASS invalid or missing auth token");
    for (const headers of [{}, { authorization: "Bearer " }, { authorization: `Basic ${TOKEN}` }]) {
      const response = await fetch(`${stack.url}/get/k`, { headers });
      expect(response.status).toBe(401);
    }
    expect((await fetch(`${stack.url}/get/k?_token=${TOKEN}`)).status).toBe(200);
    expect((await raw("/get/k", { method: "DELETE" })).status).toBe(405);
  });

  test("takes commands in the path, with the body and the query as further arguments", async () => {
    expect(await (await raw("/set/foo/b%20ar%2Fx")).json()).toEqual({ result: "OK" });
    expect(await (await raw("/get/foo")).json()).toEqual({ result: "b ar/x" });
    expect(await (await raw("/set/foo?EX=100", { method: "POST", body: "from body" })).json()).toEqual({
      result: "OK",
    });
    expect(await (await raw("/get/foo")).json()).toEqual({ result: "from body" });
    expect(((await (await raw("/ttl/foo")).json()) as { result: number }).result).toBeGreaterThan(90);
  });

  test("encodes text as base64 when asked, but never a lone OK", async () => {
    const headers = { "upstash-encoding": "base64" };
    expect(await (await raw("/set/foo/bar", { headers })).json()).toEqual({ result: "OK" });
    expect(await (await raw("/get/foo", { headers })).json()).toEqual({ result: "YmFy" });
    expect(await (await raw("/mget/foo/absent", { headers })).json()).toEqual({ result: ["YmFy", null] });
    expect(await (await raw("/incr/n", { headers })).json()).toEqual({ result: 1 });
  });

  test("runs a pipeline in order, each command with its own result or error", async () => {
    const redis = client();
    const pipeline = redis.pipeline();
    pipeline.set("k", "v").incr("k").get("k").hset("h", { f: 1 }).get("absent");
    const results = await pipeline.exec({ keepErrors: true });
    expect(results.map((each) => each.result ?? null)).toEqual(["OK", null, "v", 1, null]);
    expect(results[1]?.error).toContain("ERR value is not an integer");
    expect(results.filter((each) => each.error !== undefined)).toHaveLength(1);
    expect(await (await post([["GET", "k"], ["SUBSCRIBE", "c"], ["NOSUCH"], ["PING"]], "/pipeline")).json()).toEqual([
      { result: "v" },
      { error: expect.stringContaining("not available") },
      { error: expect.stringContaining("unknown command") },
      { result: "PONG" },
    ]);
    expect((await post([], "/pipeline")).status).toBe(400);
  });

  test("runs a transaction as one, and not at all when a command cannot be queued", async () => {
    const redis = client();
    expect(await redis.multi().set("k", 1).incr("k").get("k").exec()).toEqual(["OK", 2, 2]);
    const failing = await post(
      [
        ["SET", "t", "text"],
        ["INCR", "t"],
        ["SET", "after", "ran"],
      ],
      "/multi-exec",
    );
    expect(await failing.json()).toEqual([
      { result: "OK" },
      { error: expect.stringContaining("not an integer") },
      { result: "OK" },
    ]);
    expect(await redis.get("after")).toBe("ran");
    const discarded = await post([["SET", "never", "v"], ["GET"]], "/multi-exec");
    expect(discarded.status).toBe(400);
    expect(await discarded.json()).toEqual({ error: expect.stringContaining("EXECABORT") });
    expect(await redis.get("never")).toBeNull();
  });

  test("does not let another client in between the commands of a transaction", async () => {
    const redis = client();
    const both = () => redis.multi().incr("a").incr("b").exec<[number, number]>();
    const pairs = await Promise.all(Array.from({ length: 60 }, both));
    for (const [a, b] of pairs) expect(a).toBe(b);
    expect(new Set(pairs.map(([a]) => a)).size).toBe(60);
  });

  test("carries the writes of an auto-pipelining client in one request and its reads in another", async () => {
    const redis = client({ enableAutoPipelining: true });
    await redis.set("r", "read");
    const before = stack.stats();
    const results = await Promise.all([
      redis.set("a", 1),
      redis.get("r"),
      redis.incr("a"),
      redis.set("s", "text", { ex: 10 }),
      redis.exists("r"),
      redis.hset("h", { x: 1 }),
    ]);
    expect(results).toEqual(["OK", "read", 2, "OK", 1, 1]);
    const after = stack.stats();
    expect(after.requests - before.requests).toBe(2);
    expect(after.commands - before.commands).toBe(6);
  });

  test("answers one request a command to a client without auto-pipelining", async () => {
    const redis = client({ enableAutoPipelining: false });
    const before = stack.stats();
    await Promise.all([redis.set("a", 1), redis.incr("b")]);
    expect(stack.stats().requests - before.requests).toBe(2);
    expect(await redis.pipeline().get("a").get("b").exec()).toEqual([1, 1]);
    expect(stack.stats().requests - before.requests).toBe(3);
  });

  test("runs scripts by text and by name, one at a time", async () => {
    const redis = client();
    expect(await redis.eval("return {KEYS[1], ARGV[1], tonumber(ARGV[2]) + 0.9, false}", ["k"], ["v", "4"])).toEqual([
      "k",
      "v",
      4,
      null,
    ]);
    const text = "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])";
    const sha = await redis.scriptLoad(text);
    expect(await redis.evalsha(sha, ["k"], ["loaded"])).toBe("loaded");
    expect(await redis.scriptExists(sha, "0".repeat(40))).toEqual([1, 0]);
    await expect(redis.evalsha("0".repeat(40), [], [])).rejects.toThrow("NOSCRIPT");
    const numbers = "redis.call('HSET', KEYS[1], 'n', 3 * 2, 'half', 0.5) return redis.call('HGETALL', KEYS[1])";
    expect(await (await post(["EVAL", numbers, "1", "h"])).json()).toEqual({ result: ["n", "6", "half", "0.5"] });
    await redis.eval("redis.call('set', KEYS[1], 'v', 'ex', 100)", ["expiring"], []);
    expect(await redis.ttl("expiring")).toBeGreaterThan(90);
    await expect(redis.eval("this is not lua", [], [])).rejects.toThrow("ERR");
    await expect(redis.eval("return redis.error_reply('MYCODE no')", [], [])).rejects.toThrow("MYCODE no");
    expect(await redis.eval("return redis.status_reply('DONE')", [], [])).toBe("DONE");
    const built = "local t = {} for i = 1, 3 do table.insert(t, i) end t[4] = {'x'} return t";
    expect(await redis.eval(built, [], [])).toEqual([1, 2, 3, ["x"]]);
    expect(await redis.eval("return redis.call('HMGET', KEYS[1], 'a', 'b')[1] == false", ["none"], [])).toBe(1);
    const increment = "local n = tonumber(redis.call('GET', KEYS[1]) or '0') redis.call('SET', KEYS[1], n + 1)";
    await Promise.all(Array.from({ length: 30 }, () => redis.eval(increment, ["counter"], [])));
    expect(await redis.get("counter")).toBe(30);
  });

  test("knows a script with Upstash's own first line by the name the client gives it", async () => {
    const redis = client();
    const text = "#!lua flags=allow-key-locking\nreturn ARGV[1]";
    const script = redis.createScript<string>(text);
    expect(await script.exec([], ["first"])).toBe("first");
    expect(await script.evalsha([], ["second"])).toBe("second");
    expect(await redis.scriptExists(await redis.scriptLoad(text))).toEqual([1]);
  });

  const limiters = {
    fixedWindow: Ratelimit.fixedWindow(3, "1 h"),
    slidingWindow: Ratelimit.slidingWindow(3, "1 h"),
    tokenBucket: Ratelimit.tokenBucket(3, "1 h", 3),
  };
  test.each(Object.entries(limiters))(
    "lets @upstash/ratelimit's %s through three times, no more",
    async (_, limiter) => {
      const limit = new Ratelimit({ redis: client(), limiter, prefix: "rl", ephemeralCache: false, timeout: 0 });
      const results = [];
      for (let i = 0; i < 5; i += 1) results.push(await limit.limit("patient-1"));
      expect(results.map((each) => each.success)).toEqual([true, true, true, false, false]);
      expect(results.slice(0, 3).map((each) => each.remaining)).toEqual([2, 1, 0]);
      expect(results[0]!.limit).toBe(3);
      expect(results[3]!.reset).toBeGreaterThan(Date.now());
      expect((await limit.limit("patient-2")).success).toBe(true);
      expect((await limit.getRemaining("patient-1")).remaining).toBe(0);
      await limit.resetUsedTokens("patient-1");
      expect((await limit.limit("patient-1")).success).toBe(true);
    },
  );

  test.each(Object.entries(limiters))("%s is exact under 40 clients at once", async (_, limiter) => {
    const limit = new Ratelimit({ redis: client(), limiter, prefix: "rl", ephemeralCache: false, timeout: 0 });
    const results = await Promise.all(Array.from({ length: 40 }, () => limit.limit("crowd")));
    expect(results.filter((each) => each.success)).toHaveLength(3);
  });

  test("a limit is free again when its window has passed, and leaves no key behind", async () => {
    const redis = client();
    const limiter = Ratelimit.fixedWindow(1, "300 ms");
    const limit = new Ratelimit({ redis, limiter, prefix: "rl", ephemeralCache: false, timeout: 0 });
    const first = await limit.limit("p");
    expect(first.success).toBe(true);
    await expect.poll(async () => (await limit.limit("p")).success, { timeout: 2000, interval: 20 }).toBe(true);
    await expect.poll(() => redis.dbsize(), { timeout: 2000, interval: 50 }).toBe(0);
  });

  test("keeps sessions and their remaining life over a restart", async () => {
    const dir = await folder();
    const first = await startRedis({ port: 0, dataDir: dir, token: TOKEN, engine });
    const before = new Redis({ url: first.url, token: TOKEN });
    await before.set("session", { person: "p1" }, { ex: 1000 });
    await before.set("gone", "soon", { px: 30 });
    await before.hset("h", { a: 1, b: "x" });
    await before.zadd("z", { score: 3, member: "m" });
    await before.sadd("s", "m");
    await before.rpush("l", "1", "b");
    await first.close();
    const second = await startRedis({ port: 0, dataDir: dir, token: TOKEN, engine });
    const after = new Redis({ url: second.url, token: TOKEN });
    expect(await after.get("session")).toEqual({ person: "p1" });
    expect(await after.ttl("session")).toBeGreaterThan(900);
    expect(await after.ttl("session")).toBeLessThanOrEqual(1000);
    await expect.poll(() => after.get("gone"), { interval: 10 }).toBeNull();
    expect(await after.hgetall("h")).toEqual({ a: 1, b: "x" });
    expect(await after.zscore("z", "m")).toBe(3);
    expect(await after.smembers("s")).toEqual(["m"]);
    expect(await after.lrange("l", 0, -1)).toEqual([1, "b"]);
    await second.close();
    await rm(dir, { recursive: true, force: true });
  });

  describe("faults", () => {
    test("down: connections are refused, and after up the data is still there", async () => {
      const redis = client();
      await redis.set("k", "v");
      await stack.faults.down();
      const [error] = (await once(connect(stack.port, "127.0.0.1"), "error").catch((reason) => [reason])) as [Error];
      expect(String(error)).toContain("ECONNREFUSED");
      await expect(redis.get("k")).rejects.toThrow("fetch failed");
      await stack.faults.up();
      expect(await redis.get("k")).toBe("v");
    });

    test("fail: 500 and nothing ran; dropReply: it ran and the client cannot know", async () => {
      const redis = client();
      stack.faults.fail.next(1);
      expect((await post(["INCR", "n"])).status).toBe(500);
      expect(await redis.get("n")).toBeNull();
      expect(stack.faults.fail.fired).toBe(1);
      stack.faults.dropReply.next(1);
      await expect(post(["INCR", "n"])).rejects.toThrow("fetch failed");
      expect(stack.faults.dropReply.fired).toBe(1);
      expect(await redis.get("n")).toBe(1);
    });

    test("hang: no answer at all; delayMs: a late one", async () => {
      stack.faults.hang.next(1);
      await expect(raw("/incr/n", { signal: AbortSignal.timeout(100) })).rejects.toThrow("timeout");
      expect(stack.faults.hang.fired).toBe(1);
      expect(await client().get("n")).toBeNull();
      stack.faults.delayMs = 80;
      const started = performance.now();
      await client().get("n");
      expect(performance.now() - started).toBeGreaterThanOrEqual(75);
    });

    test("flush: every key is gone", async () => {
      await client().set("k", "v");
      await stack.faults.flush();
      expect(await client().dbsize()).toBe(0);
    });
  });

  test("leaves no process behind when the stack is killed outright", async () => {
    const dir = await folder();
    const temporary = await folder();
    const script = `
      import { startRedis } from "#dev/redis/redis.ts";
      const redis = await startRedis({ port: 0, dataDir: ${JSON.stringify(dir)}, token: "t", engine: ${JSON.stringify(engine)} });
      await fetch(redis.url + "/set/k/v", { headers: { authorization: "Bearer t" } });
      const info = await (await fetch(redis.url + "/info/server", { headers: { authorization: "Bearer t" } })).json();
      console.log(JSON.stringify(info));
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      cwd: process.cwd(),
      env: { ...process.env, TMPDIR: temporary },
    });
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    const pid = Number(/process_id:(\d+)/.exec(output.toString())?.[1] ?? 0);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    if (engine === "server") {
      expect(pid).toBeGreaterThan(0);
      await expect.poll(() => isRunning(pid), { timeout: 5000, interval: 20 }).toBe(false);
      await expect.poll(() => readdir(temporary), { timeout: 5000, interval: 20 }).toEqual([]);
      const again = await startRedis({ port: 0, dataDir: dir, token: "t", engine });
      expect(await new Redis({ url: again.url, token: "t" }).get("k")).toBe("v");
      await again.close();
    }
    await rm(temporary, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
  });

  test("says in one line that its port is taken, and leaves nothing running", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as AddressInfo;
    const dir = await folder();
    await expect(startRedis({ port, dataDir: dir, token: TOKEN, engine })).rejects.toThrow(
      `Port ${port}, needed for Redis, is already in use. Choose another first port with --port.`,
    );
    await new Promise((resolve) => blocker.close(resolve));
    await rm(dir, { recursive: true, force: true });
  });
});

describe("the real server", () => {
  test.runIf(engines.length === 2)("is started again when it dies, with its data", async () => {
    const dataDir = await folder();
    const stack = await startRedis({ port: 0, dataDir, token: TOKEN, engine: "server" });
    const redis = new Redis({ url: stack.url, token: TOKEN, retry: false });
    await redis.set("k", "v");
    const info = String(await redis.exec(["INFO", "server"]));
    process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), "SIGKILL");
    await expect.poll(() => redis.get("k").catch(() => "down"), { timeout: 5000 }).toBe("v");
    await stack.close();
    expect(await readdir(dataDir)).toContain("appendonlydir");
    await rm(dataDir, { recursive: true, force: true });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
