import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { shippedDocument } from "../support/conformance.ts";
import { GOOD_REQUESTS } from "../support/good-requests.ts";
import { freeSlots, useStack } from "../support/stack.ts";
import { signToken } from "../support/tokens.ts";

const stack = useStack();
// No notification is sent in between: only the round trips of the tests must be counted.
beforeAll(() => stack().sql("update policy set quiet_seconds = 3600, max_delay_seconds = 86400"));
const personOf = async (account: string) => {
  const rows = await stack().sql<{ id: string; name: string }>("select id, name from people where subject = $1", [
    `auth0|${account}`,
  ]);
  return rows[0]!;
};
const patientIdOf = (account: string) => stack().accounts.find((known) => known.account === account)!.patientId!;
const entriesSince = async (id: string | undefined) =>
  stack().sql<{
    action: string;
    actor_id: string;
    patient_id: string | null;
    entity: string;
    entity_id: string;
    after: unknown;
  }>(
    "select action, actor_id, patient_id, entity, entity_id, after from audit where $1::uuid is null or id > $1::uuid order by id",
    [id ?? null],
  );
const newest = async () => (await stack().sql<{ id: string }>("select id from audit order by id desc limit 1"))[0]?.id;
const book = async (account: string) => {
  const call = await stack().as(account);
  const [slot] = await freeSlots(stack(), 1);
  const held = await call("POST", "/holds", { slotId: slot?.id });
  const booked = await call("POST", "/appointments", { holdId: held.body.id });
  expect(booked.status).toBe(201);
  return booked.body as { id: string; doctorId: string; patientId: string };
};

