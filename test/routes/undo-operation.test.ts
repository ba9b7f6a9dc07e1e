import { beforeAll, describe, expect, test } from "vitest";
import { whenReassigned } from "../support/reassigning.ts";
import { type Api, type Reply, freeSlots, useStack } from "../support/stack.ts";

const stack = useStack();
// Other tests prove that the outbox drops a change that was undone within the quiet window.
beforeAll(() => stack().sql("update policy set quiet_seconds = 3600, max_delay_seconds = 86400"));

const problem = (reply: Reply, status: number, code: string) => {
  expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  return reply.body;
};

/** A date on which a doctor has some appointments, none of them near. */
async function busyDay(): Promise<{ doctorId: string; date: string; booked: number; name: string }> {
  const [found] = await stack().sql<{ doctorId: string; date: string; booked: number; name: string }>(
    `select s.doctor_id as "doctorId", s.clinic_date::text as date, count(*)::int as booked, d.name
     from slots s join appointments a on a.id = s.appointment_id join doctors d on d.id = s.doctor_id
     where a.status = 'booked' and s.clinic_date > (now() at time zone 'Europe/Dublin')::date + 3 and d.active and d.leaves_on is null
     group by 1, 2, d.name order by 3 desc, 2, 1 limit 1`,
  );
  if (!found) throw new Error("the seed has no appointments ahead");
  return found;
}

async function absence(
  staff: Api,
): Promise<{ id: string; booked: number; doctorId: string; date: string; shown: Reply }> {
  const { doctorId, date, booked } = await busyDay();
  const body = { kind: "absence", fromDate: date, toDate: date };
  const shown = await staff("POST", `/doctors/${doctorId}/exceptions/preview`, body);
  expect(shown.body.affected).toBe(booked);
  const applied = await staff("POST", `/doctors/${doctorId}/exceptions`, { ...body, previewToken: shown.body.token });
  expect(applied.status).toBe(201);
  return { id: await whenReassigned(stack(), applied), booked, doctorId, date, shown };
}

