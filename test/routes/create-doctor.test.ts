import { describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { type Api, apiAt, useStack } from "../support/stack.ts";

const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

describe("who logs in as a doctor or a patient", () => {
  const stack = useStack();
  const match = ({ headers }: { headers: Headers }) => ({ "If-Match": headers.get("ETag") ?? "" });
  const problem = ({ status, body }: { status: number; body: { code: string } }) => ({ status, code: body.code });

  async function somebody(subject: string, role: "doctor" | "patient", email: string): Promise<Api> {
    const account = { subject, role, name: "Whatever They Say", email };
    const { accessToken } = await login({ issuer: stack().urls.issuer, ...stack().auth, account });
    return apiAt(stack().urls.api, accessToken);
  }

  test("staff give a doctor a login and take it away again; sessions end, and the login can be another doctor's", async () => {
    const staff = await stack().as("staff1");
    const doctor = await staff("POST", "/doctors", { name: "Dr Login", specialty: "General practice" });
    const path = `/doctors/${doctor.body.id}/login`;
    const subject = "auth0|new-doctor";
    const call = await somebody(subject, "doctor", "new@doctors.example");
    expect(problem(await call("POST", "/session"))).toEqual({ status: 403, code: "forbidden" });

    const retry = { ...match(doctor), "Idempotency-Key": crypto.randomUUID() };
    const given = await staff("POST", path, { subject }, retry);
    expect(given).toMatchObject({ status: 200, body: { ...doctor.body, hasLogin: true } });
    expect(given.headers.get("ETag")).toBe('"2"');
    expect((await staff("POST", path, { subject }, retry)).body).toEqual(given.body);
    const begun = await call("POST", "/session");
    expect(begun).toMatchObject({ status: 201, body: { role: "doctor", doctorId: doctor.body.id, name: "Dr Login" } });
    const cookie = { Cookie: begun.headers.get("Set-Cookie")?.split(";")[0] ?? "" };
    expect((await stack().nobody("GET", "/session", undefined, cookie)).status).toBe(200);

    const ended = await staff("DELETE", path, undefined, match(given));
    expect(ended).toMatchObject({ status: 200, body: { ...doctor.body, hasLogin: false } });
    expect((await stack().nobody("GET", "/session", undefined, cookie)).status).toBe(401);
    expect(problem(await call("GET", "/appointments"))).toEqual({ status: 403, code: "forbidden" });
    // Nothing is left to end.
    expect((await staff("DELETE", path, undefined, match(ended))).headers.get("ETag")).toBe(ended.headers.get("ETag"));

    const other = await staff("POST", "/doctors", { name: "Dr Other", specialty: "General practice" });
    expect((await staff("POST", `/doctors/${other.body.id}/login`, { subject }, match(other))).status).toBe(200);
    expect((await call("POST", "/session")).body.doctorId).toBe(other.body.id);

    const trail = await stack().sql(
      "select action, before ->> 'personId' as before, after ->> 'personId' as after from audit where entity_id = $1 order by id",
      [doctor.body.id],
    );
    expect(trail).toEqual([
      { action: "doctor.create", before: null, after: null },
      { action: "doctor.link", before: null, after: begun.body.personId },
      { action: "doctor.unlink", before: begun.body.personId, after: null },
    ]);
  });

  test("a login that is somebody's, a doctor who has one, is off or not there, an old version: refused, and nothing changes", async () => {
    const staff = await stack().as("staff1");
    const doctor = await staff("POST", "/doctors", { name: "Dr Refused", specialty: "General practice" });
    const path = `/doctors/${doctor.body.id}/login`;
    const taken = await staff("POST", path, { subject: "auth0|patient2" }, match(doctor));
    expect(taken).toMatchObject({ status: 400, body: { errors: [{ pointer: "/subject" }] } });
    for (const subject of ["", "with space", "unlinked|x"]) {
      expect(problem(await staff("POST", path, { subject }, match(doctor)))).toEqual({
        status: 400,
        code: "invalid-request",
      });
    }
    const body = { subject: "auth0|refused" };
    expect(problem(await staff("POST", path, body))).toEqual({ status: 428, code: "precondition-required" });
    const old = { "If-Match": '"7"' };
    for (const reply of [await staff("POST", path, body, old), await staff("DELETE", path, undefined, old)]) {
      expect(problem(reply)).toEqual({ status: 412, code: "version-conflict" });
    }
    const missing = await staff("POST", `/doctors/${NO_SUCH_ID}/login`, body, match(doctor));
    expect(problem(missing)).toEqual({ status: 404, code: "not-found" });
    for (const account of ["patient2", "doctor1"]) {
      const call = await stack().as(account);
      expect(problem(await call("POST", path, body, match(doctor)))).toEqual({ status: 403, code: "forbidden" });
    }
    const given = await staff("POST", path, body, match(doctor));
    const twice = await staff("POST", path, { subject: "auth0|second" }, match(given));
    expect(twice).toMatchObject({ status: 409, body: { code: "wrong-state", current: "linked" } });
    const off = await staff("PATCH", `/doctors/${doctor.body.id}`, { active: false }, match(given));
    const ended = await staff("DELETE", path, undefined, match(off));
    const late = await staff("POST", path, { subject: "auth0|second" }, match(ended));
    expect(late).toMatchObject({ status: 409, body: { code: "wrong-state", current: "inactive" } });
    const known = await stack().sql("select from people where subject in ('auth0|refused', 'auth0|second')");
    expect(known).toEqual([]);
  });

  test("a login that opened the wrong patient's record is taken off it, and opens the right one at the next first login", async () => {
    const staff = await stack().as("staff1");
    const record = { dateOfBirth: "1990-01-01", email: "shared@patients.example" };
    const wrong = await staff("POST", "/patients", { name: "Wrong Record", ...record });
    const call = await somebody("auth0|mistaken", "patient", record.email);
    expect((await call("POST", "/session")).body.patientId).toBe(wrong.body.id);
    const linked = await staff("GET", `/patients/${wrong.body.id}`);
    const path = `/patients/${wrong.body.id}/login`;
    expect(problem(await staff("DELETE", path))).toEqual({ status: 428, code: "precondition-required" });
    const ended = await staff("DELETE", path, undefined, match(linked));
    expect(ended).toMatchObject({ status: 200, body: { ...linked.body, hasLogin: false } });
    expect(problem(await call("GET", "/appointments"))).toEqual({ status: 403, code: "forbidden" });

    await staff("PATCH", `/patients/${wrong.body.id}`, { email: null }, match(ended));
    const right = await staff("POST", "/patients", { name: "Right Record", ...record });
    expect((await call("POST", "/session")).body).toMatchObject({ patientId: right.body.id, name: "Right Record" });
  });
});
