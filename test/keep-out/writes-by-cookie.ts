import { expect, test } from "vitest";
import { GOOD_REQUESTS } from "#test/support/good-requests.ts";
import type { TestStack } from "#test/support/stack.ts";
import { DECLARED, keyOf } from "./authorization.ts";
import type { Visits } from "./visit.ts";

const UNSAFE = new Set(["post", "put", "patch", "delete"]);
const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-000000000000";

/** Values of a request's header, the good one first; null leaves it out. */
type Choices = readonly [string, ...(string | null)[]];

/** Cross-site writes by cookie, in every combination, and to every route; no origin may read an answer. */
export function writesByCookie(stack: () => TestStack, visits: Visits): void {
  const choices = (): Record<string, Choices> => ({
    Origin: [new URL(stack().urls.api).origin, "https://evil.example", "null", null, "http://127.0.0.1:1"],
    "Sec-Fetch-Site": ["same-origin", "same-site", "cross-site", "none", null],
    "X-Holdfast-Csrf": ["1", "0", null],
    "Content-Type": [
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      null,
    ],
  });
  const begin = async (account: string): Promise<string> => {
    const { headers } = await (await stack().logIn(account))("POST", "/session");
    return headers.get("Set-Cookie")?.split(";")[0] ?? "";
  };

  test("Of all combinations of origin, site, our header and content type, one may write by cookie", async () => {
    const cookie = await begin("patient5");
    const accepted: object[] = [];
    let tried = 0;
    for (const combination of combinations(choices())) {
      const headers = { Cookie: cookie, ...combination };
      const { status } = await visits.ask({ method: "POST", path: "/api/v1/holds", headers, body: "{}" });
      tried++;
      if (![403, 415].includes(status)) accepted.push(combination);
    }
    const good = Object.fromEntries(Object.entries(choices()).map(([name, [value]]) => [name, value]));
    expect(accepted).toEqual([good]);
    expect(tried).toBe(375);
  });

  test("Every route that writes refuses a cookie whose request lacks any one of them, before it looks at anything else", async () => {
    const cookies = { staff: await begin("staff1"), patient: await begin("patient5"), doctor: await begin("doctor4") };
    const good = Object.fromEntries(Object.entries(choices()).map(([name, [value]]) => [name, value]));
    const wrong: object[] = [];
    const routes = DECLARED.filter(({ method, roles }) => UNSAFE.has(method) && roles);
    for (const route of routes) {
      const path = `/api/v1${route.path.replaceAll(/\{\w+\}/g, NO_SUCH_ID)}`;
      for (const missing of ["Origin", "Sec-Fetch-Site", "X-Holdfast-Csrf"]) {
        const { [missing]: _, ...rest } = good;
        const headers = { Cookie: cookies[route.roles![0]], ...rest };
        const { status } = await visits.ask({ method: route.method.toUpperCase(), path, headers, body: "{}" });
        if (status !== 403) wrong.push({ route: keyOf(route), missing, status });
      }
    }
    expect(wrong).toEqual([]);
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.map(keyOf).filter((key) => !(key in GOOD_REQUESTS) && !key.endsWith("/session"))).toEqual([]);
  });

  test("No answer of any operation allows another origin to read it", async () => {
    const cookie = await begin("patient5");
    for (const origin of ["https://evil.example", "null", new URL(stack().urls.api).origin]) {
      for (const path of [
        "/api/v1/config",
        "/api/v1/session",
        "/api/v1/appointments",
        "/",
        "/holidays/IE.json",
        "/jobs/x",
      ]) {
        for (const method of ["GET", "OPTIONS"]) {
          const headers = { Origin: origin, Cookie: cookie, "Access-Control-Request-Method": "POST" };
          const answer = await visits.ask({ method, path, headers });
          const allowed = [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));
          expect({ method, path, origin, allowed }).toEqual({ method, path, origin, allowed: [] });
        }
      }
    }
  });
}

function* combinations(choices: Record<string, Choices>): Generator<Record<string, string>> {
  const [first, ...others] = Object.entries(choices);
  if (!first) return yield {};
  const [name, values] = first;
  for (const rest of combinations(Object.fromEntries(others))) {
    for (const value of values) yield value === null ? rest : { [name]: value, ...rest };
  }
}
