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
const CALLBACK = { "Upstash-Callback": "http://127.0.0.1:9/told" };

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
  // On a whole minute, so that schedules are easy to read.
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
  test("delivers body, method, content type and forwarded headers as published, signed", async () => {
    const url = `${sink.url}/jobs/notify?a=1&b=%20x`;
    const { messageId } = await client.publishJSON({ url, body: { id: "ž" }, headers: { "X-Trace": "t-1" } });
    expect(messageId).toMatch(/^msg_/);
    expect(sink.received).toHaveLength(0);
    await qstash.tick();
    expect(sink.received).toHaveLength(1);
    const { path, method, body, headers } = sink.received[0]!;
    expect({ path, method, body }).toEqual({ path: "/jobs/notify?a=1&b=%20x", method: "POST", body: '{"id":"ž"}' });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-trace": "t-1",
      "user-agent": "Upstash-QStash",
      "upstash-message-id": messageId,
      "upstash-retried": "0",
    });
    expect(headers["authorization"]).toBeUndefined();
    expect(qstash.stats()).toMatchObject({ published: 1, delivered: 1, attempts: 1, pending: 0 });
    await expect(client.messages.get(messageId)).rejects.toThrow("not found");
  });

  test("holds a message back by its delay, to the second", async () => {
    const { messageId } = await client.publishJSON({ url: sink.url, body: 1, delay: 90 });
    const headers = { "Upstash-Delay": "1h30m" };
    await raw(`/v2/publish/${sink.url}`, { method: "POST", body: "2", headers });
    const message = await client.messages.get(messageId);
    expect(message.notBefore).toBe(start + 90 * SECOND);
    expect(message.createdAt).toBe(start);
    await qstash.runUntil(start + 90 * SECOND - 1);
    expect(sink.bodies()).toEqual([]);
    await qstash.runUntil(start + 90 * SECOND);
    expect(sink.bodies()).toEqual(["1"]);
    await qstash.runUntil(start + 89 * MINUTE);
    expect(sink.bodies()).toEqual(["1"]);
    await qstash.runUntil(start + 90 * MINUTE);
    expect(sink.bodies()).toEqual(["1", "2"]);
  });

  test("an absolute time wins over a delay, and a past one is now", async () => {
    await client.publishJSON({ url: sink.url, body: "later", notBefore: start / 1000 + 60, delay: 1 });
    await client.publishJSON({ url: sink.url, body: "past", notBefore: start / 1000 - 60 });
    await qstash.runUntil(start + 59 * SECOND);
    expect(sink.bodies()).toEqual(['"past"']);
    await qstash.runUntil(start + 60 * SECOND);
    expect(sink.bodies()).toEqual(['"past"', '"later"']);
  });

  test("delivers in the order of due times, not of publishes", async () => {
    for (let i = 0; i < 5; i += 1) await client.publishJSON({ url: sink.url, body: i, delay: 10 - i });
    await qstash.runUntil(start + MINUTE);
    expect(sink.bodies()).toEqual(["4", "3", "2", "1", "0"]);
  });

  test("publishes a batch, each message with its own settings, or none of them", async () => {
    const results = await client.batchJSON([
      { url: `${sink.url}/a`, body: { n: 1 } },
      { url: `${sink.url}/b`, body: { n: 2 }, delay: 30, method: "PUT", headers: { "X-B": "b" } },
    ]);
    expect(new Set(results.map((each) => (each as { messageId: string }).messageId)).size).toBe(2);
    await qstash.tick();
    expect(sink.received.map((each) => each.path)).toEqual(["/a"]);
    await qstash.runUntil(start + 30 * SECOND);
    expect(sink.received[1]).toMatchObject({ path: "/b", method: "PUT", body: '{"n":2}' });
    expect(sink.received[1]!.headers["x-b"]).toBe("b");
    await expect(
      client.batchJSON([
        { url: sink.url, body: 1 },
        { url: "nonsense", body: 2 },
      ]),
    ).rejects.toThrow("invalid destination");
    expect(qstash.stats().published).toBe(2);
  });

  test.each([
    ["a destination without a scheme", "example.com/x", {}, 400],
    ["a destination of another scheme", "ftp://example.com", {}, 400],
    ["a delay without a unit", "http://127.0.0.1:9/", { "Upstash-Delay": "10" }, 400],
    ["a delay of years", "http://127.0.0.1:9/", { "Upstash-Delay": "400d" }, 400],
    ["negative retries", "http://127.0.0.1:9/", { "Upstash-Retries": "-1" }, 400],
    ["an unknown method", "http://127.0.0.1:9/", { "Upstash-Method": "BREW" }, 400],
    ["a callback that is no URL", "http://127.0.0.1:9/", { "Upstash-Callback": "there" }, 400],
    ["a callback with a bad delay", "http://127.0.0.1:9/", { ...CALLBACK, "Upstash-Callback-Delay": "soon" }, 400],
    ["a retry delay that calls anything else", "http://127.0.0.1:9/", { "Upstash-Retry-Delay": "eval(1)" }, 400],
    ["flow control without limits", "http://127.0.0.1:9/", { "Upstash-Flow-Control-Key": "k" }, 400],
    ["a queue", "http://127.0.0.1:9/", { "Upstash-Queue-Name": "q" }, 400],
  ])("refuses %s and keeps nothing", async (_, destination, headers, status) => {
    const response = await raw(`/v2/publish/${destination}`, {
      method: "POST",
      headers,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String) });
    expect(qstash.stats().published).toBe(0);
  });

  test("refuses a body beyond 1 MiB, a wrong token and no token", async () => {
    const big = await raw(`/v2/publish/${sink.url}`, { method: "POST", body: "x".repeat(1024 * 1024 + 1) });
    expect(big.status).toBe(413);
    const wrong = newClient(qstash.url, "wrong-token").publishJSON({ url: sink.url, body: 1 });
    await expect(wrong).rejects.toThrow(QstashError);
    await expect(wrong).rejects.toThrow("invalid token");
    expect((await fetch(`${qstash.url}/v2/dlq`)).status).toBe(401);
    expect((await fetch(`${qstash.url}/v2/publish/${sink.url}`, { method: "POST" })).status).toBe(401);
    expect(qstash.stats().published).toBe(0);
  });

  test("says honestly what it does not have", async () => {
    await expect(client.queue({ queueName: "q" }).list()).rejects.toThrow("not available in the local stack");
    await expect(client.urlGroups.list()).rejects.toThrow("not available in the local stack");
    expect((await raw("/v2/nothing")).status).toBe(404);
  });
});