describe("listOperations, getOperation, listOperationItems, previewUndoOperation and undoOperation", () => {
  test("An operation says who made it, which preview they saw and what happened to each patient, and can be undone", async () => {
    const staff = await stack().as("staff1");
    const { id, booked, doctorId, date, shown } = await absence(staff);
    const read = await staff("GET", `/operations/${id}`);
    expect(read.body).toMatchObject({
      id,
      kind: "exception-add",
      about: { doctorId, locationId: null, from: date, to: date },
      phase: "done",
      etaSeconds: null,
      undoOf: null,
      undoneBy: null,
      undoable: true,
      counts: { displaced: booked, pending: 0, cancelled: 0, kept: 0 },
      preview: { affected: booked, reassigned: shown.body.reassigned.length, toPlace: shown.body.toPlace.length },
      by: { name: expect.any(String) },
    });
    expect(read.body.counts.moved + read.body.counts.toPlace).toBe(booked);
    expect(read.body.proof.boundPoints).toBeLessThanOrEqual(read.body.proof.points);
    const etag = read.headers.get("ETag") ?? "";
    expect(read.headers.get("Retry-After")).toBeNull();
    const same = await staff("GET", `/operations/${id}`, undefined, { "If-None-Match": etag });
    expect(same.status).toBe(304);
    expect((await staff("GET", "/operations?limit=1")).body.items[0]).toMatchObject({ id });

    const items: { appointmentId: string; patientId: string; from: object; to: object; why: { text: string } }[] = [];
    for (let path: string | null = `/operations/${id}/items?state=moved&limit=2`; path;) {
      const page: Reply = await staff("GET", path);
      expect(page.status).toBe(200);
      items.push(...page.body.items);
      path = page.body.nextCursor && `/operations/${id}/items?state=moved&limit=2&cursor=${page.body.nextCursor}`;
    }
    expect(items).toHaveLength(read.body.counts.moved);
    for (const item of items) {
      expect(item).toMatchObject({
        state: "moved",
        reference: expect.any(String),
        patientName: expect.any(String),
        why: { text: expect.stringMatching(/day/), code: null, weighed: { points: expect.any(Number) } },
        previewed: { to: { startsAt: expect.any(String) } },
      });
    }
    const planned = new Map(
      shown.body.reassigned.map((one: { appointmentId: string; to: { startsAt: string } }) => [
        one.appointmentId,
        one.to.startsAt,
      ]),
    );
    expect(new Map(items.map((one) => [one.appointmentId, (one.to as { startsAt: string }).startsAt]))).toEqual(
      planned,
    );
    const [noted] = await stack().sql<{ patients: string[] }>(
      "select after -> 'patientIds' as patients from audit where action = 'operation.items' order by id desc limit 1",
    );
    expect(noted?.patients.length).toBeGreaterThan(0);

    const before = await stack().sql("select id, slot_id from appointments where doctor_id = $1 order by id", [
      doctorId,
    ]);
    const seen = await staff("POST", `/operations/${id}/undo/preview`);
    expect(seen.body.back).toHaveLength(booked);
    expect(seen.body.kept).toEqual([]);
    expect(
      await stack().sql("select id, slot_id from appointments where doctor_id = $1 order by id", [doctorId]),
    ).toEqual(before);
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const previewToken = seen.body.token as string;
    const stale = await staff("POST", `/operations/${id}/undo`, { previewToken: "of another day" });
    expect(problem(stale, 412, "preview-stale")["plan"]).toEqual(seen.body);
    const undone = await staff("POST", `/operations/${id}/undo`, { previewToken }, key);
    expect(undone.status).toBe(201);
    expect(undone.body).toMatchObject({
      undoOf: id,
      undoable: false,
      kind: "exception-remove",
      about: { doctorId, from: date, to: date },
      counts: { displaced: booked, moved: booked, kept: 0 },
    });
    expect(undone.headers.get("Location")).toBe(`/api/v1/operations/${undone.body.id}`);
    const replay = await staff("POST", `/operations/${id}/undo`, { previewToken }, key);
    expect(replay.body.id).toBe(undone.body.id);
    expect((await staff("GET", `/operations/${id}`)).body).toMatchObject({ undoneBy: undone.body.id, undoable: false });
    const again = problem(await staff("POST", `/operations/${id}/undo`, { previewToken }), 409, "wrong-state");
    expect(again).toMatchObject({ current: "undone", detail: "It has been taken back already." });
    const [there] = await stack().sql<{ n: number }>(
      "select count(*)::int as n from slots where doctor_id = $1 and clinic_date = $2 and status = 'open' and appointment_id is not null",
      [doctorId, date],
    );
    expect(there?.n).toBe(booked);
    const back = await staff("GET", `/operations/${undone.body.id}/items?limit=1`);
    expect(back.body.items[0]).toMatchObject({
      state: "moved",
      why: { text: "It is back where it was.", code: "restored" },
    });
  });

  test("409 wrong-state: An operation that still runs says its progress and when to ask again, and cannot be undone yet", async () => {
    const staff = await stack().as("staff3");
    const { id, booked } = await absence(staff);
    expect(booked).toBeGreaterThan(1);
    const done = await staff("GET", `/operations/${id}`);
    // As it is after its first batch, ten seconds from its beginning.
    await stack().sql(
      `with one as (select appointment_id from operation_items where operation_id = $1 limit 1)
       update operation_items set state = 'pending', decided_at = null, to_slot_id = null
       where operation_id = $1 and appointment_id <> (select appointment_id from one)`,
      [id],
    );
    await stack().sql(
      `update operations set phase = 'reassigning', finished_at = null, created_at = now() - interval '10 seconds',
         lease_id = uuidv7(), lease_until = now() + interval '1 hour' where id = $1`,
      [id],
    );
    const read = await staff("GET", `/operations/${id}`);
    expect(read.body).toMatchObject({ phase: "reassigning", finishedAt: null, undoable: false });
    expect(read.body.counts).toMatchObject({ displaced: booked, pending: booked - 1 });
    expect(read.body.etaSeconds).toBeGreaterThanOrEqual(10 * (booked - 1));
    expect(read.body.etaSeconds).toBeLessThan(20 * (booked - 1));
    expect(read.headers.get("Retry-After")).toBe("1");
    expect(read.headers.get("ETag")).not.toBe(done.headers.get("ETag"));
    const [pending] = (await staff("GET", `/operations/${id}/items?state=pending&limit=1`)).body.items;
    expect(pending).toMatchObject({ state: "pending", to: null, decidedAt: null });
    const early = await staff("POST", `/operations/${id}/undo/preview`);
    expect(problem(early, 409, "wrong-state").current).toBe("reassigning");
    expect(early.headers.get("Retry-After")).toBe("2");
  });
});

