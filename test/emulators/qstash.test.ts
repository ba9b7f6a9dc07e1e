import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, QstashError, Receiver } from "@upstash/qstash";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { virtualClock } from "#dev/qstash/clock.ts";
import type { VirtualClock } from "#dev/qstash/clock.ts";
import { startQstash } from "#dev/qstash/qstash.ts";
import type { Qstash } from "#dev/qstash/qstash.ts";
import { startSink } from "./qstash-sink.ts";
import type { Received, Sink } from "./qstash-sink.ts";

// Starting processes takes its time on a machine that is busy with the other tests.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const TOKEN = "queue-token";
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let clock: VirtualClock;
let qstash: Qstash;
let sink: Sink;
let client: Client;
let start: number;
const folders: string[] = [];

const newClient = (url: string, token = TOKEN) =>
  new Client({ baseUrl: url, token, retry: false, devMode: false, enableTelemetry: false });
const raw = (path: string, init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {}) =>
  fetch(`${qstash.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });

async function dataFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hf-qstash-test-"));
  folders.push(folder);
  return join(folder, "qstash.json");
}

beforeEach(async () => {
  // The client reports every refusal here as well as throwing it; refusals are what many of these tests want.
  vi.spyOn(console, "error").mockImplementation(() => {});
  // A whole second, because QStash counts in seconds.
  start = Math.ceil(Date.now() / MINUTE) * MINUTE;
  clock = virtualClock(start);
  sink = await startSink();
  qstash = await startQstash({ port: 0, token: TOKEN, clock });
  client = newClient(qstash.url);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await qstash.close();
  await sink.close();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

describe("publishing", () => {
  test("A message is delivered as it was published, signed", async () => {
    const url = `${sink.url}/jobs/notify?a=1&b=%20x`;
    const { messageId } = await client.publishJSON({ url, body: { id: "ž" } });
    expect(messageId).toMatch(/^msg_/);
    expect(sink.received).toHaveLength(0);
    await qstash.tick();
    expect(sink.received).toHaveLength(1);
    const { path, method, body, headers } = sink.received[0]!;
    expect({ path, method, body }).toEqual({ path: "/jobs/notify?a=1&b=%20x", method: "POST", body: '{"id":"ž"}' });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Upstash-QStash",
      "upstash-message-id": messageId,
      "upstash-retried": "0",
    });
    expect(headers["authorization"]).toBeUndefined();
    expect(qstash.stats()).toMatchObject({ published: 1, delivered: 1, attempts: 1, pending: 0 });
  });

  test("A message waits for its instant, to the second, and one for the past is due at once", async () => {
    const { messageId } = await client.publishJSON({ url: sink.url, body: "later", notBefore: start / 1000 + 60 });
    expect(qstash.waiting()).toMatchObject([{ messageId, notBefore: start + MINUTE, createdAt: start }]);
    await client.publishJSON({ url: sink.url, body: "past", notBefore: start / 1000 - 60 });
    await qstash.runUntil(start + 60 * SECOND - 1);
    expect(sink.bodies()).toEqual(['"past"']);
    await qstash.runUntil(start + 60 * SECOND);
    expect(sink.bodies()).toEqual(['"past"', '"later"']);
  });

  test("Messages are delivered in the order of their due times, not of their publishing", async () => {
    for (let i = 0; i < 5; i += 1)
      await client.publishJSON({ url: sink.url, body: i, notBefore: start / 1000 + 10 - i });
    await qstash.runUntil(start + MINUTE);
    expect(sink.bodies()).toEqual(["4", "3", "2", "1", "0"]);
  });

  test.each([
    ["a destination without a scheme", "example.com/x", {}],
    ["a destination of another scheme", "ftp://example.com", {}],
    ["an instant that is no number", "http://127.0.0.1:9/", { "Upstash-Not-Before": "soon" }],
    ["an instant in two years", "http://127.0.0.1:9/", { "Upstash-Not-Before": String(Date.now() / 500) }],
    ["negative retries", "http://127.0.0.1:9/", { "Upstash-Retries": "-1" }],
    ["another method", "http://127.0.0.1:9/", { "Upstash-Method": "PUT" }],
    ["a failure callback that is no URL", "http://127.0.0.1:9/", { "Upstash-Failure-Callback": "there" }],
    ["a retry delay that calls anything else", "http://127.0.0.1:9/", { "Upstash-Retry-Delay": "eval(1)" }],
    ["flow control without limits", "http://127.0.0.1:9/", { "Upstash-Flow-Control-Key": "k" }],
    ["a header that is not emulated", "http://127.0.0.1:9/", { "Upstash-Queue-Name": "q" }],
  ])("A publish with %s is 400 and keeps nothing", async (_, destination, headers) => {
    const response = await raw(`/v2/publish/${destination}`, { method: "POST", headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.any(String) });
    expect(qstash.stats().published).toBe(0);
  });

  test("A body beyond 1 MiB is 413, and a wrong or missing token is 401", async () => {
    const big = await raw(`/v2/publish/${sink.url}`, { method: "POST", body: "x".repeat(1024 * 1024 + 1) });
    expect(big.status).toBe(413);
    const wrong = newClient(qstash.url, "wrong-token").publishJSON({ url: sink.url, body: 1 });
    await expect(wrong).rejects.toThrow(QstashError);
    await expect(wrong).rejects.toThrow("invalid token");
    expect((await fetch(`${qstash.url}/v2/dlq`)).status).toBe(401);
    expect((await fetch(`${qstash.url}/v2/publish/${sink.url}`, { method: "POST" })).status).toBe(401);
    expect(qstash.stats().published).toBe(0);
  });

  test("A route that is not emulated says so", async () => {
    await expect(client.schedules.list()).rejects.toThrow("not emulated");
    expect((await raw("/v2/nothing")).status).toBe(404);
  });
});

describe("deduplication", () => {
  test("The first message with an id wins for ten minutes, even after it was delivered", async () => {
    const publish = (body: string) => client.publishJSON({ url: sink.url, body, deduplicationId: "appointment-1" });
    const first = await publish("first");
    const second = await publish("second");
    expect(first.deduplicated).toBeUndefined();
    expect(second).toMatchObject({ messageId: first.messageId, deduplicated: true });
    await qstash.tick();
    expect((await publish("third")).deduplicated).toBe(true);
    await qstash.runUntil(start + 10 * MINUTE - 1);
    expect((await publish("fourth")).deduplicated).toBe(true);
    await qstash.runUntil(start + 10 * MINUTE);
    const fifth = await publish("fifth");
    expect(fifth.deduplicated).toBeUndefined();
    expect(fifth.messageId).not.toBe(first.messageId);
    await qstash.tick();
    expect(sink.bodies()).toEqual(['"first"', '"fifth"']);
    expect(qstash.stats()).toMatchObject({ published: 2, deduplicated: 3 });
  });

  test("A new message is answered 201 and a duplicate 202", async () => {
    const headers = { "Upstash-Deduplication-Id": "d" };
    const statuses = [];
    for (let i = 0; i < 2; i += 1) {
      statuses.push((await raw(`/v2/publish/${sink.url}`, { method: "POST", headers })).status);
    }
    expect(statuses).toEqual([201, 202]);
  });

  test("Of twenty messages with one id at once one is kept", async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.publishJSON({ url: sink.url, body: i, deduplicationId: "same" })),
    );
    expect(results.filter((each) => each.deduplicated !== true)).toHaveLength(1);
    expect(new Set(results.map((each) => each.messageId)).size).toBe(1);
    await qstash.tick();
    expect(sink.received).toHaveLength(1);
  });
});

describe("retries", () => {
  test("Retries come after 12 s, 2 min 28 s and 30 min 8 s. Then the message is a dead letter", async () => {
    const times: number[] = [];
    sink.answerWith(() => {
      times.push(clock.now() - start);
      return { status: 500, body: "boom" };
    });
    const { messageId } = await client.publishJSON({ url: sink.url, body: { n: 1 } });
    await qstash.runUntil(start + 24 * 60 * MINUTE);
    const delays = times.map((time, i) => Math.floor((time - (times[i - 1] ?? 0)) / SECOND));
    expect(delays).toEqual([0, 12, 148, 1808]);
    expect(sink.received.map((each) => each.headers["upstash-retried"])).toEqual(["0", "1", "2", "3"]);
    expect(new Set(sink.received.map((each) => each.headers["upstash-message-id"]))).toEqual(new Set([messageId]));
    const { messages } = await client.dlq.listMessages();
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ messageId, url: sink.url, responseStatus: 500, responseBody: "boom" });
    expect(qstash.stats()).toMatchObject({ attempts: 4, failedAttempts: 4, deadLettered: 1, pending: 0 });
  });

  test("Retries stop at the first 2xx", async () => {
    sink.answerWith((_, nth) => ({ status: nth < 3 ? 503 : 204 }));
    await client.publishJSON({ url: sink.url, body: 1, retries: 5 });
    await qstash.runUntil(start + 60 * MINUTE);
    expect(sink.received).toHaveLength(3);
    expect((await client.dlq.listMessages()).messages).toEqual([]);
  });

  test("Without retries there is one attempt, and a redirect or a broken connection is a failure", async () => {
    sink.answerWith((request) =>
      request.path === "/redirect" ? { status: 302, headers: { location: `${sink.url}/elsewhere` } } : "cut",
    );
    await client.publishJSON({ url: `${sink.url}/redirect`, body: 1, retries: 0 });
    await client.publishJSON({ url: `${sink.url}/cut`, body: 1, retries: 0 });
    await qstash.tick();
    expect(sink.received).toHaveLength(2);
    const { messages } = await client.dlq.listMessages();
    expect(new Set(messages.map((each) => each.responseStatus))).toEqual(new Set([0, 302]));
  });

  test("A message whose answer says that no retry helps is a dead letter at once", async () => {
    sink.answerWith((_, nth) =>
      nth === 1 ? { status: 489, headers: { "Upstash-NonRetryable-Error": "true" } } : { status: 489 },
    );
    await client.publishJSON({ url: sink.url, body: 1 });
    await qstash.runUntil(start + 60 * MINUTE);
    expect(sink.received).toHaveLength(1);
    expect((await client.dlq.listMessages()).messages[0]).toMatchObject({ responseStatus: 489 });
    // The status alone is a failure like any other.
    await client.publishJSON({ url: sink.url, body: 2, retries: 1 });
    await qstash.runUntil(clock.now() + 60 * MINUTE);
    expect(sink.received).toHaveLength(3);
  });

  test("A retry waits as the destination asks, or as the message says", async () => {
    const times: number[] = [];
    sink.answerWith((request) => {
      times.push((clock.now() - start) / SECOND);
      return { status: 429, ...(request.path === "/asks" && { headers: { "Retry-After": "5" } }) };
    });
    await client.publishJSON({ url: `${sink.url}/asks`, body: 1, retries: 2 });
    await qstash.runUntil(start + MINUTE);
    expect(times).toEqual([0, 5, 10]);
    times.length = 0;
    start = clock.now();
    await client.publishJSON({
      url: `${sink.url}/says`,
      body: 1,
      retries: 3,
      retryDelay: "1000 * pow(2, retried) + 500",
    });
    await qstash.runUntil(start + MINUTE);
    expect(times).toEqual([0, 1.5, 4, 8.5]);
  });
});

describe("failures", () => {
  test("The failure callback says what failed, signed, after the last attempt only", async () => {
    sink.answerWith((request) =>
      request.path === "/failed" ? { status: 200 } : { status: 500, headers: { "X-Why": "db" }, body: "böom" },
    );
    const { messageId } = await client.publishJSON({
      url: `${sink.url}/job`,
      body: { n: 1 },
      retries: 1,
      failureCallback: `${sink.url}/failed`,
    });
    await qstash.tick();
    expect(sink.received.map((each) => each.path)).toEqual(["/job"]);
    await qstash.runUntil(start + MINUTE);
    expect(sink.received.map((each) => each.path)).toEqual(["/job", "/job", "/failed"]);
    const callback = sink.received[2]!;
    const body = JSON.parse(callback.body);
    expect(body).toMatchObject({
      status: 500,
      retried: 1,
      maxRetries: 1,
      sourceMessageId: messageId,
      url: `${sink.url}/job`,
      method: "POST",
      header: { "X-Why": ["db"] },
    });
    expect(Buffer.from(body.body, "base64").toString()).toBe("böom");
    expect(Buffer.from(body.sourceBody, "base64").toString()).toBe('{"n":1}');
    expect((await client.dlq.listMessages()).messages[0]?.dlqId).toBe(body.dlqId);
    const { currentSigningKey, nextSigningKey } = receiverKeys();
    const receiver = new Receiver({ currentSigningKey, nextSigningKey, devMode: false });
    const signature = callback.headers["upstash-signature"]!;
    expect(await receiver.verify({ signature, body: callback.body, url: `${sink.url}/failed` })).toBe(true);
  });

  test("Dead letters are listed for people, oldest first", async () => {
    sink.answerWith(() => ({ status: 500, body: "no" }));
    for (let i = 0; i < 3; i += 1) await client.publishJSON({ url: `${sink.url}/bad`, body: i, retries: 0 });
    await qstash.tick();
    const { messages } = (await (await raw("/v2/dlq?count=2")).json()) as { messages: { body: string }[] };
    expect(messages.map(({ body }) => body).toSorted()).toEqual(["0", "1", "2"]);
    expect(messages[0]).toMatchObject({ url: `${sink.url}/bad`, responseStatus: 500, responseBody: "no" });
  });
});

describe("flow control", () => {
  test("A key has at most its parallelism under way, and all of its messages are delivered", async () => {
    let running = 0;
    let most = 0;
    sink.answerWith(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return { status: 200 };
    });
    const flowControl = { key: "ses", parallelism: 2 };
    const ids = [];
    for (let i = 0; i < 9; i += 1) ids.push(await client.publishJSON({ url: sink.url, body: i, flowControl }));
    await qstash.tick();
    expect(sink.received).toHaveLength(9);
    expect(most).toBe(2);
    for (let i = 0; i < 4; i += 1) await client.publishJSON({ url: sink.url, body: i });
    await qstash.tick();
    expect(most).toBeGreaterThan(2);
  });

  test("A key has at most its rate of starts in a period", async () => {
    const times: number[] = [];
    sink.answerWith(() => {
      times.push((clock.now() - start) / SECOND);
      return { status: 200 };
    });
    for (let i = 0; i < 5; i += 1) {
      await client.publishJSON({ url: sink.url, body: i, flowControl: { key: "k", rate: 2, period: "10s" } });
    }
    await qstash.runUntil(start + MINUTE);
    expect(times).toEqual([0, 0, 10, 10, 20]);
  });
});

describe("signatures", () => {
  const verify = (receiver: Receiver, request: Received, changes: Partial<{ body: string; url: string }> = {}) =>
    receiver.verify({
      signature: request.headers["upstash-signature"]!,
      body: changes.body ?? request.body,
      url: changes.url ?? `${sink.url}/jobs/notify`,
    });
  const deliver = async () => {
    await client.publishJSON({ url: `${sink.url}/jobs/notify`, body: { n: 1 } });
    await qstash.tick();
    return sink.received.at(-1)!;
  };

  test("A signature carries the claims that QStash documents", async () => {
    const claims = decodeJwt((await deliver()).headers["upstash-signature"]!);
    expect(claims).toMatchObject({
      iss: "Upstash",
      sub: `${sink.url}/jobs/notify`,
      jti: expect.stringMatching(/^jwt_/),
    });
    expect(claims.exp! - claims.iat!).toBe(300);
    expect(claims.nbf).toBe(claims.iat);
    expect(Math.abs(claims.iat! - Date.now() / 1000)).toBeLessThan(60);
  });

  test("A signature holds for the exact body and address only", async () => {
    const request = await deliver();
    const receiver = new Receiver({ ...receiverKeys(), devMode: false });
    expect(await verify(receiver, request)).toBe(true);
    await expect(verify(receiver, request, { body: `${request.body} ` })).rejects.toThrow("body hash");
    await expect(verify(receiver, request, { url: `${sink.url}/jobs/notify/` })).rejects.toThrow("invalid subject");
    const stranger = { currentSigningKey: "sig_stranger", nextSigningKey: "sig_other", devMode: false };
    await expect(verify(new Receiver(stranger), request)).rejects.toThrow("signature verification failed");
  });
});

describe("restarts", () => {
  test("Waiting messages, retries, dead letters, deduplication and keys survive a restart", async () => {
    const file = await dataFile();
    const first = await startQstash({ port: 0, token: TOKEN, clock, dataFile: file });
    const before = newClient(first.url);
    sink.answerWith(() => ({ status: 500 }));
    await before.publishJSON({ url: `${sink.url}/dead`, body: 0, retries: 0 });
    await before.publishJSON({ url: `${sink.url}/retrying`, body: 1 });
    await first.tick();
    await before.publishJSON({
      url: `${sink.url}/waiting`,
      body: 2,
      notBefore: start / 1000 + 60,
      deduplicationId: "d",
    });
    const keys = first.keys();
    await first.close();

    sink.answerWith(() => ({ status: 200 }));
    sink.received.length = 0;
    const second = await startQstash({ port: 0, token: TOKEN, clock, dataFile: file });
    const after = newClient(second.url);
    expect(second.keys()).toEqual(keys);
    expect((await after.dlq.listMessages()).messages.map((each) => each.url)).toEqual([`${sink.url}/dead`]);
    expect((await after.publishJSON({ url: sink.url, body: 3, deduplicationId: "d" })).deduplicated).toBe(true);
    await second.runUntil(start + 5 * MINUTE);
    expect(sink.received.map((each) => [each.path, each.headers["upstash-retried"]])).toEqual([
      ["/retrying", "1"],
      ["/waiting", "0"],
    ]);
    await second.close();
  });

  test("A message under way when the emulator stops is delivered again", async () => {
    const file = await dataFile();
    const first = await startQstash({ port: 0, token: TOKEN, dataFile: file });
    const arrived = new Promise<void>((resolve) => {
      sink.answerWith(() => {
        resolve();
        return "hang";
      });
    });
    const { messageId } = await newClient(first.url).publishJSON({ url: sink.url, body: 1 });
    await arrived;
    await first.close();
    const again = new Promise<Received>((resolve) => {
      sink.answerWith((request) => {
        resolve(request);
        return { status: 200 };
      });
    });
    const second = await startQstash({ port: 0, token: TOKEN, dataFile: file });
    expect((await again).headers["upstash-message-id"]).toBe(messageId);
    await expect.poll(() => second.stats().delivered).toBe(1);
    await second.close();
  });

  test("An accepted message survives a killed process", async () => {
    const file = await dataFile();
    const script = `
      import { startQstash } from "#dev/qstash/qstash.ts";
      const qstash = await startQstash({ port: 0, token: "t", dataFile: ${JSON.stringify(file)} });
      console.log(qstash.url);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: process.cwd() });
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    const url = output.toString().trim();
    const ids = await Promise.all(
      Array.from({ length: 25 }, (_, i) =>
        newClient(url, "t").publishJSON({ url: sink.url, body: i, notBefore: start / 1000 + 3600 }),
      ),
    );
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const again = await startQstash({ port: 0, token: "t", clock, dataFile: file });
    await again.runUntil(start + 2 * 60 * MINUTE);
    expect(new Set(sink.received.map((each) => each.headers["upstash-message-id"]))).toEqual(
      new Set(ids.map((each) => each.messageId)),
    );
    await again.close();
  });

  test("A message is in the file before its publish is answered", async () => {
    const file = await dataFile();
    const slow = await startQstash({ port: 0, token: TOKEN, clock, dataFile: file });
    const publish = (body: string) =>
      newClient(slow.url).publish({ url: sink.url, body, notBefore: start / 1000 + 3600 });
    // Megabytes make the write take long enough that an answer before its end would be noticed.
    for (let i = 0; i < 8; i += 1) await publish("x".repeat(1_000_000));
    for (let i = 0; i < 3; i += 1) {
      const { messageId } = await publish("small");
      expect(readFileSync(file, "utf8")).toContain(messageId);
    }
    await slow.close();
  });

  test("A file of another kind is named and not overwritten", async () => {
    const file = await dataFile();
    await writeFile(file, "{}");
    await expect(startQstash({ port: 0, token: TOKEN, dataFile: file })).rejects.toThrow(file);
    expect(await readFile(file, "utf8")).toBe("{}");
  });
});

