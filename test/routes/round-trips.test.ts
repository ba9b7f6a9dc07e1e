import { beforeAll, describe, expect, test } from "vitest";
import { GOOD_REQUESTS } from "../support/good-requests.ts";
import { type Api, useStack } from "../support/stack.ts";

/** Operations without a session, or outside the API. */
const ELSEWHERE = ["GET /health", "GET /health/ready", "POST /session", "DELETE /session"];

describe("round trips", () => {
  const stack = useStack();
  // No notification is sent while round trips are counted.
  beforeAll(() => stack().sql("update policy set quiet_seconds = 3600, max_delay_seconds = 86400"));

  /** A caller with the session cookie, as the apps are. */
  async function signedIn(account: string): Promise<Api> {
    const bearer = await stack().as(account);
    const begun = await bearer("POST", "/session");
    const cookie = (begun.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    const headers = {
      Cookie: cookie,
      Origin: new URL(stack().urls.api).origin,
      "Sec-Fetch-Site": "same-origin",
      "X-Holdfast-Csrf": "1",
    };
    return (method, path, body, more) => stack().nobody(method, path, body, { ...headers, ...more });
  }

  test.each(Object.entries(GOOD_REQUESTS))(
    "%s stays within its budget, by cookie and by token",
    async (name, budget) => {
      for (const how of ["cookie", "token"] as const) {
        const call =
          how === "cookie"
            ? await signedIn(budget.account === "patient" ? "patient2" : budget.account)
            : await stack().as(budget.account === "patient" ? "patient200" : budget.account);
        // The isolate's key set and the database's connections are there before anything is counted.
        await call("GET", "/session");
        const count = () => {
          const neon = stack().neon.stats();
          return { database: neon.httpRequests, turns: neon.wsTurns, redis: stack().redis.stats().requests };
        };
        const sent = await budget.prepare(call, stack());
        // As after any other request of a page: this isolate has just seen the session.
        await call("GET", "/session");
        const before = count();
        const { delivered } = stack().qstash.stats();
        const reply = await call(name.split(" ")[0] ?? "", ...sent);
        const after = count();
        expect(reply.status).toBeLessThan(300);
        expect({ how, database: after.database - before.database, turns: after.turns - before.turns }).toEqual({
          how,
          database: budget.database,
          turns: budget.turns,
        });
        expect(after.redis - before.redis).toBe(0);
        // The job that was asked for would be counted with the next request.
        if (name.endsWith("/run-again")) {
          await expect.poll(() => stack().qstash.stats().delivered).toBeGreaterThan(delivered);
        }
      }
    },
  );

  test("A session that this isolate has not seen in the last seconds costs one Redis request, and then none", async () => {
    const isolate = await stack().startIsolate();
    const begun = await (await stack().as("patient2"))("POST", "/session");
    const Cookie = (begun.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    const costs: number[] = [];
    for (let n = 0; n < 3; n++) {
      const before = stack().redis.stats().requests;
      const { status } = await fetch(`${isolate.url}/api/v1/session`, { headers: { Cookie } });
      expect(status).toBe(200);
      costs.push(stack().redis.stats().requests - before);
    }
    await isolate.close();
    expect(costs).toEqual([1, 0, 0]);
  });

  test("Logging in and out cost at most one database round trip and one Redis request", async () => {
    const bearer = await stack().as("patient2");
    await bearer("GET", "/session");
    const before = { neon: stack().neon.stats().httpRequests, redis: stack().redis.stats().requests };
    const begun = await bearer("POST", "/session");
    expect(begun.status).toBe(201);
    expect(stack().neon.stats().httpRequests - before.neon).toBe(1);
    expect(stack().redis.stats().requests - before.redis).toBe(1);
  });

  test("The Worker asks its dependencies for their health at most once in two seconds", async () => {
    const before = { neon: stack().neon.stats().httpRequests, redis: stack().redis.stats().requests };
    const isolate = await stack().startIsolate();
    for (let i = 0; i < 20; i++) expect((await fetch(`${isolate.url}/api/v1/health/ready`)).status).toBe(200);
    expect(stack().neon.stats().httpRequests - before.neon).toBeLessThanOrEqual(2);
    expect(stack().redis.stats().requests - before.redis).toBeLessThanOrEqual(2);
  });

  test("Every route of the API has a budget", async () => {
    const { body } = await stack().nobody("GET", "/openapi.json");
    const routes = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.filter((route) => !(route in GOOD_REQUESTS) && !ELSEWHERE.includes(route))).toEqual([]);
    expect(routes.length).toBeGreaterThan(10);
  });
});
