import { beforeAll, describe, expect, test } from "vitest";
import { whenReassigned } from "../support/reassigning.ts";
import { type Api, freeSlots, type TestStack, useStack } from "../support/stack.ts";

const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
const HOUR = 3_600_000;

interface SlotRow {
  id: string;
  doctor_id: string;
  location_id: string;
  starts_at: Date;
  ends_at: Date;
}

const stack = useStack();

const slotRow = async (id: string) =>
  (
    await stack().sql<
      SlotRow & { status: string; closed_by: string | null; by_hand: string | null; appointment_id: string | null }
    >("select * from slots where id = $1", [id])
  )[0];
/** Midnights (UTC) of coming days without an absence or a holiday: a time can be opened on them, whichever doctor it is of. */
let ordinary: number[] = [];
beforeAll(async () => {
  const rows = await stack().sql<{ ms: string }>(
    `select extract(epoch from d) * 1000 as ms from generate_series(current_date + 1, current_date + 80, interval '1 day') d
     where not exists (select from holidays h where h.date = d::date)
       and not exists (select from exceptions e where d::date between e.from_date and e.to_date) order by d`,
  );
  ordinary = rows.map(({ ms }) => Number(ms));
});
/** An instant at 21:00 UTC, when no doctor works. Numbers beyond the list count days from today, also backwards. */
const evening = (day: number, minutes = 0) => {
  const midnight = ordinary[day] ?? (Math.floor(Date.now() / (24 * HOUR)) + day) * 24 * HOUR;
  return new Date(midnight + 21 * HOUR + minutes * 60_000);
};
const bookedSlot = async (account: string) => {
  const call = await stack().as(account);
  const [slot] = await freeSlots(stack(), 1);
  const held = await call("POST", "/holds", { slotId: slot?.id });
  const booked = await call("POST", "/appointments", { holdId: held.body.id });
  expect(booked.status).toBe(201);
  return { slotId: slot?.id ?? "", appointmentId: booked.body.id as string, call };
};

describe("createSlot and previewCreateSlot", () => {
  test("A slot is added where there is none, offered, and deleted again without a trace", async () => {
    const staff = await stack().as("staff1");
    const [like] = await freeSlots(stack(), 1);
    const row = await slotRow(like?.id ?? "");
    const body = {
      doctorId: row?.doctor_id,
      locationId: row?.location_id,
      startsAt: evening(5).toISOString(),
      endsAt: evening(5, 20).toISOString(),
    };
    expect((await staff("POST", "/slots/preview", body)).body).toMatchObject({
      affected: 0,
      unchanged: expect.any(Number),
    });
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const made = await staff("POST", "/slots", body, key);
    expect(made).toMatchObject({ status: 201, body: { status: "open", closedBy: null, appointmentId: null } });
    expect((await staff("POST", "/slots", body, key)).body).toEqual(made.body);
    const again = await staff("POST", "/slots", body);
    expect(again).toMatchObject({ status: 409, body: { code: "duplicate", errors: [{ pointer: "/startsAt" }] } });
    expect(again.body.errors[0].detail).toContain("another slot then");

    const date = body.startsAt.slice(0, 10);
    const offered = await stack().nobody("GET", `/availability?doctorId=${body.doctorId}&from=${date}&to=${date}`);
    expect(offered.body.days[0].slots.map(({ id }: { id: string }) => id)).toContain(made.body.id);
    expect((await staff("DELETE", `/slots/${made.body.id}`)).status).toBe(204);
    expect(await slotRow(made.body.id)).toBeUndefined();
    expect((await staff("DELETE", `/slots/${made.body.id}`)).status).toBe(404);
    const trail = await stack().sql<{ action: string }>("select action from audit where entity_id = $1 order by at", [
      made.body.id,
    ]);
    expect(trail.map(({ action }) => action)).toEqual(["slot.add", "slot.remove"]);
  });
});

