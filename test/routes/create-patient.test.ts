import { describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { type Api, apiAt, freeSlots, useStack } from "../support/stack.ts";

const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

describe("createPatient, getPatient, changePatient, searchPatients, mergePatient and endPatientLogin", () => {
  const stack = useStack();
  const key = () => ({ "Idempotency-Key": crypto.randomUUID() });
  const match = (reply: { headers: Headers }) => ({ "If-Match": reply.headers.get("ETag") ?? "" });
  const trailOf = (id: string) =>
    stack().sql<{ action: string; before: object | null; after: object | null }>(
      "select action, before, after from audit where entity_id = $1 order by id",
      [id],
    );
  const ada = { name: "Ada Kelly", dateOfBirth: "1984-02-29", email: "ada@example.org", phone: "+353 1 555 0123" };

  test("Staff open, find, read, correct and switch off a patient's record, each step in the audit trail", async () => {
    const staff = await stack().as("staff1");
    const retry = key();
    const made = await staff("POST", "/patients", ada, retry);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...ada,
        number: expect.stringMatching(/^P-\d+$/),
        language: "en",
        active: true,
        hasLogin: false,
        mergedInto: null,
      },
    });
    expect(made.headers.get("ETag")).toBe('"1"');
    const { id } = made.body;
    expect(made.headers.get("Location")).toBe(`/api/v1/patients/${id}`);
    const again = await staff("POST", "/patients", ada, retry);
    expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: made.body });

    const found = await staff("GET", "/patients?q=kely%20ADA");
    expect(found.body.items.map((item: { id: string }) => item.id)).toContain(id);
    expect((await staff("GET", `/patients?dateOfBirth=1984-02-29&number=${made.body.number}`)).body.items).toEqual([
      made.body,
    ]);

    const read = await staff("GET", `/patients/${id}`);
    expect(read).toMatchObject({ status: 200, body: made.body });
    const changed = await staff("PATCH", `/patients/${id}`, { name: "Ada Byrne", phone: null }, match(read));
    expect(changed).toMatchObject({
      status: 200,
      body: { ...made.body, name: "Ada Byrne", phone: null, phoneE164: null },
    });
    expect(changed.headers.get("ETag")).toBe('"2"');
    const same = await staff("PATCH", `/patients/${id}`, { name: "Ada Byrne" }, match(changed));
    expect(same.headers.get("ETag")).toBe('"2"');
    const off = await staff("PATCH", `/patients/${id}`, { active: false }, match(same));
    expect(off.body.active).toBe(false);

    const trail = await trailOf(id);
    expect(trail.map(({ action }) => action)).toEqual([
      "patient.create",
      "patient.read",
      "patient.change",
      "patient.change",
    ]);
    expect(trail[2]).toMatchObject({
      before: { name: "Ada Kelly", phone: ada.phone, version: 1 },
      after: { name: "Ada Byrne", phone: null, version: 2 },
    });
    const [slot] = await freeSlots(stack(), 1);
    expect(await staff("POST", "/holds", { slotId: slot?.id, patientId: id })).toMatchObject({
      status: 409,
      body: { code: "wrong-state", current: "patient-inactive" },
    });
  });

  test("412 version-conflict: Of two changes of one record the second gets the other's name and time. 428 without a version", async () => {
    const one = await stack().as("staff1");
    const two = await stack().as("staff2");
    const { body, headers } = await one("POST", "/patients", { ...ada, email: null });
    const version = match({ headers });
    const replies = await Promise.all([
      one("PATCH", `/patients/${body.id}`, { name: "By One" }, version),
      two("PATCH", `/patients/${body.id}`, { name: "By Two" }, version),
    ]);
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
    const [winner] = replies.filter(({ status }) => status === 200);
    const loser = replies.find(({ status }) => status === 412);
    const account = winner === replies[0] ? "staff1" : "staff2";
    expect(loser?.body).toMatchObject({
      code: "version-conflict",
      changedBy: stack().accounts.find((known) => known.account === account)?.name,
      changedAt: expect.stringMatching(/^\d{4}-/),
    });
    expect((await one("GET", `/patients/${body.id}`)).body).toEqual(winner?.body);
    for (const without of [{}, { "If-Match": "*" }]) {
      expect((await one("PATCH", `/patients/${body.id}`, { name: "X" }, without)).body.code).toBe(
        "precondition-required",
      );
    }
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown member", { admin: true }, "/admin"],
    ["no name", { name: " " }, "/name"],
    ["two lines in the name", { name: "Ada\nKelly" }, "/name"],
    ["no such day", { dateOfBirth: "1983-02-29" }, "/dateOfBirth"],
    ["a day to come", { dateOfBirth: "2099-01-01" }, "/dateOfBirth"],
    ["a day too long ago", { dateOfBirth: "1066-10-14" }, "/dateOfBirth"],
    ["a name that cannot be seen", { name: "\u200b" }, "/name"],
    ["a name that turns the text around it", { name: "Anna \u202eyhpruM" }, "/name"],
    ["half an address", { email: "ada@" }, "/email"],
    ["a phone number that no country has", { phone: "12345" }, "/phone"],
    ["letters for a phone", { phone: "call me" }, "/phone"],
    ["too few digits", { phone: "+(12)" }, "/phone"],
    ["a language that is none", { language: "English!" }, "/language"],
  ])(
    "400 invalid-request: %s is refused, in a new record and in a change of one, and changes nothing",
    async (_, wrong, pointer) => {
      const staff = await stack().as("staff1");
      const made = await staff("POST", "/patients", { ...ada, email: null });
      const count = async () => (await stack().sql<{ n: string }>("select count(*) as n from patients"))[0]?.n;
      const before = await count();
      const problem = {
        status: 400,
        body: { code: "invalid-request", errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
      };
      expect(await staff("POST", "/patients", { ...ada, ...wrong })).toMatchObject(problem);
      expect(await staff("PATCH", `/patients/${made.body.id}`, wrong, match(made))).toMatchObject(problem);
      expect(await count()).toBe(before);
      expect((await staff("GET", `/patients/${made.body.id}`)).headers.get("ETag")).toBe('"1"');
    },
  );

  test("409 duplicate: A number that another patient has, in a new record and in a change of one", async () => {
    const staff = await stack().as("staff1");
    const made = await staff("POST", "/patients", { ...ada, email: null });
    const problem = { status: 409, body: { code: "duplicate", errors: [{ pointer: "/number" }] } };
    expect(await staff("POST", "/patients", { ...ada, number: "LC-10000" })).toMatchObject(problem);
    const change = staff("PATCH", `/patients/${made.body.id}`, { number: "LC-10000" }, match(made));
    expect(await change).toMatchObject(problem);
    const otherwise = await staff("POST", "/patients", { ...ada, number: "lc 10000" });
    expect(otherwise).toMatchObject(problem);
  });

  test("201: A number and an address are shown as they were typed, and kept as they are called and mailed to", async () => {
    const staff = await stack().as("staff1");
    const typed = { email: " ada@müller.example ", phone: "\u202a(01)\u00a0555\u20110188 ext. 4\u202c" };
    const made = await staff("POST", "/patients", { ...ada, dateOfBirth: "1984-03-01", ...typed });
    const shown = { email: "ada@müller.example", phone: "(01)\u00a0555\u20110188 ext. 4", phoneE164: "+35315550188" };
    expect(made).toMatchObject({ status: 201, body: shown });
    expect(await stack().sql("select email, e164 from patients where id = $1", [made.body.id])).toEqual([
      { email: "ada@xn--mller-kva.example", e164: "+35315550188" },
    ]);
    const same = await staff(
      "PATCH",
      `/patients/${made.body.id}`,
      { email: shown.email, phone: shown.phone },
      match(made),
    );
    expect(same.headers.get("ETag")).toBe('"1"');
  });

  test("201: Registering a person who has a record already says so, and is not refused", async () => {
    const staff = await stack().as("staff1");
    const eve = { name: "Eve Onlyonce", dateOfBirth: "1971-05-06", phone: "01 555 0144" };
    const retry = key();
    const first = await staff("POST", "/patients", eve);
    expect(first.body).not.toHaveProperty("possibleDuplicates");
    const again = await staff("POST", "/patients", { ...eve, name: "Onlyonce, Eve" }, retry);
    const { id, number, name, dateOfBirth, active } = first.body;
    const same = ["name", "dateOfBirth", "phone"];
    expect(again).toMatchObject({
      status: 201,
      body: { possibleDuplicates: [{ id, number, name, dateOfBirth, active, same }] },
    });
    expect((await staff("POST", "/patients", { ...eve, name: "Onlyonce, Eve" }, retry)).body).toEqual(again.body);
    expect((await staff("GET", `/patients/${again.body.id}`)).body).not.toHaveProperty("possibleDuplicates");
    for (const q of ["__", "%", "🙂"]) {
      expect((await staff("GET", `/patients?q=${encodeURIComponent(q)}`)).body).toEqual({
        items: [],
        nextCursor: null,
      });
    }
  });

  test("400, 404, 409: An empty change, an unknown record and a merged record are refused", async () => {
    const staff = await stack().as("staff1");
    const kept = await staff("POST", "/patients", { ...ada, email: null });
    const gone = await staff("POST", "/patients", { ...ada, email: null });
    await stack().sql("update patients set active = false, merged_into = $2 where id = $1", [
      gone.body.id,
      kept.body.id,
    ]);
    expect((await staff("PATCH", `/patients/${kept.body.id}`, {}, match(kept))).body.code).toBe("invalid-request");
    expect((await staff("PATCH", `/patients/${NO_SUCH_ID}`, { name: "X" }, match(kept))).body.code).toBe("not-found");
    expect((await staff("GET", `/patients/${NO_SUCH_ID}`)).body.code).toBe("not-found");
    expect(await staff("PATCH", `/patients/${gone.body.id}`, { active: true }, match(gone))).toMatchObject({
      status: 409,
      body: { code: "wrong-state", current: "merged" },
    });
    expect((await staff("GET", `/patients/${gone.body.id}`)).body).toMatchObject({
      mergedInto: kept.body.id,
      active: false,
    });
    const listed = (await staff("GET", `/patients?number=${gone.body.number}`)).body.items;
    expect(listed.map(({ id }: { id: string }) => id)).not.toContain(gone.body.id);
  });

  test("Staff merge two records of one patient. The source names the target, search finds only the target, the audit trail has both", async () => {
    const staff = await stack().as("staff1");
    const name = "Twyce Mergington";
    const gone = await staff("POST", "/patients", { ...ada, name, email: null });
    const kept = await staff("POST", "/patients", { ...ada, name, phone: null });
    const [slot] = await freeSlots(stack(), 1);
    const held = await staff("POST", "/holds", { slotId: slot?.id, patientId: gone.body.id });
    const booked = await staff("POST", "/appointments", { holdId: held.body.id, patientId: gone.body.id });
    expect(booked.status).toBe(201);
    const path = `/patients/${gone.body.id}/merge`;
    const body = { into: kept.body.id, intoVersion: 1, reason: "Registered twice" };

    expect(await staff("POST", path, body)).toMatchObject({ status: 428, body: { code: "precondition-required" } });
    const late = await staff("POST", path, body, { "If-Match": '"9"', ...key() });
    expect(late).toMatchObject({ status: 412, body: { code: "version-conflict", patientId: gone.body.id } });
    for (const [wrong, pointer] of [
      [{ ...body, into: gone.body.id }, "/into"],
      [{ ...body, into: NO_SUCH_ID }, "/into"],
      [{ reason: "Into whom?" }, "/into"],
      [{ ...body, reason: " " }, "/reason"],
      [{ ...body, force: true }, "/force"],
    ] as const) {
      const refused = await staff("POST", path, wrong, { ...match(gone), ...key() });
      expect(refused).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ pointer })] } });
    }
    expect((await staff("POST", `/patients/${NO_SUCH_ID}/merge`, body, match(gone))).body.code).toBe("not-found");

    const retry = { ...match(gone), ...key() };
    const done = await staff("POST", path, body, retry);
    const { possibleDuplicates, ...record } = kept.body;
    const isTheOther = expect.objectContaining({ id: gone.body.id, same: ["name", "dateOfBirth"] });
    expect(possibleDuplicates).toContainEqual(isTheOther);
    expect(done).toMatchObject({ status: 200, body: { ...record, phone: ada.phone, phoneE164: "+35315550123" } });
    expect(done.headers.get("ETag")).toBe('"2"');
    expect((await staff("POST", path, body, retry)).body).toEqual(done.body);
    expect(await staff("POST", path, body, { "If-Match": '"2"', ...key() })).toMatchObject({
      status: 409,
      body: { code: "wrong-state", current: "merged", patientId: gone.body.id },
    });

    expect((await staff("GET", `/patients/${gone.body.id}`)).body).toMatchObject({
      active: false,
      mergedInto: kept.body.id,
    });
    const found = await staff("GET", `/patients?q=${encodeURIComponent(name)}`);
    expect(found.body.items).toEqual([done.body]);
    const theirs = await staff("GET", `/appointments?patientId=${kept.body.id}`);
    expect(theirs.body.items).toMatchObject([{ id: booked.body.id, patientId: kept.body.id, status: "booked" }]);
    const trail = async (subject: string) =>
      (await staff("GET", `/audit?subject=${subject}`)).body.items.map(
        (row: { action: string; subject: { id: string } | null }) => row.action,
      ) as string[];
    expect(await trail(gone.body.id)).toEqual(expect.arrayContaining(["patient.create", "hold", "patient.merge"]));
    const all = await trail(kept.body.id);
    expect(all.filter((action) => action === "patient.create")).toHaveLength(2);
    expect(all.filter((action) => action === "patient.merge")).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining(["appointment.confirm", "appointment.merge"]));
  });

  test("The list has every patient once on its pages, in one order", async () => {
    const staff = await stack().as("staff1");
    const ids: string[] = [];
    let path: string | null = "/patients?limit=40";
    while (path) {
      const page = await staff("GET", path);
      expect(page.status).toBe(200);
      ids.push(...page.body.items.map(({ id }: { id: string }) => id));
      const link = /<\/api\/v1([^>]+)>; rel="next"/.exec(page.headers.get("Link") ?? "")?.[1] ?? null;
      expect(link !== null).toBe(page.body.nextCursor !== null);
      path = link;
    }
    const all = await stack().sql<{ id: string }>(
      "select id from patients where merged_into is null order by name_search, id",
    );
    expect(ids).toEqual(all.map(({ id }) => id));
    expect((await staff("GET", "/patients?cursor=nonsense")).body.code).toBe("invalid-request");
  });

  test("403 forbidden for patients and doctors, 401 unauthenticated without a login, at every operation on records", async () => {
    const doors = [
      ["GET", "/patients?q=ada"],
      ["GET", `/patients/${NO_SUCH_ID}`],
      ["POST", "/patients", ada],
      ["PATCH", `/patients/${NO_SUCH_ID}`, { name: "X" }],
      ["POST", `/patients/${NO_SUCH_ID}/merge`, { into: NO_SUCH_ID }],
      ["POST", "/doctors", { name: "Dr X", specialty: "Y" }],
      ["GET", `/doctors/${NO_SUCH_ID}`],
      ["PATCH", `/doctors/${NO_SUCH_ID}`, { name: "X" }],
      ["GET", "/doctors?status=all"],
    ] as const;
    for (const [method, path, body] of doors) {
      for (const account of ["patient2", "doctor1"]) {
        const refused = await (await stack().as(account))(method, path, body);
        expect({ account, path, code: refused.body.code }).toEqual({ account, path, code: "forbidden" });
      }
      expect({ path, code: (await stack().nobody(method, path, body)).body.code }).toEqual({
        path,
        code: "unauthenticated",
      });
    }
  });

  const problem = ({ status, body }: { status: number; body: { code: string } }) => ({ status, code: body.code });
  async function somebody(subject: string, role: "doctor" | "patient", email: string): Promise<Api> {
    const account = { subject, role, name: "Whatever They Say", email };
    const { accessToken } = await login({ issuer: stack().urls.issuer, ...stack().auth, account });
    return apiAt(stack().urls.api, accessToken);
  }

  test("A login that opened the wrong record is unlinked, and opens the right record at the next first login", async () => {
    const staff = await stack().as("staff1");
    const record = { dateOfBirth: "1990-01-01", email: "shared@patients.example" };
    const wrong = await staff("POST", "/patients", { name: "Wrong Record", ...record });
    const call = await somebody("auth0|mistaken", "patient", record.email);
    expect((await call("POST", "/session")).body.patientId).toBe(wrong.body.id);
    const linked = await staff("GET", `/patients/${wrong.body.id}`);
    const path = `/patients/${wrong.body.id}/login`;
    expect(problem(await staff("DELETE", path))).toEqual({ status: 428, code: "precondition-required" });
    const ended = await staff("DELETE", path, undefined, match(linked));
    const { stillBooked, ...shown } = linked.body;
    expect(stillBooked).toBeNull();
    expect(ended).toMatchObject({ status: 200, body: { ...shown, hasLogin: false } });
    expect(problem(await call("GET", "/appointments"))).toEqual({ status: 403, code: "forbidden" });

    await staff("PATCH", `/patients/${wrong.body.id}`, { email: null }, match(ended));
    const right = await staff("POST", "/patients", { name: "Right Record", ...record });
    expect((await call("POST", "/session")).body).toMatchObject({ patientId: right.body.id, name: "Right Record" });
  });

  test("403 no-patient-record: A login that staff end and block is not linked again until staff allow it", async () => {
    const staff = await stack().as("staff1");
    const email = "blocked@patients.example";
    const made = await staff("POST", "/patients", { name: "Blocked Login", dateOfBirth: "1990-01-01", email });
    const path = `/patients/${made.body.id}`;
    const call = await somebody("auth0|blocked", "patient", email);
    expect((await call("POST", "/session")).status).toBe(201);
    const ended = await staff("DELETE", `${path}/login?block=true`, undefined, match(await staff("GET", path)));
    expect(ended).toMatchObject({ status: 200, body: { hasLogin: false, loginBlocked: true } });
    const again = await staff("DELETE", `${path}/login?block=true`, undefined, match(ended));
    expect(again.headers.get("ETag")).toBe(ended.headers.get("ETag"));

    for (const login of [call, await somebody("auth0|blocked-too", "patient", email)]) {
      expect(problem(await login("POST", "/session"))).toEqual({ status: 403, code: "no-patient-record" });
    }
    const allowed = await staff("PATCH", path, { loginBlocked: false }, match(again));
    expect(allowed).toMatchObject({ status: 200, body: { loginBlocked: false } });
    expect((await call("POST", "/session")).body.patientId).toBe(made.body.id);

    // A record without a login can be closed to logins as well.
    const other = await staff("POST", "/patients", { name: "Closed", dateOfBirth: "1990-01-01", email: "c@c.example" });
    const closed = await staff("DELETE", `/patients/${other.body.id}/login?block=true`, undefined, match(other));
    expect(closed.body).toMatchObject({ hasLogin: false, loginBlocked: true });
  });
});
