import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LOOPBACK } from "#dev/postgres/port.ts";

const ROOT = join(import.meta.dirname, "..", "..");

let folder: string;
let port: number;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-start-"));
  port = await sevenFreePorts();
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** The command as people run it, from the repository's root. */
function start(...args: string[]): { child: ChildProcess; said: () => string; ended: Promise<number | null> } {
  const child = spawn(
    process.execPath,
    [join(ROOT, "dev", "start.ts"), "--port", `${port}`, "--data", folder, ...args],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  running.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, said: () => output, ended: once(child, "close").then(([code]) => code as number | null) };
}

async function ready(command: ReturnType<typeof start>): Promise<{ pid: number; urls: Record<string, string> }> {
  const crashed = command.ended.then((code) => {
    throw new Error(`ended with ${code}: ${command.said()}`);
  });
  crashed.catch(() => {});
  const up = vi.waitFor(() => expect(command.said()).toMatch(/^ready in /m), { timeout: 120_000, interval: 100 });
  await Promise.race([up, crashed]);
  return JSON.parse(await readFile(join(folder, "stack.json"), "utf8"));
}

/** Whether no process listens on any of the stack's ports. */
async function portsAreFree(): Promise<boolean> {
  const free = await Promise.all(Array.from({ length: 7 }, (_, index) => isFree(port + index)));
  return free.every(Boolean);
}

function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(candidate, LOOPBACK, () => probe.close(() => resolve(true)));
  });
}

async function sevenFreePorts(): Promise<number> {
  for (;;) {
    // Below the range from which the system gives out ports by itself.
    port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await portsAreFree()) return port;
  }
}

describe("npm start", { timeout: 180_000 }, () => {
  test("npm start starts all parts, refuses a second start, and leaves no process behind", async () => {
    const first = start();
    const stack = await ready(first);
    expect(stack.pid).toBe(first.child.pid);
    expect(stack.urls["patientApp"]).toBe(`http://${LOOPBACK}:${port}/`);
    for (const url of [`${stack.urls["api"]}/health`, stack.urls["patientApp"], `${stack.urls["inbox"]}store`]) {
      expect([url, (await fetch(url ?? "")).status]).toEqual([url, 200]);
    }
    expect(stack).toMatchObject({
      accounts: expect.arrayContaining([expect.objectContaining({ account: "patient200" })]),
    });
    expect((await stat(join(folder, "stack.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "secrets.json"))).mode & 0o777).toBe(0o600);

    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain(`process ${stack.pid}`);
    expect(second.said()).toContain("--data");
    expect((await fetch(`${stack.urls["api"]}/health`)).status).toBe(200);

    first.child.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(await portsAreFree()).toBe(true);
    expect(existsSync(join(folder, "lock"))).toBe(false);
    expect(existsSync(join(folder, "stack.json"))).toBe(false);
  });

  test("A killed npm start takes all parts with it, and starts again with its data", async () => {
    const first = start();
    const { urls } = await ready(first);
    const doctors = await (await fetch(`${urls["api"]}/doctors`)).json();
    first.child.kill("SIGKILL");
    await first.ended;
    await expect.poll(portsAreFree, { timeout: 20_000 }).toBe(true);
    expect(existsSync(join(folder, "lock"))).toBe(true);

    const again = start();
    const stack = await ready(again);
    expect(again.said()).not.toContain("Seeding");
    expect(await (await fetch(`${stack.urls["api"]}/doctors`)).json()).toEqual(doctors);
    again.child.kill("SIGTERM");
    expect(await again.ended).toBe(0);
    expect(await portsAreFree()).toBe(true);
  });

  test("npm start names a taken port, its part and the flag to move it, before it changes anything", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(port + 3, LOOPBACK, resolve));
    try {
      const command = start();
      expect(await command.ended).toBe(1);
      expect(command.said().trim()).toMatch(new RegExp(`^Port ${port + 3} \\(the database proxy\\) .*--port`));
      expect(command.said().trim()).not.toContain("\n");
    } finally {
      holder.close();
    }
  });

  test.each([
    [["--prot", "9000"], "--prot"],
    [["--port", "80000"], "--port must be a number"],
    [["extra"], "extra"],
  ])("npm start refuses the arguments %j", async (args, words) => {
    const command = start(...args);
    expect(await command.ended).toBe(1);
    expect(command.said()).toContain(words);
    expect(command.said()).toContain("--help");
  });
});
