import { describe, expect, onTestFinished, test } from "vitest";
import { freeSlots, useStack } from "../support/stack.ts";

const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

const stack = useStack();

describe("createHold and getHold", () => {
  test("A patient holds a slot, extends the hold, confirms it and finds the appointment in the list", async () => {
    const call = await stack().as("patient2");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    expect(held.status).toBe(201);
    expect(held.body).toMatchObject({ slot: { id: slot?.id, doctorId: slot?.doctorId }, extensionsLeft: 10 });
    expect(held.body.expiresInMs).toBeGreaterThan(299_000);
    expect(held.body.slot.startsAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:00[+-]\d{2}:\d{2}$/);

    const again = await call("POST", "/holds", { slotId: slot?.id });
    expect(again.status).toBe(201);
    expect(again.body.id).toBe(held.body.id);
    expect(again.body.expiresAt).toBe(held.body.expiresAt);

    const extended = await call("POST", `/holds/${held.body.id}/extend`);
    expect(extended.status).toBe(200);
    expect(extended.body.extensionsLeft).toBe(9);
    expect(Date.parse(extended.body.expiresAt)).toBeGreaterThan(Date.parse(held.body.expiresAt));
    expect((await call("GET", `/holds/${held.body.id}`)).body.id).toBe(held.body.id);

    const booked = await call("POST", "/appointments", { holdId: held.body.id, reason: "A sore knee" });
    expect(booked.status).toBe(201);
    expect(booked.body).toMatchObject({ status: "booked", slotId: slot?.id, reason: "A sore knee" });
    expect(booked.body.reference).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
    expect(booked.headers.get("ETag")).toBe('"1"');

    const mine = await call("GET", "/appointments?when=upcoming");
    expect(mine.body.items.map(({ id }: { id: string }) => id)).toContain(booked.body.id);
    expect((await call("GET", `/appointments/${booked.body.id}`)).body).toEqual(booked.body);
    const others = await stack().as("patient153");
    expect((await others("GET", `/appointments/${booked.body.id}`)).status).toBe(404);
    expect((await others("POST", "/holds", { slotId: slot?.id })).body.code).toBe("slot-taken");

    const trail = await stack().sql<{ action: string }>(
      "select action from audit where entity_id in ($1, $2) and action <> 'seed' order by id",
      [slot?.id, booked.body.id],
    );
    expect(trail.map(({ action }) => action)).toEqual(["hold", "hold.extend", "appointment.confirm"]);
  });

  test("409 slot-taken: Another patient gets a held slot only after the hold has expired, which needs no job", async () => {
    const [slot, kept] = await freeSlots(stack(), 2);
    const first = await stack().as("patient154");
    const second = await stack().as("patient155");
    // During the hold no other patient gets the slot.
    await first("POST", "/holds", { slotId: kept?.id });
    expect((await second("POST", "/holds", { slotId: kept?.id })).status).toBe(409);
    await stack().sql("update policy set hold_seconds = 1");
    try {
      const held = await first("POST", "/holds", { slotId: slot?.id });
      expect(held.body.expiresInMs).toBe(1000);
      await expect
        .poll(async () => (await second("POST", "/holds", { slotId: slot?.id })).status, { interval: 100 })
        .toBe(201);
      const late = await first("POST", "/appointments", { holdId: held.body.id });
      expect(late).toMatchObject({ status: 409, body: { code: "hold-expired", slotFree: false } });
      expect((await first("POST", `/holds/${held.body.id}/extend`)).body.code).toBe("hold-expired");
    } finally {
      await stack().sql("update policy set hold_seconds = 300");
    }
  });

  test("409 hold-expired: A new hold ends the patient's former one, whose slot another patient can hold", async () => {
    const call = await stack().as("patient157");
    const [one, two] = await freeSlots(stack(), 2);
    const former = await call("POST", "/holds", { slotId: one?.id });
    expect((await call("POST", "/holds", { slotId: two?.id })).status).toBe(201);
    expect((await call("GET", `/holds/${former.body.id}`)).body.code).toBe("hold-expired");
    expect((await (await stack().as("patient158"))("POST", "/holds", { slotId: one?.id })).status).toBe(201);
  });

  test("A slot that is held again after its expiry is the newest hold, and is counted once", async () => {
    await stack().sql("update policy set holds_per_patient = 2");
    onTestFinished(() =>
      stack()
        .sql("update policy set holds_per_patient = 1")
        .then(() => undefined),
    );
    const call = await stack().as("patient164");
    const [s, t, u] = await freeSlots(stack(), 3);
    const hold = async (slot: { id: string } | undefined) => {
      const held = await call("POST", "/holds", { slotId: slot?.id });
      expect(held.status).toBe(201);
      return held.body.id as string;
    };
    await hold(s);
    const older = await hold(t);
    await stack().sql("update slots set hold_expires_at = now() where id = $1", [s?.id]);
    const newer = await hold(s);
    await hold(u);
    expect((await call("GET", `/holds/${newer}`)).status).toBe(200);
    expect((await call("GET", `/holds/${older}`)).status).toBe(409);
    const [row] = await stack().sql<{ slots: string[] }>(
      "select hold_slot_ids as slots from patients t join people p on p.id = t.person_id where p.subject = 'auth0|patient164'",
    );
    expect(row?.slots).toEqual([s?.id, u?.id]);
  });

  test("Without a slot id the hold is of availability's next slot, by doctor, by specialty or by neither", async () => {
    const call = await stack().as("patient160");
    const doctors = (await stack().nobody("GET", "/doctors")).body;
    const doctor = doctors.items[0];
    const filters: Record<string, string>[] = [{}, { doctorId: doctor.id }, { specialty: doctor.specialty }];
    for (const filter of filters) {
      const query = new URLSearchParams(filter);
      const offered = await stack().nobody("GET", `/availability?${query}`);
      const held = await call("POST", "/holds", filter);
      expect(held.status).toBe(201);
      expect(held.body.slot).toEqual(offered.body.nextAvailable);
      await call("DELETE", `/holds/${held.body.id}`);
    }
  });

  test("Staff hold and confirm for a patient they name. A doctor gets 403 forbidden, and a patient who names another patient 404 not-found", async () => {
    const staff = await stack().as("staff1");
    const [slot] = await freeSlots(stack(), 1);
    const patientId = stack().accounts.find(({ account }) => account === "patient161")?.patientId;
    expect((await staff("POST", "/holds", { slotId: slot?.id })).body).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/patientId" }],
    });
    expect((await staff("POST", "/holds", { slotId: slot?.id, patientId: NO_SUCH_ID })).status).toBe(404);
    const held = await staff("POST", "/holds", { slotId: slot?.id, patientId });
    const booked = await staff("POST", "/appointments", { holdId: held.body.id, patientId });
    expect(booked).toMatchObject({ status: 201, body: { patientId } });
    const [row] = await stack().sql<{ role: string; patient_id: string }>(
      "select p.role, a.patient_id from audit a join people p on p.id = a.actor_id where a.entity_id = $1",
      [booked.body.id],
    );
    expect(row).toEqual({ role: "staff", patient_id: patientId });
    expect((await (await stack().as("doctor1"))("POST", "/holds", {})).status).toBe(403);
    expect((await (await stack().as("patient162"))("POST", "/holds", { patientId })).status).toBe(404);
  });

  test("400 invalid-request: The pointer names the wrong member for each shape of the body", async () => {
    const call = await stack().as("patient163");
    const wrong = async (body: object) => (await call("POST", "/holds", body)).body.errors;
    expect(await wrong({ slotId: "x" })).toMatchObject([{ pointer: "/slotId" }]);
    expect(await wrong({ from: "soon" })).toMatchObject([{ pointer: "/from" }]);
    expect(await wrong({ doctorId: NO_SUCH_ID, "a/b~c": 1 })).toEqual([
      { pointer: "/a~1b~0c", detail: "Unknown member" },
    ]);
    expect((await call("GET", "/availability?until=2026-12-01")).body.errors).toMatchObject([
      { pointer: "/query/until" },
    ]);
  });

  test.each([
    ["an unknown slot", "POST", "/holds", { slotId: NO_SUCH_ID }, 404, "not-found"],
    ["an id that is none", "POST", "/holds", { slotId: "x" }, 400, "invalid-request"],
    ["an unknown member", "POST", "/holds", { slot: NO_SUCH_ID }, 400, "invalid-request"],
    ["a hold without a body", "POST", "/holds", undefined, 415, "unsupported-media-type"],
    ["dates the wrong way round", "POST", "/holds", { from: "2026-12-02", to: "2026-12-01" }, 400, "invalid-request"],
    ["a date that is none", "POST", "/holds", { from: "2026-02-30" }, 400, "invalid-request"],
    ["an unknown hold", "POST", "/appointments", { holdId: NO_SUCH_ID }, 404, "not-found"],
    [
      "too long a reason",
      "POST",
      "/appointments",
      { holdId: NO_SUCH_ID, reason: "x".repeat(501) },
      400,
      "invalid-request",
    ],
    ["a body that is too large", "POST", "/holds", { slotId: "x".repeat(70_000) }, 413, "payload-too-large"],
    ["a page size out of bounds", "GET", "/appointments?limit=201", undefined, 400, "invalid-request"],
    ["a cursor that is none", "GET", "/appointments?cursor=abc", undefined, 400, "invalid-request"],
    [
      "a window that is too long",
      "GET",
      "/availability?from=2026-12-01&to=2027-01-01",
      undefined,
      400,
      "invalid-request",
    ],
    [
      "a window that ends before it begins",
      "GET",
      "/availability?from=2026-12-02&to=2026-12-01",
      undefined,
      400,
      "invalid-request",
    ],
    ["a path that is none", "GET", "/nothing-here", undefined, 404, "not-found"],
  ])("%s is answered with its problem and changes nothing", async (_, method, path, body, status, code) => {
    const call = await stack().as("patient163");
    const before = await stack().sql("select count(*) from audit");
    const reply = await call(method, path, body);
    expect(reply).toMatchObject({ status, body: { status, code, type: `/problems/${code}` } });
    expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
    expect(reply.body.requestId).toBe(reply.headers.get("X-Request-Id"));
    expect(await stack().sql("select count(*) from audit")).toEqual(before);
    const page = await fetch(new URL(reply.body.type, stack().urls.patientApp));
    expect(page.status).toBe(200);
  });

  test("415 unsupported-media-type for a form, and 401 unauthenticated without a token at everything private", async () => {
    const call = await stack().as("patient163");
    const form = await call("POST", "/holds", "x=1", { "Content-Type": "application/x-www-form-urlencoded" });
    expect(form).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
    for (const path of ["/appointments", `/appointments/${NO_SUCH_ID}`, `/holds/${NO_SUCH_ID}`, "/session"]) {
      expect((await stack().nobody("GET", path)).status).toBe(401);
    }
    expect((await stack().nobody("POST", "/holds", {})).status).toBe(401);
  });
});

describe("extendHold", () => {
  test("409 hold-limit: A hold has a maximum number of extensions", async () => {
    const call = await stack().as("patient157");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    await stack().sql("update slots set hold_extensions = 10 where id = $1", [slot?.id]);
    const refused = await call("POST", `/holds/${held.body.id}/extend`);
    expect(refused).toMatchObject({ status: 409, body: { code: "hold-limit" } });
  });
});

describe("releaseHold", () => {
  test("A hold that is released a second time is 204 as well, and can no longer be confirmed", async () => {
    const call = await stack().as("patient157");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    expect((await call("DELETE", `/holds/${held.body.id}`)).status).toBe(204);
    expect((await call("DELETE", `/holds/${held.body.id}`)).status).toBe(204);
    expect((await call("POST", "/appointments", { holdId: held.body.id })).body.code).toBe("hold-expired");
  });
});
