import { afterEach, describe, expect, test } from "vitest";
import { LIMITS, type LimitName, bindingOf } from "#domain/limits.ts";
import { type Api, type Reply, apiAt, useStack } from "../support/stack.ts";
import { signToken } from "../support/tokens.ts";

const stack = useStack();
const match = ({ headers }: Pick<Reply, "headers">) => ({ "If-Match": headers.get("ETag") ?? "" });
const problem = ({ status, body }: Reply) => ({ status, code: body.code });
const pathOf = ({ headers }: Pick<Reply, "headers">) => headers.get("Location")?.replace("/api/v1", "") ?? "";

describe("createApiClient, changeApiClient, rotateApiKey, getApiClient and listApiClients", () => {
  test("Both apps' keys are in the configuration and in stack.json, and name their app", async () => {
    const { body } = await stack().nobody("GET", "/config");
    expect(body.apiKey).toEqual(stack().apiKeys);
    expect(body.apiKey.patient).toMatch(/^hk_[\w-]{22}_[\w-]{43}$/);
    const { status } = await stack().nobody("GET", "/config", undefined, { "X-Api-Key": body.apiKey.staff });
    expect(status).toBe(200);
  });

  test("403 api-key-refused: a made-up key, or a key changed in any place, without a question to the database", async () => {
    const { patient, staff } = stack().apiKeys;
    const last = patient.endsWith("A") ? "B" : "A";
    const before = stack().neon.stats().httpRequests;
    for (const key of ["", "hk_", patient.slice(0, -1) + last, patient.slice(0, 25) + staff.slice(25), `${patient}x`]) {
      const reply = await stack().nobody("GET", "/config", undefined, { "X-Api-Key": key });
      expect(problem(reply)).toEqual({ status: 403, code: "api-key-refused" });
    }
    expect(stack().neon.stats().httpRequests).toBe(before);
  });

  test("A rotation refuses no call: the old key is accepted while the new one is, and ends everywhere within API_KEYS_SECONDS", async () => {
    const isolate = await stack().startIsolate({ API_KEYS_SECONDS: "1" });
    const administrator = await stack().as("staff1");
    const call = apiAt(`${isolate.url}/api/v1`);
    const ask = async (key: string, headers: Record<string, string> = {}) =>
      (await call("GET", "/config", undefined, { "X-Api-Key": key, ...headers })).status;
    const made = await administrator("POST", "/api-clients", { name: "Kiosk", origins: ["https://kiosk.example"] });
    expect(made).toMatchObject({ status: 201, body: { tier: "standard", active: true, keys: [{ expiresAt: null }] } });
    const first = made.body.key;
    await expect.poll(() => ask(first)).toBe(200);
    const rotated = await administrator("POST", `${pathOf(made)}/rotate`, { overlapMinutes: 60 }, match(made));
    expect(rotated.body.keys).toHaveLength(2);
    const second = rotated.body.key;
    // An isolate that has read its list before the rotation learns of the new key with its next list.
    await expect.poll(() => ask(second), { timeout: 3000 }).toBe(200);
    expect(await ask(first)).toBe(200);
    expect(await ask(first, { Origin: "https://kiosk.example" })).toBe(200);
    expect(await ask(first, { Origin: "https://elsewhere.example" })).toBe(403);

    const again = await administrator("POST", `${pathOf(made)}/rotate`, { overlapMinutes: 0 }, match(rotated));
    await expect.poll(() => ask(second), { timeout: 3000 }).toBe(403);
    expect(await ask(first)).toBe(403);
    const off = await administrator("PATCH", pathOf(made), { active: false }, match(again));
    expect(off).toMatchObject({ status: 200, body: { active: false } });
    await expect.poll(() => ask(again.body.key), { timeout: 3000 }).toBe(403);
    await isolate.close();
  });

  test("A repeated request is answered with the same key, and no other answer shows it", async () => {
    const administrator = await stack().as("staff1");
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    const made = await administrator("POST", "/api-clients", { name: "Twice" }, headers);
    const again = await administrator("POST", "/api-clients", { name: "Twice" }, headers);
    expect(again.body).toEqual(made.body);
    const seen = [await administrator("GET", pathOf(made)), await administrator("GET", "/api-clients")];
    expect(JSON.stringify(seen.map(({ body }) => body))).not.toContain(made.body.key.slice(-20));
    const kept = await stack().sql("select result::text as text from idempotency_keys where key = $1", [
      headers["Idempotency-Key"],
    ]);
    expect(kept[0]!["text"]).not.toContain("hk_");
  });

  test("403, 404, 409, 412 and 428 name the reason, and other staff see no apps", async () => {
    const administrator = await stack().as("staff1");
    const clerk = await stack().as("staff4");
    const made = await administrator("POST", "/api-clients", { name: "Reasons" });
    for (const reply of [
      await clerk("GET", "/api-clients"),
      await clerk("GET", pathOf(made)),
      await clerk("POST", "/api-clients", { name: "No" }),
      await clerk("PATCH", pathOf(made), { tier: "high" }, match(made)),
      await clerk("POST", `${pathOf(made)}/rotate`, {}, match(made)),
    ]) {
      expect(problem(reply)).toEqual({ status: 403, code: "forbidden" });
    }
    expect(problem(await administrator("POST", "/api-clients", { name: "Reasons" }))).toEqual({
      status: 409,
      code: "duplicate",
    });
    for (const [method, path, body] of [
      ["PATCH", "", { tier: "high" }],
      ["POST", "/rotate", {}],
    ] as const) {
      const nowhere = `/api-clients/${crypto.randomUUID()}${path}`;
      expect((await administrator(method, nowhere, body, { "If-Match": '"1"' })).status).toBe(404);
      expect((await administrator(method, pathOf(made) + path, body)).status).toBe(428);
      expect((await administrator(method, pathOf(made) + path, body, { "If-Match": '"7"' })).status).toBe(412);
    }
    expect((await administrator("POST", "/api-clients", { name: "X", origins: ["https://a.example/"] })).status).toBe(
      400,
    );
  });
});

