import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Problem, Unreachable, isDecided, isUndecided } from "#kit/api/problem.ts";
import { query, send, sendApiKey } from "#kit/api/request.ts";

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** The server's behaviour for each request in turn; the last is for all that follow. */
type Step = (response: ServerResponse, request: IncomingMessage) => void;

const answer =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Step =>
  (response) => {
    const type = status < 400 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "Content-Type": type, ...headers }).end(JSON.stringify(body));
  };
const hangUp: Step = (_, request) => void request.socket.destroy();
const busy = (code: string): Step => answer(code === "rate-limited" ? 429 : 503, { code }, { "Retry-After": "0" });

describe("a request of the apps", () => {
  const { fetch } = globalThis;
  /** The page's event target for being online again. */
  const page = new EventTarget();
  let steps: Step[] = [];
  let seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, url, headers, body });
      const step = steps.length > 1 ? steps.shift() : steps[0];
      step?.(response, request);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    // A page's addresses are relative to where it comes from.
    vi.stubGlobal("fetch", (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init));
  });
  afterEach(() => {
    [steps, seen] = [[], []];
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    server.close();
  });
  const keys = () => seen.map(({ headers }) => headers["idempotency-key"]);

  test("names its app with the key that the configuration gave it, and without one names none", async () => {
    steps = [answer(200)];
    sendApiKey("hk_x_y");
    await send("/x");
    sendApiKey(null);
    await send("/x");
    expect(seen.map(({ headers }) => headers["x-api-key"])).toEqual(["hk_x_y", undefined]);
  });

  test("carries our header, and a change its key, its version and its body; a read none of these", async () => {
    steps = [answer(200, { ok: true }, { ETag: '"2"' })];
    const changed = await send("/appointments/1/cancel", { method: "POST", body: { a: 1 }, ifMatch: '"1"' });
    expect(changed).toMatchObject({ data: { ok: true }, etag: '"2"' });
    await send("/session");
    await send("/session", { method: "DELETE" });
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /api/v1/appointments/1/cancel",
      "GET /api/v1/session",
      "DELETE /api/v1/session",
    ]);
    for (const { headers } of seen) expect(headers["x-holdfast-csrf"]).toBe("1");
    const [post, get, remove] = seen as [Seen, Seen, Seen];
    expect(post).toMatchObject({ body: '{"a":1}', headers: { "if-match": '"1"', "content-type": "application/json" } });
    expect(post.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(get.headers["content-type"]).toBeUndefined();
    expect([get, remove].map(({ headers }) => headers["idempotency-key"])).toEqual([undefined, undefined]);
  });

  test("a change keeps its key over every try, while the server is busy and while there is none", async () => {
    steps = [busy("dependency-unavailable"), hangUp, busy("idempotency-in-flight"), answer(201, { id: "x" })];
    const waiting: unknown[] = [];
    const { data } = await send("/holds", { method: "POST", body: {}, onWaiting: (why) => waiting.push(why) });
    expect(data).toEqual({ id: "x" });
    expect(keys()).toHaveLength(4);
    expect(new Set(keys()).size).toBe(1);
    expect(waiting).toEqual(["busy", "offline", "busy", null]);
  });

  test("a change that its caller sends again keeps the caller's key, and another request has another", async () => {
    steps = [answer(200)];
    await send("/holds", { method: "POST", body: {}, idempotencyKey: "mine" });
    await send("/holds", { method: "POST", body: {}, idempotencyKey: "mine" });
    await send("/holds", { method: "POST", body: {} });
    await send("/holds", { method: "POST", body: {} });
    expect(keys().slice(0, 2)).toEqual(["mine", "mine"]);
    expect(new Set(keys()).size).toBe(3);
  });

  test.each([
    [409, "slot-taken"],
    [412, "version-conflict"],
    [422, "idempotency-key-reused"],
    [429, "rate-limited"],
    [500, "internal"],
  ] as const)("%i %s is the answer: it is not sent again", async (status, code) => {
    steps = [answer(status, { code })];
    await expect(send("/holds", { method: "POST", body: {} })).rejects.toMatchObject({ code, status });
    expect(seen).toHaveLength(1);
  });

  test("a server that stays busy is asked four times, a read that finds none as well; then it is said", async () => {
    steps = [busy("dependency-unavailable")];
    await expect(send("/holds", { method: "POST", body: {} })).rejects.toMatchObject({
      code: "dependency-unavailable",
    });
    expect(seen).toHaveLength(4);
    [steps, seen] = [[hangUp], []];
    // No request waits longer than until the device is online.
    const onlineAgain = () => page.dispatchEvent(new Event("online"));
    const reading = send("/doctors", { onWaiting: (why) => why && setTimeout(onlineAgain, 1) });
    await expect(reading).rejects.toBeInstanceOf(Unreachable);
    expect(seen).toHaveLength(4);
  });

  test("free times that did not change cost no body: the ETag is sent, and what was read before is answered", async () => {
    steps = [answer(200, { days: [1] }, { ETag: '"a"' }), (response) => response.writeHead(304).end()];
    const path = `/availability${query({ from: "2026-12-03", to: undefined, limit: 5 })}`;
    expect(path).toBe("/availability?from=2026-12-03&limit=5");
    expect((await send(path)).data).toEqual({ days: [1] });
    expect((await send(path)).data).toEqual({ days: [1] });
    expect(seen.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, '"a"']);
  });

  test("a refusal decides a change and frees its key; a network error does neither", () => {
    const problem = (status: number, code: string) => new Problem({ code: code as never }, status, undefined);
    for (const [status, code] of [
      [404, "not-found"],
      [409, "slot-taken"],
      [412, "version-conflict"],
      [422, "idempotency-key-reused"],
    ] as const) {
      expect({ code, decided: isDecided(problem(status, code)) }).toEqual({ code, decided: true });
      expect(isUndecided(problem(status, code))).toBe(false);
    }
    for (const [status, code] of [
      [401, "unauthenticated"],
      [409, "idempotency-in-flight"],
      [429, "rate-limited"],
      [500, "internal"],
      [503, "dependency-unavailable"],
    ] as const) {
      expect({ code, decided: isDecided(problem(status, code)) }).toEqual({ code, decided: false });
    }
    expect(isDecided(new Unreachable("No answer"))).toBe(false);
    expect([problem(409, "idempotency-in-flight"), problem(503, "dependency-unavailable")].every(isUndecided)).toBe(
      true,
    );
  });
});
