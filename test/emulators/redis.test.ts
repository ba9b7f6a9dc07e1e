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
import type { Redis as Emulator } from "#dev/redis/redis.ts";
import { findServer } from "#dev/redis/server-engine.ts";
import { isAlive } from "#dev/lock.ts";

// Starting processes takes its time on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const TOKEN = "test-token";
const engines = findServer() === null ? (["memory"] as const) : (["memory", "server"] as const);

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "hf-redis-test-"));
}

describe.each(engines)("the emulator of Upstash Redis on the %s engine", (engine) => {
  let dataDir: string;
  let emulator: Emulator;

  const client = (options: { enableAutoPipelining?: boolean } = {}) =>
    new Redis({ url: emulator.url, token: TOKEN, enableTelemetry: false, retry: false, ...options });
  const post = (body: unknown, path = "/", init: Omit<RequestInit, "headers"> & { headers?: object } = {}) =>
    fetch(`${emulator.url}${path}`, {
      method: "POST",
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  beforeAll(async () => {
    dataDir = await folder();
    emulator = await startRedis({ port: 0, dataDir, token: TOKEN, engine });
  });
  beforeEach(async () => {
    await emulator.faults.clear();
    await client().flushall();
  });
  afterAll(async () => {
    await emulator.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("The emulator names its engine", () => {
    expect(emulator.engine).toMatchObject({ kind: engine, description: expect.stringMatching(/.{6,}/) });
  });

  test("SET and GET keep strings, numbers, objects and text of any script", async () => {
    const redis = client();
    expect(await redis.set("text", 'žluťoučký 馬 🐎 \n "quoted" \\ \0')).toBe("OK");
    expect(await redis.get("text")).toBe('žluťoučký 馬 🐎 \n "quoted" \\ \0');
    await redis.set("object", { a: [1, { b: null }], c: "ü" });
    expect(await redis.get("object")).toEqual({ a: [1, { b: null }], c: "ü" });
    await redis.set("number", 12);
    expect(await redis.get("number")).toBe(12);
    await redis.set("ok", "OK");
    expect(await redis.get("ok")).toBe("OK");
    expect(await redis.get("absent")).toBeNull();
    expect((await redis.keys("*")).toSorted()).toEqual(["number", "object", "ok", "text"]);
    expect(await redis.del("text", "ok", "absent")).toBe(2);
    expect(await redis.ping()).toBe("PONG");
  });

  test("SET takes an expiry and NX, in any case, and a key expires at its time", async () => {
    const redis = client();
    expect(await redis.set("k", "v", { ex: 100, nx: true })).toBe("OK");
    expect(await redis.set("k", "w", { ex: 5, nx: true })).toBeNull();
    expect(await redis.get("k")).toBe("v");
    expect(await redis.ttl("k")).toBeGreaterThan(95);
    expect(await redis.set("k", "x")).toBe("OK");
    expect(await redis.ttl("k")).toBe(-1);
    expect(await redis.ttl("absent")).toBe(-2);
    expect(await (await post(["set", "low", "v", "ex", "10", "nx"])).json()).toEqual({ result: "OK" });
    expect(await redis.ttl("low")).toBeGreaterThan(5);
    await redis.set("short", "v", { px: 40 });
    expect(await redis.get("short")).toBe("v");
    await expect.poll(() => redis.get("short"), { interval: 10 }).toBeNull();
  });

  test("A command that fails is 400 in Redis' words, and one that is not emulated says so", async () => {
    const wrong = async (...command: string[]) => {
      const response = await post(command);
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await wrong("GET")).toEqual([400, "ERR wrong number of arguments for 'get' command"]);
    expect(await wrong("SET", "k", "v", "EX")).toEqual([400, "ERR syntax error"]);
    expect(await wrong("SET", "k", "v", "EX", "0")).toEqual([400, "ERR invalid expire time in 'set' command"]);
    await client().eval("redis.call('HSET', KEYS[1], 'a', 1)", ["h"], []);
    await expect(client().get("h")).rejects.toThrow("WRONGTYPE");
    for (const name of ["NOSUCH", "SUBSCRIBE", "shutdown", "CONFIG"]) {
      expect(await wrong(name, "a")).toEqual([400, expect.stringContaining(`ERR '${name}' is not emulated`)]);
    }
  });

  test.each([
    ["no JSON", "{oops"],
    ["an object", "{}"],
    ["an empty command", "[]"],
    ["empty", ""],
  ])("A body that is %s is 400", async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(/^ERR /);
  });

  test("A request without the token is 401, and other methods and paths are refused", async () => {
    const wrong = new Redis({ url: emulator.url, token: "wrong-token", retry: false });
    await expect(wrong.get("k")).rejects.toThrow("WRONGPASS invalid or missing auth token");
    for (const authorization of ["", "Bearer ", `Basic ${TOKEN}`]) {
      expect((await post(["PING"], "/", { headers: { authorization } })).status).toBe(401);
    }
    expect((await fetch(emulator.url)).status).toBe(405);
    expect((await post(["PING"], "/multi-exec")).status).toBe(400);
  });

  test("Text is encoded as base64 on request, except a lone OK", async () => {
    const ask = async (...command: string[]) =>
      (await post(command, "/", { headers: { "upstash-encoding": "base64" } })).json();
    expect(await ask("SET", "foo", "bar")).toEqual({ result: "OK" });
    expect(await ask("GET", "foo")).toEqual({ result: "YmFy" });
    expect(await ask("EVAL", "return {ARGV[1], false}", "0", "bar")).toEqual({ result: ["YmFy", null] });
    expect(await ask("DEL", "foo")).toEqual({ result: 1 });
  });

  test("A pipeline runs in order, each command with its own result or error", async () => {
    const redis = client();
    const pipeline = redis.pipeline();
    pipeline.set("k", "v").eval("this is not lua", [], []).get("k").get("absent");
    const results = await pipeline.exec({ keepErrors: true });
    expect(results.map((each) => each.result ?? null)).toEqual(["OK", null, "v", null]);
    expect(results.filter((each) => each.error !== undefined)).toHaveLength(1);
    expect(await (await post([["GET", "k"], ["NOSUCH"], ["PING"]], "/pipeline")).json()).toEqual([
      { result: "v" },
      { error: expect.stringContaining("not emulated") },
      { result: "PONG" },
    ]);
    expect((await post([], "/pipeline")).status).toBe(400);
  });

  test("An auto-pipelining client sends its writes in one request and its reads in another", async () => {
    const redis = client({ enableAutoPipelining: true });
    await redis.set("r", "read");
    const before = emulator.stats();
    const results = await Promise.all([
      redis.set("a", 1),
      redis.get("r"),
      redis.set("s", "text", { ex: 10 }),
      redis.ttl("r"),
    ]);
    expect(results).toEqual(["OK", "read", "OK", -1]);
    expect(emulator.stats().requests - before.requests).toBe(2);
  });

  test("A script runs by its text or its name, one at a time, with Redis' types", async () => {
    const redis = client();
    expect(await redis.eval("return {KEYS[1], ARGV[1], tonumber(ARGV[2]) + 0.9, false}", ["k"], ["v", "4"])).toEqual([
      "k",
      "v",
      4,
      null,
    ]);
    const text = "return redis.call('GET', KEYS[1])";
    await redis.set("k", "loaded");
    expect(await redis.eval(text, ["k"], [])).toBe("loaded");
    expect(await redis.createScript<string>(text).evalsha(["k"], [])).toBe("loaded");
    await expect(redis.evalsha("0".repeat(40), [], [])).rejects.toThrow("NOSCRIPT");
    const numbers = "redis.call('HSET', KEYS[1], 'n', 3 * 2, 'half', 0.5) return redis.call('HGETALL', KEYS[1])";
    expect(await (await post(["EVAL", numbers, "1", "h"])).json()).toEqual({ result: ["n", "6", "half", "0.5"] });
    await redis.eval("redis.call('EXPIRE', KEYS[1], '100')", ["k"], []);
    expect(await redis.ttl("k")).toBeGreaterThan(90);
    await expect(redis.eval("this is not lua", [], [])).rejects.toThrow("ERR");
    expect(await redis.eval("return redis.call('HMGET', KEYS[1], 'a', 'b')[1] == false", ["none"], [])).toBe(1);
    const increment = "redis.call('INCRBY', KEYS[1], 1)";
    await Promise.all(Array.from({ length: 30 }, () => redis.eval(increment, ["counter"], [])));
    expect(await redis.get("counter")).toBe(30);
  });

  test("A script with Upstash's own first line has the name that the client gives it", async () => {
    const script = client().createScript<string>("#!lua flags=allow-key-locking\nreturn ARGV[1]");
    expect(await script.exec([], ["first"])).toBe("first");
    expect(await script.evalsha([], ["second"])).toBe("second");
  });

  const limiters = {
    fixedWindow: Ratelimit.fixedWindow(3, "1 h"),
    slidingWindow: Ratelimit.slidingWindow(3, "1 h"),
    tokenBucket: Ratelimit.tokenBucket(3, "1 h", 3),
  };
  test.each(Object.entries(limiters))("@upstash/ratelimit's %s lets three requests through", async (_, limiter) => {
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
  });

  test.each(Object.entries(limiters))("%s is exact under 40 clients at once", async (_, limiter) => {
    const limit = new Ratelimit({ redis: client(), limiter, prefix: "rl", ephemeralCache: false, timeout: 0 });
    const results = await Promise.all(Array.from({ length: 40 }, () => limit.limit("crowd")));
    expect(results.filter((each) => each.success)).toHaveLength(3);
  });

  test("A limit is free again after its window, and leaves no key behind", async () => {
    const redis = client();
    const limiter = Ratelimit.fixedWindow(1, "300 ms");
    const limit = new Ratelimit({ redis, limiter, prefix: "rl", ephemeralCache: false, timeout: 0 });
    expect((await limit.limit("p")).success).toBe(true);
    await expect.poll(async () => (await limit.limit("p")).success, { interval: 20 }).toBe(true);
    await expect.poll(() => redis.keys("*"), { interval: 50 }).toEqual([]);
  });

  test("Keys, limits and their remaining life survive a restart", async () => {
    const dir = await folder();
    const first = await startRedis({ port: 0, dataDir: dir, token: TOKEN, engine });
    const before = new Redis({ url: first.url, token: TOKEN });
    await before.set("session", { person: "p1" }, { ex: 1000 });
    await before.set("gone", "soon", { px: 30 });
    await before.eval("redis.call('HSET', KEYS[1], 'a', 1, 'b', 'x')", ["h"], []);
    await first.close();
    const second = await startRedis({ port: 0, dataDir: dir, token: TOKEN, engine });
    const after = new Redis({ url: second.url, token: TOKEN });
    expect(await after.get("session")).toEqual({ person: "p1" });
    expect(await after.ttl("session")).toBeGreaterThan(900);
    expect(await after.ttl("session")).toBeLessThanOrEqual(1000);
    await expect.poll(() => after.get("gone"), { interval: 10 }).toBeNull();
    expect(await after.eval("return redis.call('HGETALL', KEYS[1])", ["h"], [])).toEqual(["a", 1, "b", "x"]);
    await second.close();
    await rm(dir, { recursive: true, force: true });
  });

  test("down: connections are refused, and after up the data is still there", async () => {
    const redis = client();
    await redis.set("k", "v");
    await emulator.faults.down();
    const [error] = (await once(connect(emulator.port, "127.0.0.1"), "error").catch((reason) => [reason])) as [Error];
    expect(String(error)).toContain("ECONNREFUSED");
    await expect(redis.get("k")).rejects.toThrow("fetch failed");
    await emulator.faults.up();
    expect(await redis.get("k")).toBe("v");
  });

  test("hang: a request gets no answer and does not run. delayMs: it gets a late one", async () => {
    emulator.faults.hang.next(1);
    const never = post(["SET", "n", "1"], "/", { signal: AbortSignal.timeout(100) });
    await expect(never).rejects.toThrow("timeout");
    expect(emulator.faults.hang.fired).toBe(1);
    expect(await client().get("n")).toBeNull();
    emulator.faults.delayMs = 80;
    const started = performance.now();
    await client().get("n");
    expect(performance.now() - started).toBeGreaterThanOrEqual(75);
  });

  test("A process that is killed leaves no server behind", async () => {
    const dir = await folder();
    const temporary = await folder();
    const script = `
      import { startRedis } from "#dev/redis/redis.ts";
      const redis = await startRedis({ port: 0, dataDir: ${JSON.stringify(dir)}, token: "t", engine: ${JSON.stringify(engine)} });
      const init = { method: "POST", headers: { authorization: "Bearer t" }, body: '["SET","k","v"]' };
      await fetch(redis.url, init);
      console.log(String(redis.engine.pid));
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      cwd: process.cwd(),
      env: { ...process.env, TMPDIR: temporary },
    });
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    if (engine === "server") {
      const pid = Number(output.toString());
      expect(pid).toBeGreaterThan(0);
      await expect.poll(() => isAlive(pid), { interval: 20 }).toBe(false);
      await expect.poll(() => readdir(temporary), { interval: 20 }).toEqual([]);
      const again = await startRedis({ port: 0, dataDir: dir, token: "t", engine });
      expect(await new Redis({ url: again.url, token: "t" }).get("k")).toBe("v");
      await again.close();
    }
    await rm(temporary, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
  });

  test("A port that is taken is named in one line, and no engine keeps running", async () => {
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

test.runIf(engines.length === 2)("A Redis server that dies is started again with its data", async () => {
  const dataDir = await folder();
  const emulator = await startRedis({ port: 0, dataDir, token: TOKEN, engine: "server" });
  const redis = new Redis({ url: emulator.url, token: TOKEN, retry: false });
  await redis.set("k", "v");
  process.kill(emulator.engine.pid!, "SIGKILL");
  await expect.poll(() => redis.get("k").catch(() => "down")).toBe("v");
  await emulator.close();
  expect(await readdir(dataDir)).toContain("appendonlydir");
  await rm(dataDir, { recursive: true, force: true });
});