describe("rate limits", () => {
  const N = 3;
  afterEach(async () => {
    await stack().redis.faults.clear();
  });

  /** A caller for one state of Redis, so that another state's requests do not count. */
  interface Asker {
    base: string;
    call: Api;
    /** A number of its own. */
    n: number;
    key: string;
  }

  /** For each limit a request that it counts, whose N+1st is one too many. The other limits have room. */
  const ASKED: Record<LimitName, (by: Asker) => Promise<Reply>> = {
    address: ({ base, n }) =>
      apiAt(base)("GET", "/config", undefined, { "CF-Connecting-IP": `2001:db8:0:${n + 10}::1` }),
    person: ({ call }) => call("GET", "/session"),
    search: ({ call }) => call("GET", "/patients?q=byrne"),
    costly: ({ call }) => call("POST", "/holidays/import/preview", { country: "IE", year: 2034 }),
    "first-login": async ({ base, n }) => {
      const { token } = await signToken(stack(), { claims: { sub: `auth0|${crypto.randomUUID()}` } });
      return apiAt(base, token)("POST", "/session", undefined, { "CF-Connecting-IP": `192.0.2.${n + 10}` });
    },
    export: ({ call }) => call("GET", "/audit?action=test.none", undefined, { Accept: "text/csv" }),
    "app-low": ({ base, key }) => apiAt(base)("GET", "/config", undefined, { "X-Api-Key": key }),
    "app-standard": ({ base, key }) => apiAt(base)("GET", "/config", undefined, { "X-Api-Key": key }),
    "app-high": ({ base, key }) => apiAt(base)("GET", "/config", undefined, { "X-Api-Key": key }),
  };

  /**
   * The answers of N+1 requests one after the other, all of them within one minute, and how long they took. A counter that
   * does not answer within 300 ms is passed over: on a busy machine all of them are sent again. So they are when a minute
   * ends between them. Then a minute must begin in which none of them was counted.
   */
  async function nPlusOne(name: LimitName, by: Asker) {
    const minute = () => Math.floor(Date.now() / 60_000);
    for (;;) {
      const [began, start] = [minute(), performance.now()];
      const replies: Reply[] = [];
      let isLate = false;
      for (let n = 0; n <= N; n++) {
        const sent = performance.now();
        replies.push(await ASKED[name](by));
        isLate ||= performance.now() - sent > 300;
      }
      if (minute() === began && (!isLate || replies.at(-1)?.status === 429)) {
        return { replies, took: performance.now() - start };
      }
      const counted = minute();
      await expect.poll(minute, { timeout: 70_000, interval: 200 }).toBeGreaterThan(counted);
    }
  }

  /** Redis forgets all that it had. */
  async function reset(): Promise<void> {
    await fetch(stack().urls.redisRest, {
      method: "POST",
      headers: { Authorization: `Bearer ${stack().env["UPSTASH_REDIS_REST_TOKEN"]}` },
      body: JSON.stringify(["FLUSHALL"]),
    });
  }

  const STATES: [string, () => Promise<void> | void][] = [
    ["works", () => {}],
    ["hangs", () => stack().redis.faults.hang.always()],
    ["fails", () => stack().redis.faults.fail.always()],
    ["is gone", () => stack().redis.faults.down()],
    ["was reset", reset],
  ];

  test.each(Object.keys(LIMITS) as LimitName[])(
    "429 rate-limited: the N+1st request of limit %s, without waiting, while Redis works, hangs, fails, is gone or was reset",
    async (name) => {
      const administrator = await stack().as("staff1");
      const off = await administrator("POST", "/api-clients", { name: crypto.randomUUID() });
      await administrator("PATCH", pathOf(off), { active: false }, match(off));
      const ended: string = off.body.key;
      const tier = name.startsWith("app-") ? name.slice(4) : "standard";
      const keys: string[] = [];
      for (const _ of STATES) {
        keys.push((await administrator("POST", "/api-clients", { name: crypto.randomUUID(), tier })).body.key);
      }
      const isolate = await stack().startIsolate({ API_KEYS_SECONDS: "1" }, (binding, shipped) =>
        binding === bindingOf(name) ? N : shipped * 1000,
      );
      const base = `${isolate.url}/api/v1`;
      // Once the isolate refuses an ended key, it has the list, in which these apps have their tier.
      const ask = async () => (await apiAt(base)("GET", "/nothing", undefined, { "X-Api-Key": ended })).status;
      await expect.poll(ask, { interval: 200 }).toBe(403);
      let working = 0;
      for (const [n, [state, fault]] of STATES.entries()) {
        const by = { base, n, key: keys[n] ?? "", call: await stack().as(`staff${n + 1}`, base) };
        await fault();
        const { replies, took } = await nPlusOne(name, by);
        await stack().redis.faults.clear();
        const last = replies.pop();
        const others = replies.filter(({ status }) => status === 429).length;
        expect({ state, others, ...problem(last!) }).toEqual({ state, others: 0, status: 429, code: "rate-limited" });
        const { requests, seconds } = LIMITS[name];
        expect(last?.headers.get("RateLimit-Policy")).toBe(`"${name}";q=${requests};w=${seconds}`);
        expect(last?.headers.get("RateLimit")).toBe(`"${name}";r=0;t=${seconds}`);
        expect(last?.headers.get("Retry-After")).toBe(String(seconds));
        // Waiting for a Redis that hangs would take seconds for each request, on a machine of any speed.
        if (state === "works") working = took;
        expect(took).toBeLessThan(1000 * replies.length + 5 * working);
      }
      await isolate.close();
    },
  );

  test("Callers of different addresses, persons and apps do not count for one another", async () => {
    const isolate = await stack().startIsolate({}, (binding, shipped) =>
      binding === "LIMIT_PERSON" || binding === "LIMIT_ADDRESS" ? N : shipped * 1000,
    );
    const base = `${isolate.url}/api/v1`;
    const from = (address: string) => apiAt(base)("GET", "/config", undefined, { "CF-Connecting-IP": address });
    await nPlusOne("address", { base, n: 0, key: "", call: apiAt(base) });
    expect((await from("2001:db8:0:10:ffff::2")).status).toBe(429);
    expect((await from("2001:db8:0:1::1")).status).toBe(200);
    const elsewhere = { "CF-Connecting-IP": "192.0.2.1" };
    const [one, two] = [await stack().as("patient191", base), await stack().as("patient192", base)];
    const other = { "CF-Connecting-IP": "192.0.2.2" };
    for (let n = 0; n < N; n++) expect((await one("GET", "/session", undefined, elsewhere)).status).toBe(200);
    expect((await one("GET", "/session", undefined, other)).status).toBe(429);
    expect((await two("GET", "/session", undefined, other)).status).toBe(200);
    await isolate.close();
  });
});