describe("changeSlot and previewChangeSlot", () => {
  test("Closing a booked slot needs its preview and moves the patient. A slot that is opened again is offered to all", async () => {
    const staff = await stack().as("staff1");
    const { slotId, appointmentId, call } = await bookedSlot("patient181");
    expect(await staff("PATCH", `/slots/${slotId}`, { status: "closed" })).toMatchObject({
      status: 428,
      body: { code: "precondition-required", affected: 1 },
    });
    const seen = await staff("POST", `/slots/${slotId}/preview`, { status: "closed" });
    expect(seen.body).toMatchObject({
      affected: 1,
      reassigned: [
        {
          appointmentId,
          reference: expect.stringMatching(/^.{3}-.{3}$/),
          to: { id: expect.any(String), startsAt: expect.stringMatching(/[+-]\d\d:\d\d$/) },
          why: { reasons: expect.arrayContaining(["same doctor"]), points: expect.any(Number) },
        },
      ],
      toPlace: [],
    });
    expect(seen.body.reassigned[0].to.id).not.toBe(slotId);
    const other = await staff("PATCH", `/slots/${slotId}`, {
      status: "open",
      startsAt: evening(6).toISOString(),
      previewToken: seen.body.token,
    });
    // Another change than the one that was looked at: refused, with the plan for it.
    expect(other).toMatchObject({
      status: 412,
      body: { code: "preview-stale", affected: 1, plan: { affected: 1, reassigned: [{ appointmentId }] } },
    });
    const closed = await staff("PATCH", `/slots/${slotId}`, { status: "closed", previewToken: seen.body.token });
    expect(closed).toMatchObject({ status: 200, body: { status: "closed", closedBy: "staff", appointmentId: null } });
    const operationId = await whenReassigned(stack(), closed);
    expect((await call("GET", `/appointments/${appointmentId}`)).body).toMatchObject({
      status: "moved",
      slotId: seen.body.reassigned[0].to.id,
    });
    const [kept] = await stack().sql("select kind, displaced, preview, proof from operations where id = $1", [
      operationId,
    ]);
    expect(kept).toMatchObject({
      kind: "slot-change",
      displaced: 1,
      preview: { affected: 1, reassigned: [{ appointmentId }] },
      proof: { placed: 1 },
    });
    expect((await call("POST", "/holds", { slotId })).body.code).toBe("slot-taken");

    const audits = () => stack().sql("select id from audit where entity_id = any($1)", [[slotId, appointmentId]]);
    const before = (await audits()).length;
    expect((await staff("PATCH", `/slots/${slotId}`, { status: "closed" })).status).toBe(200);
    expect((await audits()).length).toBe(before);
    const opened = await staff("PATCH", `/slots/${slotId}`, { status: "open" });
    expect(opened).toMatchObject({ status: 200, body: { status: "open", closedBy: null } });
    expect((await slotRow(slotId))?.by_hand).toBeNull();
    const { body: held } = await call("POST", "/holds", { slotId });
    const list = await call("GET", `/appointments/${appointmentId}`);
    const placed = await call(
      "POST",
      `/appointments/${appointmentId}/reschedule`,
      { holdId: held.id },
      { "If-Match": list.headers.get("ETag") ?? "" },
    );
    expect(placed).toMatchObject({ status: 200, body: { status: "booked", slotId } });
    const cases = await stack().sql("select status from cases where appointment_id = $1", [appointmentId]);
    expect(cases).toEqual([{ status: "placed" }]);
  });

  test("A change whose connection breaks at any of its statements is made once, and its caller gets a normal answer", async () => {
    const staff = await stack().as("staff1");
    const [slot] = await freeSlots(stack(), 1);
    const { faults } = stack().neon;
    // Login with BEGIN is turn 1, COMMIT the last. Which one that is, the change itself says.
    faults.set({});
    expect((await staff("PATCH", `/slots/${slot?.id}`, { status: "closed" })).status).toBe(200);
    const turns = faults.fired().exchanges;
    expect(turns).toBeGreaterThan(3);
    for (let turn = 1; turn < turns; turn++) {
      const status = turn % 2 === 1 ? "open" : "closed";
      faults.set({ dropBeforeReply: (n) => n === turn });
      const changed = await staff("PATCH", `/slots/${slot?.id}`, { status });
      const { droppedBeforeReply } = faults.fired();
      faults.set({});
      expect({ turn, status: changed.status, droppedBeforeReply }).toEqual({
        turn,
        status: 200,
        droppedBeforeReply: 1,
      });
      expect((await slotRow(slot?.id ?? ""))?.status).toBe(status);
    }
    const audits = await stack().sql("select from audit where entity_id = $1 and action = 'slot.change'", [slot?.id]);
    expect(audits).toHaveLength(turns);
  });

  test("Work that fails after the reply is done by the next minute's cron", async () => {
    const staff = await stack().as("staff1");
    const { slotId, appointmentId } = await bookedSlot("patient184");
    const seen = await staff("POST", `/slots/${slotId}/preview`, { status: "closed" });
    // The change itself takes seven turns; from then on nothing reaches the database.
    const { faults } = stack().neon;
    faults.set({ dropBeforeForward: (n) => n > 7 });
    const closed = await staff("PATCH", `/slots/${slotId}`, { status: "closed", previewToken: seen.body.token });
    expect(closed.status).toBe(200);
    await expect.poll(() => faults.fired().droppedBeforeForward).toBeGreaterThan(0);
    await expect.poll(() => stack().log.some((line) => line.includes('"job-failed"'))).toBe(true);
    faults.set({});
    const status = async () =>
      (await stack().sql<{ status: string }>("select status from appointments where id = $1", [appointmentId]))[0]
        ?.status;
    expect(await status()).toBe("to-place");
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    await whenReassigned(stack(), closed);
    expect(await status()).toBe("moved");
  });

  test("A moved slot keeps its id, and the schedule does not fill the time that it left", async () => {
    const staff = await stack().as("staff1");
    const [slot] = await freeSlots(stack(), 1);
    const before = await slotRow(slot?.id ?? "");
    const length = (before?.ends_at.getTime() ?? 0) - (before?.starts_at.getTime() ?? 0);
    const moved = await staff("PATCH", `/slots/${slot?.id}`, { startsAt: evening(9).toISOString() });
    expect(moved).toMatchObject({ status: 200, body: { id: slot?.id, status: "open" } });
    expect(Date.parse(moved.body.startsAt)).toBe(evening(9).getTime());
    expect(Date.parse(moved.body.endsAt) - Date.parse(moved.body.startsAt)).toBe(length);
    expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
    const there = await stack().sql<{ closed_by: string; by_hand: string }>(
      "select closed_by, by_hand from slots where doctor_id = $1 and starts_at = $2",
      [slot?.doctorId, before?.starts_at],
    );
    expect(there).toEqual([{ closed_by: "removed", by_hand: "removed" }]);
    const [mark] = await stack().sql<{ id: string }>(
      "select id from slots where doctor_id = $1 and by_hand = 'removed'",
      [slot?.doctorId],
    );
    expect((await staff("PATCH", `/slots/${mark?.id}`, { status: "open" })).status).toBe(404);
  });
});