describe("the audit trail", () => {
  test("Staff who read a patient's record or appointments leave one entry each, with actor and patient", async () => {
    const { id } = await book("patient191");
    const subject = patientIdOf("patient191");
    const staff = await stack().as("staff1");
    const { id: actor } = await personOf("staff1");
    const before = await newest();
    for (const path of [`/patients/${subject}`, `/appointments/${id}`, `/appointments?patientId=${subject}`]) {
      expect((await staff("GET", path)).status).toBe(200);
    }
    const common = { actor_id: actor, patient_id: subject, after: null };
    expect(await entriesSince(before)).toEqual([
      { ...common, action: "patient.read", entity: "patient", entity_id: subject },
      { ...common, action: "appointment.read", entity: "appointment", entity_id: id },
      { ...common, action: "appointment.list", entity: "patient", entity_id: subject },
    ]);
  });

  test("A doctor's reading is noted too. A patient's reading of the own data is not, nor a list without rows", async () => {
    const { id, doctorId } = await book("patient192");
    const doctor = stack().accounts.find((known) => known.doctorId === doctorId)!;
    const other = stack().accounts.find(({ role, doctorId: own }) => role === "doctor" && own !== doctorId)!;
    const before = await newest();
    expect((await (await stack().as(doctor.account))("GET", `/appointments/${id}`)).status).toBe(200);
    expect((await (await stack().as("patient192"))("GET", `/appointments/${id}`)).status).toBe(200);
    expect((await (await stack().as("patient192"))("GET", "/appointments")).status).toBe(200);
    expect((await (await stack().as(other.account))("GET", `/appointments/${id}`)).status).toBe(404);
    expect(await entriesSince(before)).toMatchObject([
      { action: "appointment.read", actor_id: (await personOf(doctor.account)).id, entity_id: id },
    ]);
  });

  test("A mixed list names every patient shown, once in five minutes for the same reader and patients", async () => {
    await book("patient193");
    await book("patient194");
    const staff = await stack().as("staff2");
    const before = await newest();
    const list = await staff("GET", "/appointments?when=upcoming&limit=200");
    await staff("GET", "/appointments?when=upcoming&limit=200");
    const items = list.body.items as { patientId: string }[];
    const shown = [...new Set(items.map(({ patientId }) => patientId))].sort();
    expect(shown).toContain(patientIdOf("patient193"));
    const entries = await entriesSince(before);
    expect(entries).toMatchObject([{ action: "appointment.list", patient_id: null, after: { patientIds: shown } }]);
    // Found again by its patient.
    const trail = await staff("GET", `/audit?subject=${patientIdOf("patient193")}&action=appointment.list`);
    expect(trail.body.items).toMatchObject([{ action: "appointment.list", after: { patientIds: shown } }]);
  });

  test("A list of late openings names the candidates", async () => {
    const [doctor] = await stack().sql<{ id: string }>(
      "insert into doctors (name, specialty) values ('Dr Late', 'Lateness') returning id",
    );
    // One free in five hours, one in four days, which the patient has.
    const slots = await stack().sql<{ id: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin, late_opening)
       select $1, l.id, x, x + interval '15 minutes', (x at time zone l.time_zone)::date, 'staff', late
       from (select id, time_zone from locations limit 1) l,
         (values (now() + interval '5 hours', true), (now() + interval '4 days', false)) y (x, late) returning id`,
      [doctor?.id],
    );
    const call = await stack().as("patient196");
    const held = await call("POST", "/holds", { slotId: slots[1]?.id });
    expect((await call("POST", "/appointments", { holdId: held.body.id })).status).toBe(201);
    const staff = await stack().as("staff1");
    const before = await newest();
    const list = await staff("GET", `/late-openings?doctorId=${doctor?.id}`);
    const subject = patientIdOf("patient196");
    expect(list.body.items).toMatchObject([{ candidates: [{ patientId: subject }] }]);
    expect(await entriesSince(before)).toMatchObject([
      { action: "late-openings.list", patient_id: null, after: { patientIds: [subject] } },
    ]);
  });
});

describe("getBoard", () => {
  test("Staff read the board of up to seven days, with 304 while it is unchanged; doctors their own; patients none", async () => {
    const { id } = await book("patient197");
    const [row] = await stack().sql<{ date: string; doctorId: string }>(
      `select s.clinic_date::text as date, s.doctor_id as "doctorId" from slots s where s.appointment_id = $1`,
      [id],
    );
    const { date = "", doctorId = "" } = row ?? {};
    const path = `/board?from=${date}&to=${date}`;
    const staff = await stack().as("staff3");
    const { status, headers, body } = await staff("GET", path);
    expect([status, headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
    const mine = body.appointments.find((one: { id: string }) => one.id === id);
    expect(mine).toMatchObject({ status: "booked", version: 1, doctorId, patientId: patientIdOf("patient197") });
    expect(body.slots.find((one: { id: string }) => one.id === mine.slotId)).toMatchObject({ state: "booked", date });
    expect(mine.startsAt).toMatch(new RegExp(`^${date}T`));

    const etag = { "If-None-Match": headers.get("ETag") ?? "" };
    expect((await staff("GET", path, undefined, etag)).status).toBe(304);
    const cancelled = { reason: { by: "clinic", code: "staffing" } };
    expect((await staff("POST", `/appointments/${id}/cancel`, cancelled, { "If-Match": '"1"' })).status).toBe(200);
    expect((await staff("GET", path, undefined, etag)).status).toBe(200);

    const doctor = stack().accounts.find(({ role, doctorId: own }) => role === "doctor" && own !== doctorId)!;
    const own = await (await stack().as(doctor.account))("GET", path);
    expect(own.body.doctors.every((one: { id: string }) => one.id === doctor.doctorId)).toBe(true);
    expect((await (await stack().as("patient197"))("GET", path)).status).toBe(403);
    expect((await staff("GET", "/board?from=2026-12-01&to=2026-12-07")).status).toBe(200);
    for (const to of ["2026-12-08", "2026-11-30"]) {
      const refused = await staff("GET", `/board?from=2026-12-01&to=${to}`);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, "/query/to"]);
    }
  });
});

describe("readAudit", () => {
  test("Staff read who did what to which patient, by any filter, newest first, with names, before and after", async () => {
    const { id } = await book("patient195");
    const subject = patientIdOf("patient195");
    const actor = await personOf("patient195");
    const staff = await stack().as("staff1");
    const booked = await staff("GET", `/audit?entityId=${id}`);
    expect(booked.body.items).toMatchObject([
      {
        action: "appointment.confirm",
        entity: "appointment",
        actorId: actor.id,
        actorName: actor.name,
        actorRole: "patient",
        subjectId: subject,
        subjectName: actor.name,
        before: null,
        after: { status: "booked", patientId: subject },
        reason: null,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
    const actions = async (query: string) =>
      (await staff("GET", `/audit?limit=200&${query}`)).body.items.map(({ action }: { action: string }) => action);
    expect(await actions(`actor=${actor.id}`)).toEqual(["appointment.confirm", "hold"]);
    expect(await actions(`subject=${subject}&action=appointment.`)).toContain("appointment.confirm");
    expect(new Set(await actions("action=hold"))).toEqual(new Set(["hold"]));
    const today = booked.body.items[0].at.slice(0, 10);
    expect(await actions(`actor=${actor.id}&from=${today}&to=${today}`)).toHaveLength(2);
    expect(await actions(`actor=${actor.id}&to=2020-01-01`)).toEqual([]);
    expect(await actions(`actor=${actor.id}&from=2099-01-01`)).toEqual([]);
    for (const bad of ["actor=me", "action=DROP", "from=yesterday", "who=me", "cursor=x", "limit=201"]) {
      expect({ bad, code: (await staff("GET", `/audit?${bad}`)).body.code }).toEqual({ bad, code: "invalid-request" });
    }
  });

  test("Reading a patient's trail is noted once, not for each page", async () => {
    const subject = patientIdOf("patient195");
    const staff = await stack().as("staff3");
    const before = await newest();
    const first = await staff("GET", `/audit?subject=${subject}&limit=1`);
    expect(first.body.nextCursor).not.toBeNull();
    await staff("GET", `/audit?subject=${subject}&limit=1&cursor=${first.body.nextCursor}`);
    expect(await entriesSince(before)).toMatchObject([{ action: "audit.read", patient_id: subject }]);
  });

  test("Every entry is on one page, also entries of the same microsecond", async () => {
    await stack().sql(
      `insert into audit (at, action, entity, entity_id, request_id)
       select timestamptz '2020-02-02 02:02:02.123456+00' + make_interval(secs => (n / 5) * 0.000001), 'test.page', 'slot', uuidv7(), 'x'
       from generate_series(1, 50) n`,
    );
    const staff = await stack().as("staff1");
    const ids: string[] = [];
    let path: string | null = "/audit?action=test.page&limit=7";
    while (path) {
      const page = await staff("GET", path);
      expect(page.body.items.length).toBeLessThanOrEqual(7);
      ids.push(...page.body.items.map(({ id }: { id: string }) => id));
      path = /<\/api\/v1([^>]+)>; rel="next"/.exec(page.headers.get("Link") ?? "")?.[1] ?? null;
    }
    const all = await stack().sql<{ id: string }>(
      "select id from audit where action = 'test.page' order by at desc, id desc",
    );
    expect(ids).toEqual(all.map(({ id }) => id));
  });

  test("Every CSV file of the document begins with a byte order mark, and each record ends with CRLF", async () => {
    const offered = Object.entries(shippedDocument().paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { responses: Record<string, { content?: object }> }>).flatMap(
        ([method, { responses }]) =>
          "text/csv" in (responses["200"]?.content ?? {}) ? [`${method.toUpperCase()} ${path}`] : [],
      ),
    );
    expect(offered).toContain("GET /audit");
    for (const route of offered) {
      const good = GOOD_REQUESTS[route]!;
      const [path, , more] = await good.prepare(await stack().as(good.account), stack());
      const claims = { sub: `auth0|${good.account}`, [String(stack().env["ROLE_CLAIM"])]: "staff" };
      const { token } = await signToken(stack(), { claims });
      const headers = { ...more, Accept: "text/csv", Authorization: `Bearer ${token}` };
      const answer = await fetch(`${stack().urls.api}${path}`, { headers });
      expect({ route, status: answer.status }).toEqual({ route, status: 200 });
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
      // A text between quotes is as it was typed.
      const outside = bytes.toString().replaceAll(/"(?:[^"]|"")*"/g, "");
      expect(outside.endsWith("\r\n")).toBe(true);
      expect(outside.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    }
  });

  test("As CSV it is one file of all pages, in chunks, and no cell is a spreadsheet formula", async () => {
    await stack().sql(
      `insert into audit (action, entity, entity_id, reason, request_id)
       select 'test.file', 'slot', uuidv7(), r, 'x' from unnest($1::text[]) r`,
      [["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "plain", 'with "quotes", commas', "two\r\nlines", "\uFF1D1"]],
    );
    await stack().sql(
      "insert into audit (action, entity, entity_id, request_id) select 'test.file', 'slot', uuidv7(), 'n' || n from generate_series(1, 2490) n",
    );
    const staff = await stack().as("staff1");
    const before = await newest();
    const sent = stack().neon.stats().httpRequests;
    const file = await staff("GET", "/audit?action=test.file", undefined, { Accept: "text/csv" });
    expect(file.status).toBe(200);
    expect(file.headers.get("Content-Type")).toBe("text/csv; charset=utf-8; header=present");
    expect(file.headers.get("Content-Disposition")).toBe('attachment; filename="audit.csv"');
    expect(file.headers.get("Cache-Control")).toBe("no-store");
    // How many there are, and three pages.
    expect(stack().neon.stats().httpRequests - sent).toBe(4);
    const [header, ...records] = parseCsv(file.body as string);
    expect(header).toEqual(
      "at,actorId,actorName,actorRole,subjectId,subjectName,action,entity,entityId,before,after,reason,requestId,id".split(
        ",",
      ),
    );
    expect(records).toHaveLength(2500);
    expect(new Set(records.map((cells) => cells.at(-1))).size).toBe(2500);
    expect(new Set(records.map((cells) => cells.length))).toEqual(new Set([14]));
    const reasons = records.flatMap((cells) => cells[11] || []).sort();
    expect(reasons).toEqual(
      [
        "'=1+1",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t=1",
        "'  =1",
        "plain",
        'with "quotes", commas',
        "two\r\nlines",
        "'\uFF1D1",
      ].sort(),
    );
    expect(records.flat().filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
    expect(await entriesSince(before)).toMatchObject([{ action: "audit.export", after: { action: "test.file" } }]);

    for (const accept of ["*/*", "application/json", "text/csv;q=0.5, application/json", "text/html"]) {
      const page = await staff("GET", "/audit?limit=1", undefined, { Accept: accept });
      expect({ accept, type: page.headers.get("Content-Type") }).toEqual({ accept, type: "application/json" });
    }
  });

  test("400 invalid-request: A file of more than 100,000 entries is refused before it begins", async () => {
    await stack().sql(
      `insert into audit (at, action, entity, entity_id, request_id)
       select '2019-01-01', 'test.bulk', 'slot', uuidv7(), 'x' from generate_series(1, 100001)`,
    );
    const staff = await stack().as("staff1");
    const refused = await staff("GET", "/audit?action=test.bulk", undefined, { Accept: "text/csv" });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: "invalid-request", errors: [{ pointer: "/query/from" }] },
    });
    // These entries would only slow down the sealing in the last test.
    await stack().sql(
      `do $$ begin set local session_replication_role = replica;
       delete from audit_unsealed u using audit a where a.id = u.audit_id and a.action = 'test.bulk';
       delete from audit where action = 'test.bulk'; end $$`,
    );
  });

  test("403 forbidden for patients and doctors, 401 unauthenticated without a login, as JSON and as CSV", async () => {
    for (const Accept of ["application/json", "text/csv"]) {
      for (const account of ["patient2", "doctor1"]) {
        expect((await (await stack().as(account))("GET", "/audit", undefined, { Accept })).body.code).toBe("forbidden");
      }
      expect((await stack().nobody("GET", "/audit", undefined, { Accept })).body.code).toBe("unauthenticated");
    }
    await stack().sql("update people set active = false where subject = 'auth0|staff4'");
    const gone = await stack().as("staff4");
    for (const Accept of ["application/json", "text/csv"]) {
      expect((await gone("GET", "/audit", undefined, { Accept })).body.code).toBe("forbidden");
    }
  });
});

describe("the seals", () => {
  test("Every minute the Worker seals new entries and logs the seal, and npm run audit:verify finds no fault", async () => {
    const lines = stack().log.length;
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    const seals = () =>
      stack()
        .log.slice(lines)
        .filter((line) => line.includes("audit-sealed"));
    await expect.poll(() => seals().length).toBeGreaterThan(0);
    const { seal } = JSON.parse(seals().at(-1)!) as { seal: string };
    const verify = (...args: string[]) =>
      promisify(execFile)(process.execPath, ["dev/audit-verify.ts", ...args], {
        env: { ...process.env, DATABASE_OWNER_URL: stack().urls.postgres },
      });
    const { stdout } = await verify("--anchor", seal);
    expect(stdout).toContain("0 waiting to be sealed");
    expect(stdout).toContain("The audit trail is as it was written.");
  });
});

/** RFC 4180, strictly: quotes are doubled, records end in CRLF. */
function parseCsv(text: string): string[][] {
  expect(text.endsWith("\r\n")).toBe(true);
  const records: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    const [, raw = "", end] = found;
    records.at(-1)!.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === "\r\n") records.push([]);
  }
  expect(records.pop()).toEqual([]);
  return records;
}
