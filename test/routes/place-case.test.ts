import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Api, type Reply, useStack } from "../support/stack.ts";

const HOUR = 60;
const DAY = 24 * HOUR;

const stack = useStack();
let sam: Api;
let kim: Api;
let location: string;
let doctor: string;
let specialty: string;

const one = async <Row extends object>(query: string, ...values: unknown[]): Promise<Row> => {
  const [row] = await stack().sql<Row>(query, values);
  if (!row) throw new Error("no such row");
  return row;
};
const newSlot = async (inMinutes: number, late = false): Promise<string> =>
  (
    await one<{ id: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin, late_opening)
       select $1, $2, x.at, x.at + interval '15 minutes', (x.at at time zone 'Europe/Dublin')::date, 'staff', $4
       from (select date_trunc('minute', now()) + make_interval(mins => $3::int) as at) x returning id`,
      doctor,
      location,
      inMinutes,
      late,
    )
  ).id;
const newPatientId = async (): Promise<string> => (await stack().newPatient()).id;
/** Books a patient as staff do. */
async function book(patientId: string, inMinutes: number) {
  const slotId = await newSlot(inMinutes);
  const held = await sam("POST", "/holds", { slotId, patientId });
  const booked = await sam("POST", "/appointments", { holdId: held.body.id, patientId });
  expect(booked.status).toBe(201);
  return { slotId, id: booked.body.id as string };
}
/** Books a patient and closes the slot through the clinic calendar, without another free slot. */
async function queued(inMinutes: number) {
  const patientId = await newPatientId();
  const { id, slotId } = await book(patientId, inMinutes);
  await stack().sql("update slots set appointment_id = null, status = 'closed', closed_by = 'staff' where id = $1", [
    slotId,
  ]);
  await stack().sql("update appointments set status = 'to-place', slot_id = null where id = $1", [id]);
  const { id: caseId } = await one<{ id: string }>(
    `insert into cases (appointment_id, reason, request_id, due_at, why)
     select id, 'slot-closed', 'test', starts_at - interval '1 day', '{"code": "no-slot", "free": 0, "refused": {}}'
     from appointments where id = $1 returning id`,
    id,
  );
  return { id, slotId, caseId, patientId };
}
const change = (version: number, key: string = crypto.randomUUID()) => ({
  "If-Match": `"${version}"`,
  "Idempotency-Key": key,
});
const code = ({ status, body }: Reply) => [status, body.code];

beforeAll(async () => {
  [sam, kim] = [await stack().as("staff1"), await stack().as("staff2")];
  location = (await stack().nobody("GET", "/config")).body.locations[0].id;
});
beforeEach(async () => {
  specialty = `Specialty ${crypto.randomUUID()}`;
  doctor = (
    await one<{ id: string }>("insert into doctors (name, specialty) values ('Dr Queue', $1) returning id", specialty)
  ).id;
});

describe("placeCase, claimCase, releaseCase, contactLater and cancelCase", () => {
  test("A case is read, claimed and placed while the patient is on the phone, and is no longer open", async () => {
    const { caseId, id, patientId } = await queued(3 * DAY);
    const slotId = await newSlot(4 * DAY);
    const read = await sam("GET", `/cases/${caseId}`);
    expect(read.status).toBe(200);
    expect(read.headers.get("ETag")).toBe('"1"');
    expect(read.headers.get("Cache-Control")).toContain("no-store");
    expect(read.body).toMatchObject({
      id: caseId,
      status: "open",
      appointmentId: id,
      patientId,
      why: { code: "no-slot", text: "No time of the specialty was free." },
      claim: null,
      contactAfter: null,
      candidates: [{ slot: { id: slotId }, doctorName: "Dr Queue", marks: [], points: expect.any(Number) }],
    });
    expect(read.body.candidates[0].reasons).toContain("same doctor");

    const claimed = await sam("POST", `/cases/${caseId}/claim`, undefined, change(1));
    expect(claimed.body.claim).toMatchObject({ mine: true });
    expect(claimed.headers.get("ETag")).toBe('"2"');
    const refused = await kim("POST", `/cases/${caseId}/place`, { slotId }, change(2));
    expect(code(refused)).toEqual([409, "case-claimed"]);
    expect(refused.body).toMatchObject({ claimedBy: claimed.body.claim.by, until: claimed.body.claim.expiresAt });
    const seen = await kim("GET", `/cases/${caseId}`);
    expect(seen.body.claim).toMatchObject({ mine: false, by: claimed.body.claim.by });

    const key = crypto.randomUUID();
    const wish = { slotId, agreed: true };
    const placed = await sam("POST", `/cases/${caseId}/place`, wish, change(2, key));
    expect(placed.status).toBe(200);
    expect(placed.body).toMatchObject({ id, status: "booked", slotId, move: null });
    const again = await sam("POST", `/cases/${caseId}/place`, wish, change(2, key));
    expect([again.status, again.body]).toEqual([200, placed.body]);
    expect(code(await sam("POST", `/cases/${caseId}/place`, { slotId }, change(2, key)))).toEqual([
      422,
      "idempotency-key-reused",
    ]);
    expect((await sam("GET", `/cases/${caseId}`)).body).toMatchObject({
      status: "placed",
      candidates: [],
      claim: null,
    });
  });

  test("409 wrong-state: The case of a patient who is switched off is not placed. It can be cancelled for the clinic or the patient", async () => {
    const { caseId, patientId } = await queued(3 * DAY);
    const slotId = await newSlot(4 * DAY);
    await stack().sql("update patients set active = false where id = $1", [patientId]);
    const claimed = await sam("POST", `/cases/${caseId}/claim`, undefined, change(1));
    expect(claimed.body).toMatchObject({ patientActive: false, claim: { mine: true } });
    const placed = await sam("POST", `/cases/${caseId}/place`, { slotId, agreed: true }, change(2));
    expect([...code(placed), placed.body.current]).toEqual([409, "wrong-state", "patient-inactive"]);
    const several = await sam("POST", "/cases/place", { ids: [caseId] }, { "Idempotency-Key": crypto.randomUUID() });
    expect(several.body.items).toMatchObject([{ caseId, slot: null, why: { code: "patient-inactive" } }]);
    const reason = { by: "patient", code: "unwell" };
    const ended = await sam("POST", `/cases/${caseId}/cancel`, { reason }, change(2));
    expect([ended.status, ended.body.status]).toEqual([200, "cancelled"]);
    await stack().sql("update patients set active = true where id = $1", [patientId]);
  });

  test("428 precondition-required, 412 version-conflict: A change needs the version that was read, and names the newer change", async () => {
    const { caseId } = await queued(3 * DAY);
    const soon = new Date((Math.ceil(Date.now() / 1000) + 10 * DAY * 60) * 1000).toISOString();
    const slotId = await newSlot(4 * DAY);
    for (const [path, body] of [
      ["/claim", undefined],
      ["/place", { slotId }],
      ["/contact-later", { at: soon }],
      ["/cancel", { reason: { by: "clinic", code: "closed" } }],
    ] as const) {
      expect(code(await sam("POST", `/cases/${caseId}${path}`, body))).toEqual([428, "precondition-required"]);
      const stale = await sam("POST", `/cases/${caseId}${path}`, body, change(9));
      expect(code(stale)).toEqual([412, "version-conflict"]);
    }
    const later = await kim("POST", `/cases/${caseId}/contact-later`, { at: soon, note: "evenings" }, change(1));
    expect(Date.parse(later.body.contactAfter)).toBe(Date.parse(soon));
    expect(later.body).toMatchObject({
      contactNote: "evenings",
      version: 2,
    });
    const stale = await sam("POST", `/cases/${caseId}/claim`, undefined, change(1));
    expect(stale.body).toMatchObject({
      code: "version-conflict",
      changedBy: expect.any(String),
      changedAt: expect.any(String),
    });
    const past = await sam("POST", `/cases/${caseId}/contact-later`, { at: "2001-01-01T09:00:00Z" }, change(2));
    expect([past.status, past.body.errors]).toEqual([400, [{ pointer: "/at", detail: "Must be in the future" }]]);
    const far = await sam("POST", `/cases/${caseId}/contact-later`, { at: "2099-01-01T09:00:00Z" }, change(2));
    const detail = expect.stringMatching(/^At most \d+ days ahead/);
    expect([far.status, far.body.errors]).toEqual([400, [{ pointer: "/at", detail }]]);
    const tags = Array.from({ length: 11 }, (_, n) => `"${n + 1}"`).join(", ");
    const many = await sam("POST", `/cases/${caseId}/claim`, undefined, { "If-Match": tags });
    const headers = [{ pointer: "/headers/if-match", detail: "At most 10 ETags" }];
    expect([many.status, many.body.errors]).toEqual([400, headers]);
    const gone = await sam("POST", `/cases/${caseId}/cancel`, { reason: { by: "clinic", code: "closed" } }, change(2));
    expect(gone.body).toMatchObject({ status: "cancelled" });
    expect(code(await sam("POST", `/cases/${caseId}/place`, { slotId }, change(3)))).toEqual([409, "wrong-state"]);
  });

  test("409 slot-taken: A lost slot is answered with the nearest others, an unknown or unsuitable slot with the reason", async () => {
    const { caseId } = await queued(3 * DAY);
    const [taken, near] = [await newSlot(4 * DAY), await newSlot(4 * DAY + HOUR)];
    const short = await newSlot(5 * DAY);
    await stack().sql("update slots set ends_at = starts_at + interval '5 minutes' where id = $1", [short]);
    await sam("POST", "/holds", { slotId: taken, patientId: await newPatientId() });
    const refused = await sam("POST", `/cases/${caseId}/place`, { slotId: taken }, change(1));
    expect(code(refused)).toEqual([409, "slot-taken"]);
    expect(refused.body.alternatives[0].id).toBe(near);
    const unknown = await sam("POST", `/cases/${caseId}/place`, { slotId: crypto.randomUUID() }, change(1));
    expect([unknown.status, unknown.body.errors]).toEqual([
      400,
      [{ pointer: "/slotId", detail: "There is no such slot" }],
    ]);
    const nowhere = await sam("POST", `/cases/${crypto.randomUUID()}/place`, { slotId: near }, change(1));
    expect(code(nowhere)).toEqual([404, "not-found"]);
    const unsuitable = await sam("POST", `/cases/${caseId}/place`, { slotId: short }, change(1));
    expect([...code(unsuitable), unsuitable.body.because]).toEqual([409, "slot-unsuitable", "too-short"]);
    const forced = await sam(
      "POST",
      `/cases/${caseId}/place`,
      { slotId: short, override: { reason: "a short one" } },
      change(1),
    );
    expect(forced.status).toBe(200);
    expect(forced.body).toMatchObject({ status: "moved", slotId: short });
  });
});

describe("listCases", () => {
  test("The list can be of the own cases, has counts, and is paged", async () => {
    const [first, second] = [await queued(3 * DAY), await queued(3 * DAY + 20)];
    await kim("POST", `/cases/${second.caseId}/claim`, undefined, change(1));
    const mine = await kim("GET", "/cases?mine=true");
    expect(mine.body.items.map(({ id }: { id: string }) => id)).toEqual([second.caseId]);
    expect(mine.body.counts.mine).toBe(1);
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Reply = await sam("GET", `/cases?status=open&limit=1${cursor ? `&cursor=${cursor}` : ""}`);
      expect(page.body.counts.open).toBeGreaterThanOrEqual(2);
      ids.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.nextCursor;
    }
    expect(ids).toEqual(expect.arrayContaining([first.caseId, second.caseId]));
    expect(new Set(ids).size).toBe(ids.length);
    expect((await kim("DELETE", `/cases/${second.caseId}/claim`)).body).toMatchObject({ claim: null, version: 3 });
    expect((await kim("DELETE", `/cases/${second.caseId}/claim`)).body).toMatchObject({ claim: null, version: 3 });
  });
});

describe("placeCases", () => {
  test("Several cases are placed in one request. Each has its answer, and the patients are notified together", async () => {
    const cases = [await queued(3 * DAY), await queued(3 * DAY + 20), await queued(3 * DAY + 40)];
    const slots = [await newSlot(4 * DAY), await newSlot(4 * DAY + 20)];
    const ids = cases.map(({ caseId }) => caseId);
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const reply = await sam("POST", "/cases/place", { ids }, key);
    expect(reply.status).toBe(200);
    expect(reply.body.placed).toBe(2);
    expect(reply.body.items.map(({ caseId }: { caseId: string }) => caseId)).toEqual(ids);
    expect(reply.body.items.flatMap(({ slot }: { slot: { id: string } | null }) => slot?.id ?? []).sort()).toEqual(
      slots.sort(),
    );
    const left = reply.body.items.find(({ slot }: { slot: object | null }) => slot === null);
    expect(left.why).toEqual({
      code: "outbid",
      text: "There were more appointments than times: 2 times would have suited, and went to others.",
    });
    const again = await sam("POST", "/cases/place", { ids }, key);
    expect(again.body).toEqual(reply.body);
    expect((await sam("POST", "/cases/place", { ids: [ids[0], ids[0]] })).status).toBe(400);
    expect((await sam("POST", "/cases/place", { ids: [ids[0], ids[0]?.toUpperCase()] })).status).toBe(400);
    const { told } = await one<{ told: number }>(
      "select count(*)::int as told from outbox where appointment_id = any($1) and (due_at is not null or last_notified is not null)",
      cases.map(({ id }) => id),
    );
    expect(told).toBe(3);
  });
});

describe("assignLateOpening", () => {
  test("A late opening goes to the patient that staff name: one to place, or one who moves and leaves a slot", async () => {
    const late = await newSlot(6 * HOUR, true);
    const far = await book(await newPatientId(), 9 * DAY);
    const listed = (await sam("GET", `/late-openings?doctorId=${doctor}`)).body.items[0];
    expect(listed.candidates[0]).toMatchObject({ appointmentId: far.id, version: 1 });
    const assign = (slotId: string, appointmentId: string, version: number) =>
      sam("POST", `/late-openings/${slotId}/assign`, { appointmentId, agreed: true }, change(version));
    expect(code(await sam("POST", `/late-openings/${late}/assign`, { appointmentId: far.id }))).toEqual([
      428,
      "precondition-required",
    ]);
    expect(code(await assign(late, far.id, 8))).toEqual([412, "version-conflict"]);
    expect(code(await assign(await newSlot(7 * HOUR), far.id, 1))).toEqual([404, "not-found"]);
    const moved = await assign(late, far.id, 1);
    expect(moved.body).toMatchObject({ id: far.id, slotId: late, status: "booked", changesLeft: 3 });
    expect(await one("select appointment_id, late_opening from slots where id = $1", far.slotId)).toEqual({
      appointment_id: null,
      late_opening: false,
    });
    const { caseId, id } = await queued(3 * DAY);
    const next = await newSlot(8 * HOUR, true);
    expect(code(await assign(late, id, 1))).toEqual([409, "slot-taken"]);
    expect((await assign(next, id, 1)).body).toMatchObject({ id, slotId: next });
    expect((await sam("GET", `/cases/${caseId}`)).body.status).toBe("placed");
  });
});

describe("getCase", () => {
  test("A freed slot that fits a case is shown to staff first, and to patients after a time", async () => {
    const visit = await book(await newPatientId(), 5 * DAY);
    const { caseId } = await queued(3 * DAY);
    const call = await stack().as("patient162");
    const ids = async () =>
      (await call("GET", `/availability?doctorId=${doctor}`)).body.days.flatMap(
        ({ slots }: { slots: { id: string }[] }) => slots.map(({ id }) => id),
      );
    await sam("POST", `/appointments/${visit.id}/cancel`, { reason: { by: "clinic", code: "staffing" } }, change(1));
    expect((await sam("GET", `/cases/${caseId}`)).body.candidates[0]).toMatchObject({
      slot: { id: visit.slotId },
      marks: ["offered"],
    });
    expect(await ids()).toEqual([]);
    expect(code(await call("POST", "/holds", { slotId: visit.slotId }))).toEqual([409, "slot-taken"]);
    await stack().sql("update slots set offered_until = now() where id = $1", [visit.slotId]);
    expect(await ids()).toEqual([visit.slotId]);
    expect((await call("POST", "/holds", { slotId: visit.slotId })).status).toBe(201);
    expect((await sam("GET", `/cases/${caseId}`)).body.candidates).toEqual([]);
  });

  test("A patient displaced within the freeze has a case that says who closed the slot and why nothing was moved", async () => {
    const { id, slotId } = await book(await newPatientId(), 6 * HOUR);
    await newSlot(4 * DAY);
    const { body: impact } = await kim("POST", `/slots/${slotId}/preview`, { status: "closed" });
    const closed = await kim("PATCH", `/slots/${slotId}`, { status: "closed", previewToken: impact.token });
    expect(closed.status).toBe(200);
    const mine = async () =>
      (await sam("GET", "/cases?status=open&limit=200")).body.items.find(
        ({ appointmentId }: { appointmentId: string }) => appointmentId === id,
      );
    await expect.poll(async () => (await mine())?.why).toMatchObject({ code: "frozen" });
    const { name } = await one<{ name: string }>(
      "select p.name from audit u join people p on p.id = u.actor_id where u.entity_id = $1 and u.action = 'appointment.displace'",
      id,
    );
    const found = await mine();
    expect(found).toMatchObject({ reason: "slot-closed", causedBy: name, operationId: expect.any(String) });
    const { body, headers } = await sam("GET", `/cases/${found.id}`);
    expect(body.candidates).toHaveLength(1);
    const placed = await sam(
      "POST",
      `/cases/${found.id}/place`,
      { slotId: body.candidates[0].slot.id },
      {
        "If-Match": headers.get("ETag") ?? "",
      },
    );
    expect(placed.body).toMatchObject({ id, status: "moved", move: { from: { doctorId: doctor } } });
  });
});

describe("all operations on cases", () => {
  test("403 forbidden: Cases are for staff only", async () => {
    const { caseId } = await queued(3 * DAY);
    for (const account of ["patient2", "doctor1"]) {
      const call = await stack().as(account);
      for (const [method, path, body] of [
        ["GET", `/cases/${caseId}`, undefined],
        ["POST", `/cases/${caseId}/claim`, undefined],
        ["POST", "/cases/place", { ids: [caseId] }],
        ["POST", `/late-openings/${caseId}/assign`, { appointmentId: caseId }],
      ] as const) {
        expect(code(await call(method, path, body, change(1)))).toEqual([403, "forbidden"]);
      }
    }
  });
});