describe("deleteSlot", () => {
  test("Deleting a booked slot moves the patient. 409 wrong-state for a slot that has begun or was attended", async () => {
    const staff = await stack().as("staff1");
    const { slotId, appointmentId } = await bookedSlot("patient182");
    const seen = await staff("POST", `/slots/${slotId}/preview`, { remove: true });
    expect(seen.body).toMatchObject({ affected: 1, reassigned: [{ appointmentId }] });
    expect((await staff("DELETE", `/slots/${slotId}`)).status).toBe(428);
    const deleted = await staff("DELETE", `/slots/${slotId}?previewToken=${seen.body.token}`);
    expect(deleted.status).toBe(204);
    await whenReassigned(stack(), deleted);
    const [row] = await stack().sql("select status, slot_id from appointments where id = $1", [appointmentId]);
    expect(row).toEqual({ status: "moved", slot_id: seen.body.reassigned[0].to.id });

    const attended = await bookedSlot("patient183");
    await stack().sql("update appointments set status = 'arrived' where id = $1", [attended.appointmentId]);
    for (const reply of [
      await staff("PATCH", `/slots/${attended.slotId}`, { status: "closed" }),
      await staff("DELETE", `/slots/${attended.slotId}`),
    ]) {
      expect(reply).toMatchObject({ status: 409, body: { code: "wrong-state", current: "attended" } });
    }
    const [past] = await stack().sql<{ id: string }>("select id from slots where ends_at < now() limit 1");
    expect((await staff("DELETE", `/slots/${past?.id}`)).status).toBe(404);
  });
});