describe("deduplication", () => {
  test("the first message with an id wins for ten minutes, even after it was delivered", async () => {
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

  test("answers 201 to a new message and 202 to a duplicate", async () => {
    const headers = { "Upstash-Deduplication-Id": "d" };
    const statuses = [];
    for (let i = 0; i < 2; i += 1) {
      statuses.push((await raw(`/v2/publish/${sink.url}`, { method: "POST", headers })).status);
    }
    expect(statuses).toEqual([201, 202]);
  });

  test("of twenty at once one is kept", async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.publishJSON({ url: sink.url, body: i, deduplicationId: "same" })),
    );
    expect(results.filter((each) => each.deduplicated !== true)).toHaveLength(1);
    expect(new Set(results.map((each) => each.messageId)).size).toBe(1);
    await qstash.tick();
    expect(sink.received).toHaveLength(1);
  });

  test("by content looks at destination, body and headers", async () => {
    const publish = (body: number, path = "") =>
      client.publishJSON({ url: `${sink.url}/${path}`, body, contentBasedDeduplication: true });
    const results = [await publish(1), await publish(1), await publish(2), await publish(1, "elsewhere")];
    expect(results.map((each) => each.deduplicated ?? false)).toEqual([false, true, false, false]);
  });
});

describe("retries", () => {
  test("come after 12 s, 2 min 28 s and 30 min 8 s, then the message is a dead letter", async () => {
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

  test("stop at the first 2xx", async () => {
    sink.answerWith((_, nth) => ({ status: nth < 3 ? 503 : 204 }));
    await client.publishJSON({ url: sink.url, body: 1, retries: 5 });
    await qstash.runUntil(start + 60 * MINUTE);
    expect(sink.received).toHaveLength(3);
    expect((await client.dlq.listMessages()).messages).toEqual([]);
  });

  test("retries: 0 means one attempt; redirects and broken connections are failures", async () => {
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

  test("an answer that says so goes straight to the dead letters", async () => {
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

  test("wait as the destination asks, or as the message says", async () => {
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

  test("a destination that does not answer in the message's time has failed", async () => {
    sink.answerWith(() => "hang");
    await client.publishJSON({ url: sink.url, body: 1, retries: 0, timeout: 1 });
    await qstash.tick();
    expect((await client.dlq.listMessages()).messages[0]).toMatchObject({
      responseStatus: 0,
      responseBody: "the destination did not answer in time",
    });
  });
});

describe("callbacks", () => {
  test("the failure callback tells what failed, signed, after the last attempt only", async () => {
    sink.answerWith((request) =>
      request.path === "/failed" ? { status: 200 } : { status: 500, headers: { "X-Why": "db" }, body: "böom" },
    );
    const { messageId } = await client.publishJSON({
      url: `${sink.url}/job`,
      body: { n: 1 },
      retries: 1,
      failureCallback: `${sink.url}/failed`,
      headers: { "Upstash-Failure-Callback-Forward-X-From": "test", "Upstash-Failure-Callback-Method": "PUT" },
    });
    await qstash.tick();
    expect(sink.received.map((each) => each.path)).toEqual(["/job"]);
    await qstash.runUntil(start + MINUTE);
    expect(sink.received.map((each) => each.path)).toEqual(["/job", "/job", "/failed"]);
    const callback = sink.received[2]!;
    expect(callback.method).toBe("PUT");
    expect(callback.headers["x-from"]).toBe("test");
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

  test("the callback tells of every attempt", async () => {
    sink.answerWith((request, nth) => ({ status: request.path === "/job" && nth === 1 ? 500 : 200 }));
    await client.publishJSON({ url: `${sink.url}/job`, body: 1, callback: `${sink.url}/told` });
    await qstash.runUntil(start + MINUTE);
    const told = sink.received.filter((each) => each.path === "/told").map((each) => JSON.parse(each.body));
    expect(told.map((each) => [each.status, each.retried])).toEqual([
      [500, 0],
      [200, 1],
    ]);
  });
});

describe("messages and dead letters", () => {
  test("a waiting message can be seen and cancelled", async () => {
    const { messageId } = await client.publishJSON({
      url: `${sink.url}/x`,
      body: { n: 1 },
      delay: 60,
      label: "notice",
      retries: 2,
      headers: { "X-A": "b" },
    });
    expect(await client.messages.get(messageId)).toMatchObject({
      messageId,
      url: `${sink.url}/x`,
      method: "POST",
      body: '{"n":1}',
      maxRetries: 2,
      label: "notice",
      header: { "Content-Type": ["application/json"], "X-A": ["b"] },
    });
    await client.messages.delete(messageId);
    await expect(client.messages.delete(messageId)).rejects.toThrow("not found");
    await client.publishJSON({ url: sink.url, body: 1, delay: 60, label: "a" });
    await client.publishJSON({ url: sink.url, body: 2, delay: 60, label: "b" });
    expect(await client.messages.cancel({ filter: { label: "a" } })).toMatchObject({ cancelled: 1 });
    await qstash.runUntil(start + 10 * MINUTE);
    expect(sink.bodies()).toEqual(["2"]);
  });

  test("dead letters are listed by page, found, deleted and retried", async () => {
    sink.answerWith((request) => ({ status: request.path === "/ok" ? 200 : 500 }));
    for (let i = 0; i < 5; i += 1) await client.publishJSON({ url: `${sink.url}/bad`, body: i, retries: 0 });
    await qstash.tick();
    const first = await client.dlq.listMessages({ count: 2 });
    expect(first.messages).toHaveLength(2);
    const second = await client.dlq.listMessages({ count: 10, cursor: first.cursor! });
    expect(second.messages).toHaveLength(3);
    expect(second.cursor).toBeUndefined();
    const [one, two, ...rest] = [...first.messages, ...second.messages];
    expect(await (await raw(`/v2/dlq/${one!.dlqId}`)).json()).toMatchObject({ dlqId: one!.dlqId, body: one!.body });
    await client.dlq.delete(one!.dlqId);
    await expect(client.dlq.delete(one!.dlqId)).rejects.toThrow("not found");
    expect((await client.dlq.listMessages({ filter: { responseStatus: 404 } })).messages).toEqual([]);
    expect((await client.dlq.listMessages({ filter: { url: `${sink.url}/bad` } })).messages).toHaveLength(4);
    sink.received.length = 0;
    sink.answerWith(() => ({ status: 200 }));
    const { responses } = await client.dlq.retry(two!.dlqId);
    expect(responses).toHaveLength(1);
    await qstash.tick();
    expect(sink.bodies()).toEqual([two!.body]);
    expect(sink.received[0]!.headers["upstash-retried"]).toBe("0");
    expect(await client.dlq.delete(rest.slice(0, 2).map((each) => each.dlqId))).toMatchObject({ deleted: 2 });
    expect(await client.dlq.delete({ all: true })).toMatchObject({ deleted: 1 });
    expect((await client.dlq.listMessages()).messages).toEqual([]);
  });

  test("the log tells the life of a message, newest first", async () => {
    sink.answerWith((_, nth) => ({ status: nth === 1 ? 500 : 200 }));
    const { messageId } = await client.publishJSON({ url: sink.url, body: 1 });
    await qstash.runUntil(start + MINUTE);
    const { logs } = await client.logs({ messageIds: [messageId] });
    expect(logs.map((each) => each.state)).toEqual(["DELIVERED", "ACTIVE", "RETRY", "ACTIVE", "CREATED"]);
  });
});

describe("schedules", () => {
  test("run at their times with their id, can be paused, resumed and deleted", async () => {
    const { scheduleId } = await client.schedules.create({
      destination: `${sink.url}/jobs/sweep`,
      cron: "*/5 * * * *",
      body: '{"job":"sweep"}',
      retries: 1,
    });
    const five = 5 * MINUTE;
    const firstRun = Math.floor(start / five) * five + five;
    const schedule = await client.schedules.get(scheduleId);
    expect(schedule).toMatchObject({ scheduleId, cron: "*/5 * * * *", isPaused: false, retries: 1 });
    expect(schedule.nextScheduleTime).toBe(firstRun);
    await qstash.runUntil(firstRun - 1);
    expect(sink.received).toHaveLength(0);
    await qstash.runUntil(firstRun + 2 * five);
    expect(sink.received).toHaveLength(3);
    expect(sink.received[0]).toMatchObject({ path: "/jobs/sweep", body: '{"job":"sweep"}' });
    expect(sink.received[0]!.headers["upstash-schedule-id"]).toBe(scheduleId);
    expect(new Set(sink.received.map((each) => each.headers["upstash-message-id"])).size).toBe(3);
    await client.schedules.pause({ schedule: scheduleId });
    await qstash.runUntil(firstRun + 5 * five);
    expect(sink.received).toHaveLength(3);
    await client.schedules.resume({ schedule: scheduleId });
    await qstash.runUntil(firstRun + 6 * five);
    expect(sink.received).toHaveLength(4);
    expect((await client.schedules.list()).map((each) => each.scheduleId)).toEqual([scheduleId]);
    await client.schedules.delete(scheduleId);
    await qstash.runUntil(firstRun + 10 * five);
    expect(sink.received).toHaveLength(4);
    await expect(client.schedules.get(scheduleId)).rejects.toThrow("not found");
  });

  test("one with an id of its own replaces the former; a bad cron is refused", async () => {
    await client.schedules.create({ destination: sink.url, cron: "* * * * *", scheduleId: "sweep" });
    await client.schedules.create({ destination: sink.url, cron: "0 * * * *", scheduleId: "sweep" });
    expect((await client.schedules.list()).map((each) => each.cron)).toEqual(["0 * * * *"]);
    await expect(client.schedules.create({ destination: sink.url, cron: "61 * * * *" })).rejects.toThrow("cron");
  });
});

describe("flow control", () => {
  test("no more than so many of a key at once, and all of them in the end", async () => {
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

  test("no more than so many starts in a period", async () => {
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

  test("carry the claims QStash documents", async () => {
    const claims = decodeJwt((await deliver()).headers["upstash-signature"]!);
    expect(claims).toMatchObject({
      iss: "Upstash",
      sub: `${sink.url}/jobs/notify`,
      jti: expect.stringMatching(/^jwt_/),
    });
    expect(claims.exp! - claims.iat!).toBe(300);
    expect(claims.nbf).toBe(claims.iat);
    expect(Math.abs(claims.iat! - Date.now() / 1000)).toBeLessThan(5);
  });

  test("hold for the exact body and address, and for nothing else", async () => {
    const request = await deliver();
    const receiver = new Receiver({ ...receiverKeys(), devMode: false });
    expect(await verify(receiver, request)).toBe(true);
    await expect(verify(receiver, request, { body: `${request.body} ` })).rejects.toThrow("body hash");
    await expect(verify(receiver, request, { url: `${sink.url}/jobs/notify/` })).rejects.toThrow("invalid subject");
    const stranger = { currentSigningKey: "sig_stranger", nextSigningKey: "sig_other", devMode: false };
    await expect(verify(new Receiver(stranger), request)).rejects.toThrow("signature verification failed");
  });

  test("survive one rotation of the keys at the receiver, not two", async () => {
    const receiver = new Receiver({ ...receiverKeys(), devMode: false });
    const before = qstash.keys();
    const rotated = (await (await raw("/v2/keys/rotate", { method: "POST" })).json()) as typeof before;
    expect(rotated.current).toBe(before.next);
    expect(rotated.next).not.toBe(before.next);
    expect(await (await raw("/v2/keys")).json()).toEqual(rotated);
    expect(await verify(receiver, await deliver())).toBe(true);
    await raw("/v2/keys/rotate", { method: "POST" });
    const request = await deliver();
    await expect(verify(receiver, request)).rejects.toThrow("signature verification failed");
    expect(await verify(new Receiver({ ...receiverKeys(), devMode: false }), request)).toBe(true);
  });
});

describe("restarts", () => {
  test("keep waiting messages, retries, dead letters, schedules, deduplication and keys", async () => {
    const file = await dataFile();
    const first = await startQstash({ port: 0, token: TOKEN, clock, dataFile: file });
    const before = newClient(first.url);
    sink.answerWith(() => ({ status: 500 }));
    await before.publishJSON({ url: `${sink.url}/dead`, body: 0, retries: 0 });
    await before.publishJSON({ url: `${sink.url}/retrying`, body: 1 });
    await first.tick();
    await before.publishJSON({ url: `${sink.url}/waiting`, body: 2, delay: 60, deduplicationId: "d" });
    await before.schedules.create({ destination: `${sink.url}/cron`, cron: "0 0 1 1 *", scheduleId: "s" });
    const keys = first.keys();
    await first.close();

    sink.answerWith(() => ({ status: 200 }));
    sink.received.length = 0;
    const second = await startQstash({ port: 0, token: TOKEN, clock, dataFile: file });
    const after = newClient(second.url);
    expect(second.keys()).toEqual(keys);
    expect((await after.dlq.listMessages()).messages.map((each) => each.url)).toEqual([`${sink.url}/dead`]);
    expect((await after.schedules.list()).map((each) => each.scheduleId)).toEqual(["s"]);
    expect((await after.publishJSON({ url: sink.url, body: 3, deduplicationId: "d" })).deduplicated).toBe(true);
    await second.runUntil(start + 5 * MINUTE);
    expect(sink.received.map((each) => [each.path, each.headers["upstash-retried"]])).toEqual([
      ["/retrying", "1"],
      ["/waiting", "0"],
    ]);
    await second.close();
  });

  test("a message under way when the stack stops is delivered again", async () => {
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

  test("an accepted message outlives a killed process", async () => {
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
      Array.from({ length: 25 }, (_, i) => newClient(url, "t").publishJSON({ url: sink.url, body: i, delay: "1h" })),
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

  test("a message is in the file by the time its publish is answered", async () => {
    const file = await dataFile();
    const slow = await startQstash({ port: 0, token: TOKEN, clock, dataFile: file });
    const publish = (body: string) => newClient(slow.url).publish({ url: sink.url, body, delay: "1h" });
    // Megabytes make the write take long enough that an answer before its end would be noticed.
    for (let i = 0; i < 8; i += 1) await publish("x".repeat(1_000_000));
    for (let i = 0; i < 3; i += 1) {
      const { messageId } = await publish("small");
      expect(readFileSync(file, "utf8")).toContain(messageId);
    }
    await slow.close();
  });

  test("a file that is something else is named, not overwritten", async () => {
    const file = await dataFile();
    await writeFile(file, "{}");
    await expect(startQstash({ port: 0, token: TOKEN, dataFile: file })).rejects.toThrow(file);
    expect(await readFile(file, "utf8")).toBe("{}");
  });
});

describe("faults", () => {
  test("refuse: 503 and nothing kept; dropReply: kept and the publisher cannot know", async () => {
    qstash.faults.refuse.next(1);
    await expect(client.publishJSON({ url: sink.url, body: 1 })).rejects.toMatchObject({ status: 503 });
    expect(qstash.stats().published).toBe(0);
    qstash.faults.dropReply.next(1);
    await expect(client.publishJSON({ url: sink.url, body: 2 })).rejects.toThrow("fetch failed");
    expect(qstash.stats().published).toBe(1);
    expect([qstash.faults.refuse.fired, qstash.faults.dropReply.fired]).toEqual([1, 1]);
  });

  test("hang: no answer; down: connection refused, deliveries go on; up: there again", async () => {
    qstash.faults.hang.next(1);
    const signal = AbortSignal.timeout(80);
    await expect(raw(`/v2/publish/${sink.url}`, { method: "POST", signal })).rejects.toThrow("timeout");
    expect(qstash.stats().published).toBe(0);
    await client.publishJSON({ url: sink.url, body: 1, delay: 10 });
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
    for (const body of ["a", "lost", "b"]) ids.push((await client.publishJSON({ url: sink.url, body })).messageId);
    expect(new Set(ids).size).toBe(3);
    await qstash.tick();
    expect(sink.bodies().toSorted()).toEqual(['"a"', '"a"', '"b"']);
    expect([lose.fired, duplicate.fired]).toEqual([1, 1]);
    await qstash.faults.clear();
    sink.received.length = 0;
    reorder.next(1);
    await client.publishJSON({ url: sink.url, body: "first" });
    await client.publishJSON({ url: sink.url, body: "second", delay: 1 });
    await qstash.runUntil(start + MINUTE);
    expect(sink.bodies()).toEqual(['"second"', '"first"']);
    expect(reorder.fired).toBe(1);
  });
});

describe("for people", () => {
  test("a page lists what waits, was delivered and was given up, with nothing of a message run as markup", async () => {
    const nasty = "<script>alert(1)</script>&\"'";
    sink.answerWith((request) => ({ status: request.path === "/bad" ? 500 : 200, body: nasty }));
    await client.publish({ url: `${sink.url}/bad?<b>`, body: nasty, retries: 0 });
    await client.publish({ url: `${sink.url}/good`, body: "x" });
    await qstash.tick();
    await client.publish({ url: `${sink.url}/waiting`, body: nasty, delay: 60 });
    const response = await fetch(`${qstash.url}/`);
    const html = await response.text();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(html).toContain(`${sink.url}/good`);
    expect(html).toContain(`${sink.url}/waiting`);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;");
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("<b>");
  });

  test("reads need no token where the stack says so, but writes, keys and wrong tokens do", async () => {
    const open = await startQstash({ port: 0, token: TOKEN, clock, openReads: true });
    expect(await (await fetch(`${open.url}/v2/dlq`)).json()).toEqual({ messages: [] });
    expect((await fetch(`${open.url}/v2/keys`)).status).toBe(401);
    expect((await fetch(`${open.url}/v2/dlq`, { headers: { authorization: "Bearer no" } })).status).toBe(401);
    expect((await fetch(`${open.url}/v2/publish/${sink.url}`, { method: "POST" })).status).toBe(401);
    await open.close();
  });

  test("says in one line that its port is taken", async () => {
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
  test("delivers by itself when a delay is over, and retries by the scaled back-off", async () => {
    const live = await startQstash({ port: 0, token: TOKEN, retryScale: 0.01 });
    sink.answerWith((_, nth) => ({ status: nth === 1 ? 500 : 200 }));
    const published = Date.now();
    await newClient(live.url).publishJSON({ url: sink.url, body: 1, delay: 1 });
    await expect.poll(() => live.stats().delivered, { timeout: 5000, interval: 10 }).toBe(1);
    expect(Date.now() - published).toBeGreaterThanOrEqual(1000 + 120);
    expect(live.stats()).toMatchObject({ attempts: 2, failedAttempts: 1, pending: 0 });
    await live.close();
  });
});

function receiverKeys(): { currentSigningKey: string; nextSigningKey: string } {
  const { current, next } = qstash.keys();
  return { currentSigningKey: current, nextSigningKey: next };
}
