import { describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { type Reply, apiAt, useStack } from "../support/stack.ts";

describe("createStaff, changeStaff, getStaff and listStaff", () => {
  const stack = useStack();
  const match = ({ headers }: Pick<Reply, "headers">) => ({ "If-Match": headers.get("ETag") ?? "" });
  const problem = ({ status, body }: Reply) => ({ status, code: body.code });
  const tokenOf = async (account: Parameters<typeof login>[0]["account"], secondFactor = false) =>
    (await login({ issuer: stack().urls.issuer, ...stack().auth, account, secondFactor })).accessToken;
  const trail = (subject: string) =>
    stack().sql(
      "select a.action, a.after from audit a join people p on p.id = a.actor_id where p.subject = $1 and a.action in ('session.begin', 'access.refuse') order by a.id",
      [subject],
    );

  test("An administrator adds a person, makes them an administrator, and ends their login, each from the next request on", async () => {
    const administrator = await stack().as("staff1");
    const subject = "auth0|new-colleague";
    const stranger = { subject, name: "Nora New", email: "nora@liffey-clinic.example", role: "staff" } as const;
    const call = apiAt(stack().urls.api, await tokenOf(stranger));
    expect(problem(await call("POST", "/session"))).toEqual({ status: 403, code: "forbidden" });
    const made = await administrator("POST", "/staff", { name: "Nora New", subject });
    expect(made).toMatchObject({ status: 201, body: { administrator: false, active: true, subject } });
    const begun = await call("POST", "/session");
    expect(begun).toMatchObject({ status: 201, body: { role: "staff", administrator: false, name: "Nora New" } });
    const cookie = { Cookie: begun.headers.get("Set-Cookie")?.split(";")[0] ?? "" };
    const path = made.headers.get("Location")?.replace("/api/v1", "") ?? "";

    expect(problem(await call("POST", "/staff", { name: "X", subject: "auth0|x" }))).toEqual({
      status: 403,
      code: "forbidden",
    });
    const raised = await administrator("PATCH", path, { administrator: true }, match(made));
    expect(raised).toMatchObject({ status: 200, body: { administrator: true } });
    expect((await stack().nobody("GET", "/session", undefined, cookie)).body.administrator).toBe(true);
    expect((await call("PATCH", path, { name: "Nora Newer" }, match(raised))).status).toBe(200);

    const now = await call("GET", path);
    const ended = await administrator("PATCH", path, { active: false }, match(now));
    expect(ended).toMatchObject({ status: 200, body: { active: false } });
    expect((await stack().nobody("GET", "/session", undefined, cookie)).status).toBe(401);
    expect(problem(await call("GET", "/staff"))).toEqual({ status: 403, code: "forbidden" });
    expect(problem(await call("POST", "/session"))).toEqual({ status: 403, code: "forbidden" });
    await expect
      .poll(() => trail(subject))
      .toEqual([
        { action: "session.begin", after: { secondFactor: false } },
        { action: "access.refuse", after: { operation: "POST /api/v1/staff", role: "staff" } },
        { action: "access.refuse", after: { operation: "GET /api/v1/staff", role: "staff" } },
        { action: "access.refuse", after: { operation: "POST /api/v1/session", role: "staff" } },
      ]);
  });

  test("403 forbidden: patients and doctors see no accounts, which leaves an audit row each; other staff see them without logins", async () => {
    const seen = await (await stack().as("staff4"))("GET", "/staff?status=all");
    expect(seen.status).toBe(200);
    expect(seen.body.items.length).toBeGreaterThanOrEqual(5);
    expect(seen.body.items.every(({ subject }: { subject: unknown }) => subject === null)).toBe(true);
    for (const account of ["patient191", "doctor5"]) {
      expect(problem(await (await stack().as(account))("GET", "/staff"))).toEqual({ status: 403, code: "forbidden" });
      const role = account.replace(/\d+/, "");
      await expect
        .poll(() => trail(`auth0|${account}`))
        .toEqual([{ action: "access.refuse", after: { operation: "GET /api/v1/staff", role } }]);
    }
  });

  test("400, 404, 409, 412 and 428 name the reason: a taken login, an unknown account, an old version, the last administrator", async () => {
    const administrator = await stack().as("staff1");
    const taken = await administrator("POST", "/staff", { name: "X", subject: "auth0|patient2" });
    expect(taken).toMatchObject({ status: 409, body: { code: "duplicate", errors: [{ pointer: "/subject" }] } });
    const nowhere = `/staff/${crypto.randomUUID()}`;
    expect((await administrator("GET", nowhere)).status).toBe(404);
    expect((await administrator("PATCH", nowhere, { name: "X" }, { "If-Match": '"1"' })).status).toBe(404);
    const [one] = await stack().sql<{ id: string }>("select id from people where subject = 'auth0|staff1'");
    const path = `/staff/${one!.id}`;
    expect(problem(await administrator("PATCH", path, { name: "X" }))).toEqual({
      status: 428,
      code: "precondition-required",
    });
    expect(problem(await administrator("PATCH", path, { name: "X" }, { "If-Match": '"9"' }))).toEqual({
      status: 412,
      code: "version-conflict",
    });
    await stack().sql("update people set administrator = false where subject <> 'auth0|staff1'");
    const own = match(await administrator("GET", path));
    for (const changes of [{ active: false }, { administrator: false }]) {
      expect(await administrator("PATCH", path, changes, own)).toMatchObject({
        status: 409,
        body: { code: "wrong-state", current: "last-administrator" },
      });
    }
    for (const bad of [{}, { role: "doctor" }, { administrator: "yes" }]) {
      expect((await administrator("PATCH", path, bad, own)).status).toBe(400);
    }
  });

  test("403 step-up-required: with the setting on, an administrator logs in again with a second factor, by token or by cookie", async () => {
    const plain = await stack().as("staff1");
    const strong = apiAt(stack().urls.api, await tokenOf("staff1", true));
    const version = match(await plain("GET", "/policy"));
    const refused = await plain("PATCH", "/policy", { stepUpMinutes: 5 }, version);
    expect(refused).toMatchObject({ status: 403, body: { code: "step-up-required", minutes: 5 } });
    expect((await strong("PATCH", "/policy", { stepUpMinutes: 5 }, version)).status).toBe(200);
    try {
      const account = { name: "Step Up", subject: "auth0|step-up" };
      expect(problem(await plain("POST", "/staff", account))).toEqual({ status: 403, code: "step-up-required" });
      const ours = {
        Origin: new URL(stack().urls.api).origin,
        "Sec-Fetch-Site": "same-origin",
        "X-Holdfast-Csrf": "1",
      };
      const byCookie = async (call: typeof plain) => {
        const begun = await call("POST", "/session");
        const Cookie = begun.headers.get("Set-Cookie")?.split(";")[0] ?? "";
        return stack().nobody("POST", "/staff", account, { ...ours, Cookie });
      };
      expect(problem(await byCookie(plain))).toEqual({ status: 403, code: "step-up-required" });
      expect((await byCookie(strong)).status).toBe(201);
    } finally {
      await stack().sql("update policy set step_up_minutes = 0");
    }
  });
});