describe("createSlot, changeSlot and deleteSlot", () => {
  const INVALID = { status: 400, body: { code: "invalid-request" } };
  test.each<[string, (row: SlotRow) => object, string, object?]>([
    [
      "a slot in the past",
      () => ({ startsAt: evening(-2).toISOString(), endsAt: evening(-2, 15).toISOString() }),
      "/startsAt",
    ],
    [
      "a slot in three years",
      () => ({ startsAt: evening(1200).toISOString(), endsAt: evening(1200, 15).toISOString() }),
      "/startsAt",
    ],
    [
      "an inverted slot",
      () => ({ startsAt: evening(5, 15).toISOString(), endsAt: evening(5).toISOString() }),
      "/endsAt",
    ],
    [
      "a slot of a minute",
      () => ({ startsAt: evening(5).toISOString(), endsAt: evening(5, 1).toISOString() }),
      "/endsAt",
    ],
    [
      "a slot of three hours",
      () => ({ startsAt: evening(5).toISOString(), endsAt: evening(5, 180).toISOString() }),
      "/endsAt",
    ],
    [
      "a slot of seconds",
      () => ({ startsAt: new Date(evening(5).getTime() + 1000).toISOString(), endsAt: evening(5, 15).toISOString() }),
      "/startsAt",
    ],
    [
      "an instant of no calendar",
      () => ({ startsAt: "2027-02-30T10:00:00Z", endsAt: "2027-02-30T10:15:00Z" }),
      "/startsAt",
    ],
    ["the year 0", () => ({ startsAt: "0000-01-01T10:00:00Z", endsAt: "9999-12-31T10:15:00Z" }), "/startsAt"],
    ["an unknown doctor", () => ({ doctorId: NO_SUCH_ID }), "/doctorId"],
    ["an unknown location", () => ({ locationId: NO_SUCH_ID }), "/locationId"],
    ["an unknown member", () => ({ room: 1 }), "/room"],
    [
      "a slot on another one",
      (row) => ({ startsAt: row.starts_at.toISOString(), endsAt: row.ends_at.toISOString() }),
      "/startsAt",
      { status: 409, body: { code: "duplicate" } },
    ],
  ])(
    "400 invalid-request, 409 duplicate: %s is refused, and changes nothing",
    async (_, more, pointer, problem = INVALID) => {
      const staff = await stack().as("staff1");
      const [like] = await freeSlots(stack(), 1);
      const row = await slotRow(like?.id ?? "");
      if (!row) throw new Error("no slot");
      const body = {
        doctorId: row.doctor_id,
        locationId: row.location_id,
        startsAt: evening(5).toISOString(),
        endsAt: evening(5, 15).toISOString(),
        ...more(row),
      };
      const before = await fingerprint(stack());
      for (const path of ["/slots", "/slots/preview"]) {
        const reply = await staff("POST", path, body);
        expect(reply).toMatchObject(problem);
        expect(reply.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
      }
      expect(await fingerprint(stack())).toEqual(before);
    },
  );

  test("403 forbidden: Only staff add, change and delete slots", async () => {
    const [slot] = await freeSlots(stack(), 1);
    for (const account of ["patient2", "doctor1"]) {
      const call: Api = await stack().as(account);
      expect((await call("POST", "/slots", {})).status).toBe(403);
      expect((await call("PATCH", `/slots/${slot?.id}`, { status: "closed" })).status).toBe(403);
      expect((await call("DELETE", `/slots/${slot?.id}`)).status).toBe(403);
      expect((await call("GET", "/cases")).status).toBe(403);
      expect((await call("GET", "/holidays")).status).toBe(403);
      expect((await call("POST", "/holidays", {})).status).toBe(403);
    }
  });
});

async function fingerprint(stack: TestStack) {
  return stack.sql(
    `select (select md5(string_agg(t::text, '|' order by t.id)) from slots t) as slots,
       (select count(*) from audit where action ~ '^(slot|appointment)') as audit, (select count(*) from cases) as cases`,
  );
}
