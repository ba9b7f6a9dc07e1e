import { describe, expect, test } from "vitest";
import { type Stranger, login } from "#dev/login.ts";
import { type Api, apiAt, nextSecond, useStack } from "../support/stack.ts";

describe("the first login of a person", () => {
  const stack = useStack();
  let people = 0;

  /** A patient's record without a login, or several. */
  async function record(email: string | null, more: { active?: boolean; count?: number } = {}): Promise<string[]> {
    const rows = await stack().sql<{ id: string }>(
      `insert into patients (number, name, date_of_birth, email, active)
       select 'FL-' || gen_random_uuid(), 'First Login', '1990-01-01', $1, $2 from generate_series(1, $3::int) returning id`,
      [email, more.active ?? true, more.count ?? 1],
    );
    return rows.map(({ id }) => id);
  }
  async function somebody(email: string, more: Partial<Stranger> = {}): Promise<{ call: Api; subject: string }> {
    const subject = more.subject ?? `auth0|first-login-${++people}`;
    const stranger = { name: "Whatever They Say", email, role: "patient" as const, ...more, subject };
    const { accessToken } = await login({ issuer: stack().urls.issuer, ...stack().auth, account: stranger });
    return { call: apiAt(stack().urls.api, accessToken), subject };
  }
  const counts = async () =>
    (
      await stack().sql(
        `select (select count(*) from people)::int as people, (select count(*) from audit where action <> 'access.refuse')::int as audit,
           (select count(*) from patients where person_id is not null)::int as linked`,
      )
    )[0];

  test("A verified address, in any case of its letters, opens the one record that has it, with one audit row", async () => {
    const [id] = await record("Mixed.Case@Example.org");
    const { call, subject } = await somebody("mixed.case@example.ORG");
    expect((await call("GET", "/appointments")).body.code).toBe("forbidden");
    const before = await counts();
    const begun = await call("POST", "/session");
    expect(begun).toMatchObject({ status: 201, body: { role: "patient", patientId: id, name: "First Login" } });
    expect(begun.headers.get("Set-Cookie")).toMatch(/^__Host-session=[\w-]{43};/);
    expect(await counts()).toEqual({
      people: before!["people"] + 1,
      audit: before!["audit"] + 1,
      linked: before!["linked"] + 1,
    });
    const trail = await stack().sql(
      `select u.action, u.entity, u.patient_id, u.after, p.subject, p.role from audit u join people p on p.id = u.actor_id
       where u.entity_id = $1`,
      [id],
    );
    expect(trail).toEqual([
      {
        action: "patient.link",
        entity: "patient",
        patient_id: id,
        after: { personId: begun.body.personId },
        subject,
        role: "patient",
      },
    ]);
    // From now on they are who they are, in one round trip.
    const sent = stack().neon.stats().httpRequests;
    expect((await call("POST", "/session")).body.patientId).toBe(id);
    expect(stack().neon.stats().httpRequests - sent).toBe(1);
    expect((await call("GET", "/appointments")).status).toBe(200);
  });

  test("An address of several merged records opens the record that they were merged into", async () => {
    const email = "again-and-again@example.org";
    const [kept, ...others] = await record(email, { count: 3 });
    const { call } = await somebody(email);
    expect((await call("POST", "/session")).body.code).toBe("ambiguous-patient-record");
    const staff = await stack().as("staff1");
    for (const id of others) {
      const change = { "If-Match": '"1"', "Idempotency-Key": crypto.randomUUID() };
      expect((await staff("POST", `/patients/${id}/merge`, { into: kept }, change)).status).toBe(200);
    }
    expect(await call("POST", "/session")).toMatchObject({ status: 201, body: { patientId: kept } });
  });

  test("A login of a merged record, and its session, belong to the target record", async () => {
    const email = "two-records@example.org";
    const [first] = await record(email);
    const { call } = await somebody(email);
    expect((await call("POST", "/session")).body.patientId).toBe(first);
    const [second] = await record(null);
    const staff = await stack().as("staff1");
    const change = { "If-Match": '"2"', "Idempotency-Key": crypto.randomUUID() };
    const done = await staff("POST", `/patients/${first}/merge`, { into: second }, change);
    expect(done).toMatchObject({ status: 200, body: { id: second, hasLogin: true, email } });
    expect((await call("GET", "/session")).body.patientId).toBe(second);
    expect((await call("POST", "/session")).body.patientId).toBe(second);
  });

  test("403 no-patient-record: An address that is not verified, or that no active record has, opens nothing", async () => {
    await record("unverified@example.org");
    await record("gone@example.org", { active: false });
    const before = await counts();
    for (const [email, emailVerified] of [
      ["unverified@example.org", false],
      ["gone@example.org", true],
      ["nobody@example.org", true],
    ] as const) {
      const { call } = await somebody(email, { emailVerified });
      expect(await call("POST", "/session")).toMatchObject({
        status: 403,
        body: { code: "no-patient-record", phone: expect.stringMatching(/^\+353/), emailVerified },
      });
      expect((await call("GET", "/session")).status).toBe(403);
    }
    expect(await counts()).toEqual(before);
  });

  test("403: Two records with one address are not opened, even when one of them has a login already", async () => {
    await record("family@example.org", { count: 2 });
    const before = await counts();
    const { call } = await somebody("family@example.org");
    expect(await call("POST", "/session")).toMatchObject({ status: 403, body: { code: "ambiguous-patient-record" } });
    expect(await counts()).toEqual(before);

    await record("parent@example.org");
    const parent = await somebody("parent@example.org");
    expect((await parent.call("POST", "/session")).status).toBe(201);
    await record("parent@example.org");
    const child = await somebody("parent@example.org");
    expect((await child.call("POST", "/session")).body.code).toBe("ambiguous-patient-record");
    // A person who was linked stays linked.
    expect((await parent.call("POST", "/session")).status).toBe(201);
  });

  test("Many first logins at the same time, of one subject or of several, link the record once", async () => {
    const [id] = await record("race@example.org");
    const same = await somebody("race@example.org");
    const other = await somebody("race@example.org");
    const replies = await Promise.all(
      [same, same, same, same, other, other].map(({ call }) => call("POST", "/session")),
    );
    const sames = replies.slice(0, 4).map(({ status }) => status);
    const others = replies.slice(4).map(({ status }) => status);
    expect([new Set(sames).size, new Set(others).size]).toEqual([1, 1]);
    expect([sames[0], others[0]].sort((a = 0, b = 0) => a - b)).toEqual([201, 403]);
    const linked = await stack().sql("select 1 from audit where action = 'patient.link' and entity_id = $1", [id]);
    expect(linked).toHaveLength(1);
  });

  test("403 forbidden: The address opens nothing for doctors and staff, because the clinic gives them the login", async () => {
    await record("doctor-to-be@example.org");
    const before = await counts();
    for (const role of ["doctor", "staff"] as const) {
      const { call } = await somebody("doctor-to-be@example.org", { role });
      expect((await call("POST", "/session")).body.code).toBe("forbidden");
    }
    expect(await counts()).toEqual(before);
  });

  test("403 forbidden: A token with another role than the clinic's record has no access and changes nothing", async () => {
    await stack().sql(
      "insert into people (subject, role, name) values ('auth0|really-patient', 'patient', 'P'), ('auth0|really-staff', 'staff', 'S')",
    );
    await record("role-change@example.org");
    const before = await counts();
    for (const [subject, role] of [
      ["auth0|really-patient", "staff"],
      ["auth0|really-patient", "doctor"],
      ["auth0|really-staff", "patient"],
    ] as const) {
      const { call } = await somebody("role-change@example.org", { subject, role });
      expect((await call("POST", "/session")).body.code).toBe("forbidden");
      expect((await call("GET", "/session")).body.code).toBe("forbidden");
    }
    expect(await counts()).toEqual(before);
  });

  test("403: The address of a patient who was switched off does not open the record again", async () => {
    const [id] = await record("switched-off@example.org");
    const { call, subject } = await somebody("switched-off@example.org");
    expect((await call("POST", "/session")).status).toBe(201);
    const staff = await stack().as("staff1");
    const read = await staff("GET", `/patients/${id}`);
    const off = await staff("PATCH", `/patients/${id}`, { active: false }, { "If-Match": read.headers.get("ETag")! });
    expect(off).toMatchObject({ status: 200, body: { active: false, hasLogin: true } });
    expect((await call("GET", "/appointments")).body.code).toBe("forbidden");
    expect((await call("POST", "/session")).body.code).toBe("forbidden");
    await staff("PATCH", `/patients/${id}`, { active: true }, { "If-Match": off.headers.get("ETag")! });
    // Their token is older than the end of their sessions; a new login counts.
    expect((await call("POST", "/session")).status).toBe(401);
    await nextSecond();
    const again = await somebody("switched-off@example.org", { subject });
    expect((await again.call("POST", "/session")).status).toBe(201);
  });
});