describe("leaveDoctor and previewLeaveDoctor", () => {
  test("409 wrong-state: A doctor with appointments cannot be switched off, but can leave, and colleagues take the patients", async () => {
    const staff = await stack().as("staff2");
    const { doctorId, date } = await busyDay();
    const { headers } = await staff("GET", `/doctors/${doctorId}`);
    const ifMatch = { "If-Match": headers.get("ETag") ?? "" };
    const off = problem(await staff("PATCH", `/doctors/${doctorId}`, { active: false }, ifMatch), 409, "wrong-state");
    expect(off.detail).toContain("/doctors/{id}/leave");
    const early = { from: "2020-01-01" };
    expect(
      problem(await staff("POST", `/doctors/${doctorId}/leave/preview`, early), 400, "invalid-request").errors,
    ).toEqual([{ pointer: "/from", detail: expect.stringContaining("Not before today"), why: "past" }]);
    const shown = await staff("POST", `/doctors/${doctorId}/leave/preview`, { from: date });
    expect(shown.body.affected).toBeGreaterThan(0);
    // To colleagues, or to the days that are left.
    const stays = shown.body.reassigned.filter(
      (one: { to: { doctorId: string; startsAt: string } }) => one.to.doctorId === doctorId && one.to.startsAt >= date,
    );
    expect(stays).toEqual([]);
    problem(await staff("POST", `/doctors/${doctorId}/leave`, { from: date }), 428, "precondition-required");
    const done = await staff("POST", `/doctors/${doctorId}/leave`, { from: date, previewToken: shown.body.token });
    expect(done.body).toMatchObject({ id: doctorId, leavesOn: date, active: true });
    const id = await whenReassigned(stack(), done);
    expect((await staff("GET", `/operations/${id}`)).body).toMatchObject({
      kind: "doctor-left",
      about: { doctorId, from: date, to: null },
      counts: { displaced: shown.body.affected, pending: 0 },
    });
    const offered = await stack().nobody("GET", `/availability?doctorId=${doctorId}&from=${date}`);
    expect(offered.body.nextAvailable).toBeNull();

    const { token } = (await staff("POST", `/operations/${id}/undo/preview`)).body;
    const undone = await staff("POST", `/operations/${id}/undo`, { previewToken: token });
    expect(undone.body).toMatchObject({ kind: "doctor-left", counts: { moved: shown.body.affected, kept: 0 } });
    expect((await staff("GET", `/doctors/${doctorId}`)).body).toMatchObject({ leavesOn: null });
  });
});

describe("undoOperation", () => {
  test("Patients are notified of the settled state: a move that was undone sends nothing, unless the move was notified", async () => {
    const [staff, patient] = [await stack().as("staff4"), await stack().as("patient170")];
    const [slot] = await freeSlots(stack(), 1);
    const held = await patient("POST", "/holds", { slotId: slot?.id });
    const { body } = await patient("POST", "/appointments", { holdId: held.body.id });
    /** Its notification becomes due, and the cron finds it. Returns all its notifications. */
    const told = async () => {
      await stack().sql("update outbox set due_at = now() where appointment_id = $1 and due_at is not null", [body.id]);
      expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
      const rows = await stack().sql<{ kind: string; state: string }>(
        "select kind, state from deliveries where appointment_id = $1 order by id",
        [body.id],
      );
      const [row] = await stack().sql("select due_at from outbox where appointment_id = $1", [body.id]);
      expect(row).toEqual({ due_at: null });
      return rows.map(({ kind, state }) => (state === "sent" || state === "delivered" ? kind : `${kind} ${state}`));
    };
    const date = body.startsAt.slice(0, 10) as string;
    const path = `/doctors/${body.doctorId}/exceptions`;
    const falls = async () => {
      const absent = { kind: "absence", fromDate: date, toDate: date };
      const { token } = (await staff("POST", `${path}/preview`, absent)).body;
      return whenReassigned(stack(), await staff("POST", path, { ...absent, previewToken: token }));
    };
    const back = async (id: string) => {
      const { token } = (await staff("POST", `/operations/${id}/undo/preview`)).body;
      expect((await staff("POST", `/operations/${id}/undo`, { previewToken: token })).status).toBe(201);
      const { startsAt, status } = (await patient("GET", `/appointments/${body.id}`)).body;
      expect({ startsAt, status }).toEqual({ startsAt: body.startsAt, status: "booked" });
    };
    expect(await told()).toEqual(["booked"]);
    await back(await falls());
    expect(await told()).toEqual(["booked"]);
    const id = await falls();
    expect(await told()).toEqual(["booked", "moved-by-clinic"]);
    await back(id);
    expect(await told()).toEqual(["booked", "moved-by-clinic", "moved"]);
  });
});

describe("all operations on clinic changes", () => {
  test("403 forbidden: Operations are for staff only. 404 not-found for an unknown operation", async () => {
    const [staff, patient, doctor] = [
      await stack().as("staff1"),
      await stack().as("patient2"),
      await stack().as("doctor1"),
    ];
    const nowhere = `/operations/${crypto.randomUUID()}`;
    for (const [method, path, body] of [
      ["GET", "/operations"],
      ["GET", nowhere],
      ["GET", `${nowhere}/items`],
      ["POST", `${nowhere}/undo/preview`],
      ["POST", `${nowhere}/undo`, { previewToken: "x" }],
    ] as const) {
      problem(await stack().nobody(method, path, body), 401, "unauthenticated");
      problem(await patient(method, path, body), 403, "forbidden");
      problem(await doctor(method, path, body), 403, "forbidden");
      if (path !== "/operations") problem(await staff(method, path, body), 404, "not-found");
    }
    problem(await staff("GET", "/operations?cursor=x"), 400, "invalid-request");
    problem(await staff("GET", `${nowhere}/items?state=lost`), 400, "invalid-request");
    problem(await staff("POST", `${nowhere}/undo`, {}), 400, "invalid-request");
  });
});
