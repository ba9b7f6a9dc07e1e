import { describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { type Api, apiAt, freeSlots, useStack } from "../support/stack.ts";

const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

describe("createDoctor, getDoctor, listDoctors, changeDoctor, giveDoctorLogin and endDoctorLogin", () => {
  const stack = useStack();
  const match = ({ headers }: { headers: Headers }) => ({ "If-Match": headers.get("ETag") ?? "" });
  const trailOf = (id: string) =>
    stack().sql<{ action: string; before: object | null; after: object | null }>(
      "select action, before, after from audit where entity_id = $1 order by id",
      [id],
    );
  const problem = ({ status, body }: { status: number; body: { code: string } }) => ({ status, code: body.code });

  async function somebody(subject: string, role: "doctor" | "patient", email: string): Promise<Api> {
    const account = { subject, role, name: "Whatever They Say", email };
    const { accessToken } = await login({ issuer: stack().urls.issuer, ...stack().auth, account });
    return apiAt(stack().urls.api, accessToken);
  }

  test("Staff add, change and switch off a doctor, and this closes the doctor's free slots", async () => {
    const staff = await stack().as("staff1");
    const made = await staff("POST", "/doctors", { name: "Dr Nolan", specialty: "Dermatology" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "Dr Nolan",
        specialty: "Dermatology",
        ownSlotMinutes: null,
        slotMinutes: 15,
        active: true,
        locationIds: [],
      },
    });
    const path = `/doctors/${made.body.id}`;
    const changed = await staff("PATCH", path, { slotMinutes: 20, specialty: "Skin" }, match(made));
    expect(changed.body).toMatchObject({ specialty: "Skin", ownSlotMinutes: 20, slotMinutes: 20 });
    expect((await staff("PATCH", path, { slotMinutes: 4 }, match(changed))).body.code).toBe("invalid-request");
    expect((await staff("PATCH", path, { name: "X" }, match(made))).body.code).toBe("version-conflict");
    expect((await stack().nobody("GET", "/doctors?specialty=Skin")).body.items).toHaveLength(1);

    await stack().sql(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
       select $1, l.id, x, x + interval '20 minutes', (x at time zone l.time_zone)::date, 'staff'
       from (select id, time_zone from locations limit 1) l, generate_series(now() + interval '5 days',
         now() + interval '5 days 2 hours', interval '20 minutes') x`,
      [made.body.id],
    );
    const off = await staff("PATCH", path, { active: false }, match(changed));
    expect(off).toMatchObject({ status: 200, body: { active: false } });
    expect((await stack().nobody("GET", "/doctors?specialty=Skin")).body.items).toEqual([]);
    expect((await staff("GET", "/doctors?specialty=Skin&status=inactive")).body.items).toHaveLength(1);
    expect((await staff("GET", "/doctors?status=all")).body.items).toHaveLength(13);
    const open = await stack().sql("select from slots where doctor_id = $1 and status = 'open'", [made.body.id]);
    expect(open).toHaveLength(0);
    expect((await trailOf(made.body.id)).map(({ action }) => action)).toEqual([
      "doctor.create",
      "doctor.change",
      "doctor.change",
    ]);
  });

  test("409 wrong-state: A doctor with appointments cannot be switched off, even when a patient books at that moment", async () => {
    const staff = await stack().as("staff1");
    const call = await stack().as("patient180");
    const [slot] = await freeSlots(stack(), 1);
    const { doctorId } = slot!;
    const read = await staff("GET", `/doctors/${doctorId}`);
    const refused = await staff("PATCH", `/doctors/${doctorId}`, { active: false }, match(read));
    expect(refused).toMatchObject({ status: 409, body: { code: "wrong-state", current: "active" } });
    expect(refused.body.appointments).toBeGreaterThan(0);
    expect((await staff("GET", `/doctors/${doctorId}`)).headers.get("ETag")).toBe(read.headers.get("ETag"));

    // A new doctor with one slot: either the booking or the switching off comes first, never both.
    for (let round = 0; round < 10; round++) {
      const made = await staff("POST", "/doctors", { name: `Dr Race ${round}`, specialty: "Racing" });
      const [own] = await stack().sql<{ id: string }>(
        `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
         select $1, l.id, x, x + interval '15 minutes', (x at time zone l.time_zone)::date, 'staff'
         from (select id, time_zone from locations limit 1) l, (select now() + make_interval(days => 40, hours => $2) as x) y
         returning id`,
        [made.body.id, round],
      );
      const held = await call("POST", "/holds", { slotId: own?.id });
      const [booked, off] = await Promise.all([
        call("POST", "/appointments", { holdId: held.body.id }),
        staff("PATCH", `/doctors/${made.body.id}`, { active: false }, match(made)),
      ]);
      expect([
        [201, 409],
        [409, 200],
      ]).toContainEqual([booked.status, off.status]);
    }
  });

  test("403 forbidden: A doctor who was switched off is logged out at once", async () => {
    const staff = await stack().as("staff1");
    const doctor = await stack().as("doctor12");
    const me = await doctor("GET", "/session");
    await stack().sql(
      `with own as (select id from appointments where doctor_id = $1 and slot_id is not null and ends_at > now()),
         freed as (update slots set appointment_id = null where appointment_id in (select id from own))
       update appointments set status = 'cancelled', slot_id = null, cancelled_by = 'clinic', cancel_code = 'closed'
       where id in (select id from own)`,
      [me.body.doctorId],
    );
    const read = await staff("GET", `/doctors/${me.body.doctorId}`);
    expect((await staff("PATCH", `/doctors/${me.body.doctorId}`, { active: false }, match(read))).status).toBe(200);
    expect((await doctor("GET", "/appointments")).body.code).toBe("forbidden");
    expect((await doctor("POST", "/session")).body.code).toBe("forbidden");
  });

  test("Staff give a doctor a login and end it. Sessions end, and the login can be given to another doctor", async () => {
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

  test("400, 404, 409, 412: A login in use, a doctor with a login, switched off or unknown, and an old version are refused", async () => {
    const staff = await stack().as("staff1");
    const doctor = await staff("POST", "/doctors", { name: "Dr Refused", specialty: "General practice" });
    const path = `/doctors/${doctor.body.id}/login`;
    const taken = await staff("POST", path, { subject: "auth0|patient2" }, match(doctor));
    expect(taken).toMatchObject({ status: 409, body: { code: "duplicate", errors: [{ pointer: "/subject" }] } });
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
});