describe("faults", () => {
  test("refuse: 503, and nothing is kept. dropReply: the message is kept, and the publisher cannot know", async () => {
    qstash.faults.refuse.next(1);
    await expect(client.publishJSON({ url: sink.url, body: 1 })).rejects.toMatchObject({ status: 503 });
    expect(qstash.stats().published).toBe(0);
    qstash.faults.dropReply.next(1);
    await expect(client.publishJSON({ url: sink.url, body: 2 })).rejects.toThrow("fetch failed");
    expect(qstash.stats().published).toBe(1);
    expect([qstash.faults.refuse.fired, qstash.faults.dropReply.fired]).toEqual([1, 1]);
  });

  test("hang: no answer. down: connections are refused, deliveries go on. up: all is as before", async () => {
    qstash.faults.hang.next(1);
    const signal = AbortSignal.timeout(80);
    await expect(raw(`/v2/publish/${sink.url}`, { method: "POST", signal })).rejects.toThrow("timeout");
    expect(qstash.stats().published).toBe(0);
    await client.publishJSON({ url: sink.url, body: 1, notBefore: start / 1000 + 10 });
    await qstash.faults.down();
    await expect(client.publishJSON({ url: sink.url, body: 2 })).rejects.toThrow("fetch failed");
    await qstash.runUntil(start + 10 * SECOND);
    expect(sink.bodies()).toEqual(["1"]);
    await qstash.faults.up();
    await client.publishJSON({ url: sink.url, body: 3 });
  });

  test("lose, duplicate and reorder strike the chosen messages and count them", async () => {
    const { lose, duplicate, reorder } = qstash.faults.messages;
    lose.when((n) => n === 2);
    duplicate.when((n) => n === 1);
    const ids = [];
    for (const body of ["a", "lost", "b"]) {
      ids.push((await client.publishJSON({ url: sink.url, body })).messageId);
      // One after the other, so that the first delivery is that of "a".
      await qstash.tick();
    }
    expect(new Set(ids).size).toBe(3);
    expect(sink.bodies().toSorted()).toEqual(['"a"', '"a"', '"b"']);
    expect([lose.fired, duplicate.fired]).toEqual([1, 1]);
    await qstash.faults.clear();
    sink.received.length = 0;
    reorder.next(1);
    await client.publishJSON({ url: sink.url, body: "first" });
    await client.publishJSON({ url: sink.url, body: "second", notBefore: start / 1000 + 1 });
    await qstash.runUntil(start + MINUTE);
    expect(sink.bodies()).toEqual(['"second"', '"first"']);
    expect(reorder.fired).toBe(1);
  });
});

