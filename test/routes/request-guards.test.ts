import { createPrivateKey, sign as rsaSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signRequest } from "#dev/qstash/signing.ts";
import { type Api, apiAt, freeSlots, useStack } from "../support/stack.ts";

const ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
const cursor = (position: object) => encodeURIComponent(Buffer.from(JSON.stringify(position)).toString("base64url"));
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("guards of single requests", () => {
  const stack = useStack();
  beforeAll(() => stack().sql("update policy set quiet_seconds = 3600, max_delay_seconds = 7200"));

  let ahead = 3;
  /** An appointment on a day of its own, of a patient without any visits of the seed's. */
  async function book(call: Api): Promise<{ id: string; etag: string }> {
    const from = new Date(Date.now() + ++ahead * 86_400_000).toISOString().slice(0, 10);
    const held = await call("POST", "/holds", { from });
    const booked = await call("POST", "/appointments", { holdId: held.body.id });
    expect(booked.status).toBe(201);
    return { id: booked.body.id, etag: booked.headers.get("ETag") ?? "" };
  }
  const statusOf = async (id: string) =>
    (await stack().sql<{ status: string }>("select status from appointments where id = $1", [id]))[0]?.status;

  /** An appointment that has lost its slot, with its case. */
  async function displaced(account: string): Promise<string> {
    const { id } = await book(await stack().as(account));
    await stack().sql(
      `update slots set appointment_id = null, status = 'closed', closed_by = 'holiday' where appointment_id = $1`,
      [id],
    );
    await stack().sql("update appointments set status = 'to-place', slot_id = null where id = $1", [id]);
    const [row] = await stack().sql<{ id: string }>(
      `insert into cases (appointment_id, reason, request_id, due_at)
       select id, 'holiday', 'test', starts_at from appointments where id = $1 returning id`,
      [id],
    );
    return row!.id;
  }

  describe("an idempotency key stands for one request", () => {
    test("422 idempotency-key-reused: The key of one appointment's cancellation does not cancel another appointment", async () => {
      const call = await stack().as("patient151");
      const [first, second] = [await book(call), await book(call)];
      const key = { "Idempotency-Key": crypto.randomUUID() };
      const cancel = ({ id, etag }: { id: string; etag: string }) =>
        call("POST", `/appointments/${id}/cancel`, {}, { ...key, "If-Match": etag });
      expect((await cancel(first)).status).toBe(200);
      expect(await cancel(second)).toMatchObject({ status: 422, body: { code: "idempotency-key-reused" } });
      expect(await statusOf(second.id)).toBe("booked");
      expect(await cancel(first)).toMatchObject({ status: 200, body: { id: first.id, status: "cancelled" } });
    });

    test("422 idempotency-key-reused: The key of a claim is not good for the release of that claim", async () => {
      const caseId = await displaced("patient152");
      const staff = await stack().as("staff2");
      const headers = { "Idempotency-Key": crypto.randomUUID(), "If-Match": '"1"' };
      expect((await staff("POST", `/cases/${caseId}/claim`, {}, headers)).status).toBe(200);
      expect(await staff("DELETE", `/cases/${caseId}/claim`, undefined, headers)).toMatchObject({
        status: 422,
        body: { code: "idempotency-key-reused" },
      });
      const [row] = await stack().sql("select claimed_by is not null as claimed from cases where id = $1", [caseId]);
      expect(row).toEqual({ claimed: true });
    });

    test("422 idempotency-key-reused: The key of one reason is not good for another reason", async () => {
      const call = await stack().as("patient153");
      const { id, etag } = await book(call);
      const headers = { "Idempotency-Key": crypto.randomUUID(), "If-Match": etag };
      const cancel = (code: string) =>
        call("POST", `/appointments/${id}/cancel`, { reason: { by: "patient", code } }, headers);
      expect((await cancel("better")).status).toBe(200);
      expect(await cancel("other")).toMatchObject({ status: 422, body: { code: "idempotency-key-reused" } });
      const [row] = await stack().sql("select cancel_code as code from appointments where id = $1", [id]);
      expect(row).toEqual({ code: "better" });
    });
  });

  describe("If-Match", () => {
    const send = async (headers: Record<string, string>) => {
      const call = await stack().as("patient154");
      const { id, etag } = await book(call);
      const told = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replaceAll("ETAG", etag)]),
      );
      const reply = await call("POST", `/appointments/${id}/cancel`, {}, told);
      return { status: reply.status, code: reply.body.code as string | undefined, left: await statusOf(id) };
    };
    const refused = (status: number, code: string) => ({ status, code, left: "booked" });

    test.each([
      ["missing", {}, refused(428, "precondition-required")],
      ["*, which is whatever there is", { "If-Match": "*" }, refused(428, "precondition-required")],
      ["* between spaces", { "If-Match": " * " }, refused(428, "precondition-required")],
      ["a weak tag", { "If-Match": "W/ETAG" }, refused(412, "version-conflict")],
      ["a tag without its quotes", { "If-Match": "1" }, refused(412, "version-conflict")],
      ["another version", { "If-Match": '"7"' }, refused(412, "version-conflict")],
      ["a list with * in it", { "If-Match": '"7", *' }, refused(412, "version-conflict")],
      [
        "eleven tags, of which one is right",
        { "If-Match": `${'"7", '.repeat(10)}ETAG` },
        refused(400, "invalid-request"),
      ],
    ])("An If-Match of %s changes nothing", async (_, headers, answer) => {
      expect(await send(headers)).toEqual(answer);
    });

    test.each([
      ["the version that was read", { "If-Match": "ETAG" }],
      ["ten tags, of which the last is right", { "If-Match": `${'"7", '.repeat(9)}ETAG` }],
    ])("An If-Match of %s is accepted", async (_, headers) => {
      expect(await send(headers)).toEqual({ status: 200, code: undefined, left: "cancelled" });
    });
  });

  describe("the address of a first login", () => {
    /** A caller with a token of the local issuer's whose claims are these. */
    async function withClaims(claims: (namespace: string) => Record<string, unknown>): Promise<Api> {
      const file = JSON.parse(await readFile(`${stack().dataDir}/identity/keys.json`, "utf8"));
      const [jwk] = file.keys ?? file;
      const role = String(stack().env.ROLE_CLAIM);
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: stack().urls.issuer,
        aud: stack().env.AUDIENCE,
        sub: `auth0|${crypto.randomUUID()}`,
        iat: now,
        exp: now + 300,
        [role]: "patient",
        ...claims(role.slice(0, role.lastIndexOf("/") + 1)),
      };
      const input = `${base64url({ alg: "RS256", typ: "at+jwt", kid: jwk.kid })}.${base64url(payload)}`;
      const signature = rsaSign("sha256", Buffer.from(input), createPrivateKey({ key: jwk, format: "jwk" }));
      return apiAt(stack().urls.api, `${input}.${signature.toString("base64url")}`);
    }
    async function record(): Promise<string> {
      const email = `${crypto.randomUUID()}@example.org`;
      await stack().sql(
        "insert into patients (number, name, date_of_birth, email) values ($1, 'First Login', '1990-01-01', $2)",
        [crypto.randomUUID(), email],
      );
      return email;
    }

    test("A verified address opens the record, so that every refusal below is for its own reason", async () => {
      const email = await record();
      const call = await withClaims((at) => ({ [`${at}email`]: email, [`${at}email_verified`]: true }));
      expect((await call("POST", "/session")).status).toBe(201);
    });

    test.each([["false"], ["true"], [1], [["true"]], [{}], [null], [undefined], ["yes"]])(
      "403 no-patient-record: An address is not verified when the claim is %j, and the record has no login",
      async (verified) => {
        const email = await record();
        const call = await withClaims((at) => ({ [`${at}email`]: email, [`${at}email_verified`]: verified }));
        expect(await call("POST", "/session")).toMatchObject({
          status: 403,
          body: { code: "no-patient-record", emailVerified: false },
        });
        const linked = await stack().sql("select from patients where email = $1 and person_id is not null", [email]);
        expect(linked).toHaveLength(0);
      },
    );

    test("403 no-patient-record: Claims outside the clinic's namespace do not verify an address", async () => {
      const email = await record();
      const call = await withClaims(() => ({ email, email_verified: true }));
      expect(await call("POST", "/session")).toMatchObject({ status: 403, body: { code: "no-patient-record" } });
    });
  });

  describe("a session", () => {
    const redis = async <Result>(...words: (string | number)[]): Promise<Result> => {
      const answer = await fetch(stack().urls.redisRest, {
        method: "POST",
        headers: { Authorization: `Bearer ${stack().env.UPSTASH_REDIS_REST_TOKEN}` },
        body: JSON.stringify(words.map(String)),
      });
      return ((await answer.json()) as { result: Result }).result;
    };
    interface Stored {
      subject: string;
      endsAt: number;
      idleSeconds: number;
    }
    /** A fresh session's cookie, and its entry in Redis. */
    async function begin(account: string) {
      const known = new Set(await redis<string[]>("KEYS", "session:*"));
      const reply = await (await stack().as(account))("POST", "/session");
      const [cookie = ""] = (reply.headers.get("Set-Cookie") ?? "").split(";");
      const key = (await redis<string[]>("KEYS", "session:*")).find((one) => !known.has(one))!;
      const stored = JSON.parse(await redis<string>("GET", key)) as Stored;
      const whoAmI = (base = stack().urls.api) => apiAt(base)("GET", "/session", undefined, { Cookie: cookie });
      const age = (change: Partial<Stored>, seconds = stored.idleSeconds) =>
        redis("SET", key, JSON.stringify({ ...stored, ...change }), "EX", seconds);
      return { reply, key, stored, whoAmI, age };
    }

    test("401 unauthenticated: A session ends after SESSION_HOURS, and no request moves that end", async () => {
      const { reply, key, stored, whoAmI, age } = await begin("patient155");
      const hours = Number(stack().env.SESSION_HOURS);
      expect(Math.abs(stored.endsAt - Date.now() - hours * 3_600_000)).toBeLessThan(30_000);
      expect(reply.headers.get("Set-Cookie")).toContain(`Max-Age=${hours * 3600}`);
      expect((await whoAmI()).status).toBe(200);
      expect(JSON.parse(await redis<string>("GET", key))).toEqual(stored);

      await age({ endsAt: Date.now() - 1 });
      // Of an isolate that has not just seen the session.
      const isolate = await stack().startIsolate();
      expect(await whoAmI(`${isolate.url}/api/v1`)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    });

    test("A session says that it ends at its absolute end if that is before its idle end", async () => {
      const { stored, whoAmI, age } = await begin("patient156");
      const endsAt = Date.now() + 60_000;
      expect(stored.idleSeconds * 1000).toBeGreaterThan(60_000);
      await age({ endsAt });
      const { status, body } = await whoAmI();
      expect({ status, expiresAt: Date.parse(body.expiresAt) }).toEqual({ status: 200, expiresAt: endsAt });
    });

    test("A session ends in Redis after the policy's minutes without a request, and each request starts them again", async () => {
      const { key, stored, whoAmI, age } = await begin("patient157");
      const [policy] = await stack().sql<{ minutes: number }>("select session_minutes as minutes from policy");
      expect(stored.idleSeconds).toBe(policy!.minutes * 60);
      await age({}, 100);
      expect(Number(await redis("TTL", key))).toBeLessThanOrEqual(100);
      expect((await whoAmI()).status).toBe(200);
      expect(Number(await redis("TTL", key))).toBeGreaterThan(stored.idleSeconds - 60);
    });
  });

  describe("a callback of the queue", () => {
    const post = (path: string, signature: string, body: string) =>
      fetch(new URL(path, stack().urls.patientApp), {
        method: "POST",
        headers: { "Content-Type": "application/json", "Upstash-Signature": signature },
        body,
      });
    const sign = (url: string, body: string) =>
      signRequest(String(stack().env.QSTASH_CURRENT_SIGNING_KEY), url, Buffer.from(body), Date.now());

    test("401: A callback of the queue is refused at another job, at another origin and with another body than were signed", async () => {
      const origin = String(stack().env.PUBLIC_URL);
      const signed = `${origin}/jobs/extend-horizon`;
      const cases: [string, string, string, string][] = [
        ["another job", "/jobs/notify", signed, "{}"],
        ["another origin", "/jobs/extend-horizon", "https://evil.example/jobs/extend-horizon", "{}"],
        ["the origin alone", "/jobs/extend-horizon", origin, "{}"],
        ["a query that is not there", "/jobs/extend-horizon", `${signed}?x=1`, "{}"],
        ["another body", "/jobs/extend-horizon", signed, "{} "],
      ];
      for (const [name, path, url, body] of cases) {
        expect({ name, status: (await post(path, await sign(url, body), "{}")).status }).toEqual({ name, status: 401 });
      }
      expect((await post("/jobs/extend-horizon", await sign(signed, "{}"), "{}")).status).toBe(204);
    });
  });

  describe("a write with the session's cookie", () => {
    let cookie: string;
    beforeAll(async () => {
      const reply = await (await stack().as("patient158"))("POST", "/session");
      [cookie = ""] = (reply.headers.get("Set-Cookie") ?? "").split(";");
    });
    const ours = () => ({
      Origin: new URL(stack().urls.api).origin,
      "Sec-Fetch-Site": "same-origin",
      "X-Holdfast-Csrf": "1",
      "Content-Type": "application/json",
      Cookie: cookie,
    });
    const heldBy = async () =>
      (await stack().sql("select from slots s join patients t on t.id = s.held_by where t.number is not null")).length;

    test.each(["cross-site", "same-site", "none", "SAME-ORIGIN", "same-origin, cross-site", ""])(
      "403 forbidden: A write by cookie with Sec-Fetch-Site %j is refused, even if all else is as our own pages send it",
      async (site) => {
        const before = await heldBy();
        const headers = { ...ours(), "Sec-Fetch-Site": site };
        expect(await stack().nobody("POST", "/holds", {}, headers)).toMatchObject({
          status: 403,
          body: { code: "forbidden" },
        });
        expect(await heldBy()).toBe(before);
      },
    );

    test("403 forbidden: A write by cookie from another page is refused without a body too, by any method that writes", async () => {
      const [slot] = await freeSlots(stack(), 1);
      const held = await stack().nobody("POST", "/holds", { slotId: slot?.id }, ours());
      expect(held.status).toBe(201);
      const { "Content-Type": _, ...plain } = ours();
      const headers = { ...plain, "Sec-Fetch-Site": "cross-site" };
      for (const [method, path] of [
        ["DELETE", `/holds/${held.body.id}`],
        ["DELETE", "/session?all=true"],
        ["PATCH", "/preferences"],
      ] as const) {
        const reply = await stack().nobody(method, path, undefined, headers);
        expect({ method, path, status: reply.status }).toEqual({ method, path, status: 403 });
      }
      expect((await stack().nobody("GET", `/holds/${held.body.id}`, undefined, { Cookie: cookie })).status).toBe(200);
    });
  });

  test("401 unauthenticated: A wrong token is refused at a public operation too", async () => {
    expect((await stack().nobody("GET", "/availability")).status).toBe(200);
    for (const authorization of ["Bearer a.b.c", "Bearer", "Basic YTpi"]) {
      const reply = await stack().nobody("GET", "/availability", undefined, { Authorization: authorization });
      expect(reply).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    }
  });

  test.each([
    ["a NUL in a query", "GET", "/doctors?specialty=%00", undefined, "/query/specialty"],
    ["a NUL in a body", "POST", "/holds", { specialty: "a\0b" }, "/specialty"],
    ["a NUL in a reason", "POST", "/appointments", { holdId: ID, reason: "a\0b" }, "/reason"],
    ["half a character", "POST", "/appointments", { holdId: ID, reason: "\ud83d" }, "/reason"],
    [
      "half a character deep down",
      "POST",
      "/appointments",
      { holdId: ID, override: { reason: "\ude00" } },
      "/override/reason",
    ],
    ["the year 0", "GET", "/availability?from=0000-01-01", undefined, "/query/from"],
    ["the year 1", "GET", "/availability?from=0001-01-01", undefined, "/query/from"],
    ["the year 0 of appointments", "GET", "/appointments?to=0000-01-01", undefined, "/query/to"],
    ["a hold at the end of time", "POST", "/holds", { from: "9999-12-31" }, "/from"],
    [
      "a cursor with a month too many",
      "GET",
      `/availability?cursor=${cursor({ date: "2026-13-45", startsAt: 1, id: ID })}`,
      undefined,
      "/query/cursor",
    ],
    [
      "a cursor on 30 February",
      "GET",
      `/availability?cursor=${cursor({ date: "2026-02-30", startsAt: 1, id: ID })}`,
      undefined,
      "/query/cursor",
    ],
    [
      "a cursor before all calendars",
      "GET",
      `/appointments?cursor=${cursor({ startsAt: Number.MIN_SAFE_INTEGER, id: ID })}`,
      undefined,
      "/query/cursor",
    ],
  ] as const)(
    "400 invalid-request: %s is refused, and the pointer says where it is",
    async (_, method, path, body, pointer) => {
      const reply = await (await stack().as("patient161"))(method, path, body);
      expect(reply).toMatchObject({ status: 400, body: { code: "invalid-request", errors: [{ pointer }] } });
    },
  );

  describe("a page of a list", () => {
    test("The page with the last row has no next page, even if it has as many rows as the limit", async () => {
      const call = await stack().as("patient159");
      const ids = [(await book(call)).id, (await book(call)).id];
      const page = async (query: string) => {
        const { body, headers } = await call("GET", `/appointments?${query}`);
        const items = body.items.map(({ id }: { id: string }) => id) as string[];
        return { items, next: body.nextCursor as string | null, link: headers.get("Link") };
      };
      for (const limit of [2, 3]) {
        expect(await page(`limit=${limit}`)).toEqual({ items: ids, next: null, link: null });
      }
      const first = await page("limit=1");
      expect(first).toMatchObject({ items: [ids[0]], link: expect.stringContaining('rel="next"') });
      expect(await page(`limit=1&cursor=${first.next}`)).toEqual({ items: [ids[1]], next: null, link: null });
    });
  });

  afterAll(() => stack().sql("update policy set quiet_seconds = 60, max_delay_seconds = 600"));
});
