import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Build } from "#dev/build.ts";
import { isAlive } from "#dev/lock.ts";
import { PortTakenError } from "#dev/postgres/port.ts";
import { type RunningWorker, startWorker, type WorkerLog } from "#dev/worker.ts";

/** A Worker small enough to see what the runner itself does. */
const SCRIPT = `
let seen = 0;
export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return env.ASSETS.fetch(request);
    if (pathname === "/api/hang") await scheduler.wait(60_000);
    if (pathname === "/api/hoard") {
      const hoard = [];
      for (let n = 0.5; n < 400; n++) hoard.push(new Array(100_000).fill(n));
    }
    if (pathname === "/api/log") console.log(JSON.stringify({ event: "seen", ip: request.headers.get("cf-connecting-ip") }));
    if (pathname === "/api/cache") {
      const hit = await caches.default.match("https://cache.example/x");
      if (!hit) await caches.default.put("https://cache.example/x", new Response("x", { headers: { "cache-control": "max-age=60" } }));
      return new Response(hit ? "hit" : "miss");
    }
    seen += 1;
    return Response.json({ pathname, seen, greeting: env.GREETING });
  },
  async scheduled(event) {
    if (event.cron === "1 1 1 1 *") throw new Error("no");
    console.log("cron " + event.cron + " at " + new Date(event.scheduledTime).toISOString());
  },
};`;

let folder: string;
let build: Build;
let worker: RunningWorker;
const log: WorkerLog[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-worker-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<h1>Holdfast</h1>");
  await writeFile(join(folder, "assets", "a.js"), "1");
  await writeFile(join(folder, "_headers"), "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n");
  const options = {
    compatibilityDate: "2026-11-01",
    assets: {
      directory: folder,
      binding: "ASSETS",
      run_worker_first: ["/", "/api/*"],
      routerConfig: { has_user_worker: true, static_routing: { asset_worker: [], user_worker: ["/", "/api/*"] } },
      assetConfig: {},
    },
  };
  build = { script: SCRIPT, options, crons: [], bytes: SCRIPT.length };
  worker = await startWorker({ build, port: 0, env: { GREETING: "hello" }, onLog: (line) => log.push(line) });
});

afterAll(async () => {
  await worker?.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, init?: RequestInit) => fetch(`${worker.url}${path}`, init);

describe("the Worker's runner", () => {
  test("Files are served with their headers, and the Worker answers all other requests", async () => {
    expect(await (await get("/")).text()).toContain("Holdfast");
    const file = await get("/assets/a.js");
    expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const missing = await get("/assets/missing.js");
    expect(missing.headers.get("cache-control")).toBeNull();
    expect(await missing.json()).toMatchObject({ pathname: "/assets/missing.js" });
  });

  test("The Worker has its settings and a cache", async () => {
    expect(await (await get("/api/x")).json()).toMatchObject({ greeting: "hello" });
    expect(await (await get("/api/cache")).text()).toBe("miss");
    expect(await (await get("/api/cache")).text()).toBe("hit");
  });

  test("The Worker's console output is passed on", async () => {
    await get("/api/log", { headers: { "cf-connecting-ip": "203.0.113.7" } });
    const line = { level: "log", message: '{"event":"seen","ip":"203.0.113.7"}' };
    await expect.poll(() => log).toContainEqual(expect.objectContaining(line));
  });

  test("The scheduled handler runs like a trigger", async () => {
    const at = new Date("2026-03-29T01:00:00Z");
    expect(await worker.scheduled("* * * * *", at)).toBe("ok");
    const message = "cron * * * * * at 2026-03-29T01:00:00.000Z";
    await expect.poll(() => log.map((line) => line.message)).toContain(message);
    expect(await worker.scheduled("1 1 1 1 *")).toBe("exception");
  });

  test("Several Workers run at once, each in its own isolate", async () => {
    const others = await Promise.all(
      [1, 2].map((n) => startWorker({ build, port: 0, env: { GREETING: `other ${n}` } })),
    );
    try {
      const said = await Promise.all(others.map(async ({ url }) => (await fetch(`${url}/api/x`)).json()));
      expect(said).toMatchObject([
        { seen: 1, greeting: "other 1" },
        { seen: 1, greeting: "other 2" },
      ]);
    } finally {
      await Promise.all(others.map((other) => other.close()));
    }
  });

  test("64 connections are answered at once", async () => {
    const ask = async () => (await get("/api/x")).status;
    const statuses = await Promise.all(Array.from({ length: 64 * 5 }, ask));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test("A killed Worker cuts requests in flight, and a restarted one is new on the same port", async () => {
    const { pid, url } = worker;
    const hanging = fetch(`${url}/api/hang`).then(
      () => "answered",
      () => "cut",
    );
    await get("/api/x");
    await worker.kill();
    expect(await hanging).toBe("cut");
    expect(isAlive(pid)).toBe(false);
    await expect(get("/api/x")).rejects.toThrow("fetch failed");
    await worker.restart();
    expect(worker.url).toBe(url);
    expect(worker.pid).not.toBe(pid);
    expect(await (await get("/api/x")).json()).toMatchObject({ seen: 1 });
  });

  test("A Worker has no more memory than on Cloudflare", async () => {
    await expect(get("/api/hoard")).rejects.toThrow("fetch failed");
    await worker.restart();
    expect((await get("/api/x")).status).toBe(200);
  });

  test("A taken port is named, with the flag that moves it", async () => {
    const second = startWorker({ build, port: worker.port, env: {} });
    await expect(second).rejects.toThrow(PortTakenError);
    await expect(second).rejects.toThrow(new RegExp(`${worker.port}.*--port`));
  });
});