describe("for people", () => {
  test("The page lists waiting and delivered messages and dead letters, and runs nothing of a message as markup", async () => {
    const nasty = "<script>alert(1)</script>&\"'";
    sink.answerWith((request) => ({ status: request.path === "/bad" ? 500 : 200, body: nasty }));
    await client.publish({ url: `${sink.url}/bad?<b>`, body: nasty, retries: 0 });
    await client.publish({ url: `${sink.url}/good`, body: "x" });
    await qstash.tick();
    await client.publish({ url: `${sink.url}/waiting`, body: nasty, notBefore: start / 1000 + 60 });
    const response = await fetch(`${qstash.url}/`);
    const html = await response.text();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(html).toContain(`${sink.url}/good`);
    expect(html).toContain(`${sink.url}/waiting`);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;");
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("<b>");
  });

  test("With openReads, reads need no token; writes, keys and wrong tokens are 401", async () => {
    const open = await startQstash({ port: 0, token: TOKEN, clock, openReads: true });
    expect(await (await fetch(`${open.url}/v2/dlq`)).json()).toEqual({ messages: [] });
    expect((await fetch(`${open.url}/v2/keys`)).status).toBe(401);
    expect((await fetch(`${open.url}/v2/dlq`, { headers: { authorization: "Bearer no" } })).status).toBe(401);
    expect((await fetch(`${open.url}/v2/publish/${sink.url}`, { method: "POST" })).status).toBe(401);
    await open.close();
  });

  test("A port that is taken is named in one line", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as AddressInfo;
    await expect(startQstash({ port, token: TOKEN })).rejects.toThrow(
      `Port ${port}, needed for QStash, is already in use. Choose another first port with --port.`,
    );
    await new Promise((resolve) => blocker.close(resolve));
  });
});

describe("in real time", () => {
  test("A message is delivered at its instant, and retried after the scaled back-off", async () => {
    const live = await startQstash({ port: 0, token: TOKEN, retryScale: 0.01 });
    sink.answerWith((_, nth) => ({ status: nth === 1 ? 500 : 200 }));
    const at = Math.ceil(Date.now() / SECOND) * SECOND;
    await newClient(live.url).publishJSON({ url: sink.url, body: 1, notBefore: at / SECOND });
    await expect.poll(() => live.stats().delivered, { interval: 10 }).toBe(1);
    expect(Date.now()).toBeGreaterThanOrEqual(at + 120);
    expect(live.stats()).toMatchObject({ attempts: 2, failedAttempts: 1, pending: 0 });
    await live.close();
  });
});

function receiverKeys(): { currentSigningKey: string; nextSigningKey: string } {
  const { current, next } = qstash.keys();
  return { currentSigningKey: current, nextSigningKey: next };
}
