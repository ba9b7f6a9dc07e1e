import { beforeAll, describe, expect, test } from "vitest";
import { PROBLEMS, PROBLEM_CODES } from "#contract/problem.ts";
import { login } from "#dev/login.ts";
import { checkTypes, generateClient } from "../client/generate.ts";
import { useStack } from "../support/stack.ts";

const stack = useStack();
const get = (path: string, init?: RequestInit) => fetch(new URL(path, stack().urls.patientApp), init);

/** The headers of every static file, as of every answer of the Worker. */
const SECURITY = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};

describe("the API's reference", () => {
  test.each(["/api/v1/openapi.json", "/api/v1/docs", "/problems/slot-taken", "/docs/scalar.js", "/favicon.svg"])(
    "%s is served with the security headers and an ETag, and as 304 to a client that has it.",
    async (path) => {
      const reply = await get(path);
      const headers = Object.fromEntries(reply.headers);
      expect(reply.status).toBe(200);
      expect(headers).toMatchObject(SECURITY);
      await reply.body?.cancel();
      const again = await get(path, { headers: { "If-None-Match": headers["etag"] ?? "" } });
      expect(again.status).toBe(304);
    },
  );

  test("The document and the pages may be cached, and load nothing from elsewhere.", async () => {
    for (const path of ["/api/v1/openapi.json", "/api/v1/docs", "/problems/slot-taken"]) {
      const reply = await get(path);
      expect(reply.headers.get("Cache-Control")).toBe("public, max-age=300");
      expect(reply.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    }
  });

  test("The document is OpenAPI 3.1, and its page shows it.", async () => {
    const document = await get("/api/v1/openapi.json");
    expect(document.headers.get("Content-Type")).toBe("application/json");
    expect(await document.json()).toMatchObject({ openapi: "3.1.0", servers: [{ url: "/api/v1" }] });
    expect(await (await get("/api/v1/docs")).text()).toContain('data-url="/api/v1/openapi.json"');
  });

  test("Every problem has a page, at both of its addresses.", async () => {
    for (const code of PROBLEM_CODES) {
      for (const path of [`/problems/${code}`, `/api/v1/problems/${code}`]) {
        const page = await get(path);
        expect([path, page.status, page.headers.get("Content-Type")]).toEqual([path, 200, "text/html; charset=utf-8"]);
        expect(await page.text()).toContain(`<h1>${PROBLEMS[code].title}</h1>`);
      }
    }
  });

  test("404 not-found: no page for a problem that does not exist.", async () => {
    for (const path of ["/problems/no-such-problem", "/api/v1/problems/no-such-problem", "/problems/"]) {
      const reply = await get(path);
      expect([reply.status, await reply.json()]).toMatchObject([404, { code: "not-found" }]);
    }
  });
});

/** Compiled by `checkTypes` with the generated client, which is not there before. */
const PROGRAM = "../client/main-job.ts";

interface Program {
  bookAndCancel(
    baseUrl: string,
    accessToken: string,
  ): Promise<{
    me: { role: string; patientId?: string };
    hold: { expiresInMs: number };
    booked: { id: string; patientId: string };
    listed: string[];
    status: string;
  }>;
  alternativesTo(baseUrl: string, accessToken: string, slotId: string): Promise<string[]>;
}

describe("a client generated from the OpenAPI document", () => {
  let program: Program;
  const tokenOf = async (account: string) =>
    (await login({ issuer: stack().urls.issuer, ...stack().auth, account })).accessToken;

  beforeAll(async () => {
    await generateClient();
    program = (await import(/* @vite-ignore */ PROGRAM)) as Program;
  });

  test("It compiles, and so does a program that uses it.", async () => {
    await checkTypes();
  });

  test("It does the main job: log in by token, availability, hold, confirm, list, cancel.", async () => {
    const { me, hold, booked, listed, status } = await program.bookAndCancel(
      stack().urls.api,
      await tokenOf("patient171"),
    );
    expect(me).toMatchObject({ role: "patient", patientId: booked.patientId });
    expect(hold.expiresInMs).toBeGreaterThan(0);
    expect(listed).toContain(booked.id);
    expect(status).toBe("cancelled");
  });

  test("409 slot-taken: it tells the refusal by its code and has the alternatives.", async () => {
    const call = await stack().as("patient172");
    const { body } = await call("POST", "/holds", {});
    const alternatives = await program.alternativesTo(stack().urls.api, await tokenOf("patient173"), body.slot.id);
    expect(alternatives).toHaveLength(3);
  });
});
