import { describe, expect, test } from "vitest";
import { book, hold, problem } from "../support/appointment-requests.ts";
import { type Api, useStack } from "../support/stack.ts";

const stack = useStack();

describe("rescheduleAppointment and acceptAppointment", () => {
  test("A move keeps the id, raises the ETag and frees the old time at once. Its repetition has the same answer", async () => {
    const call = await stack().as("patient2");
    const { path, etag, slotId, id } = await book(stack(), call);
    const held = await hold(stack(), call);
    const headers = { "If-Match": etag, "Idempotency-Key": crypto.randomUUID() };
    const moved = await call("POST", `${path}/reschedule`, { holdId: held.id }, headers);
    expect(moved.status).toBe(200);
    expect(moved.body).toMatchObject({ id, slotId: held.slotId, status: "booked", changesLeft: 2, cancellation: null });
    expect(moved.headers.get("ETag")).toBe('"2"');
    const other = await stack().as("patient200");
    expect((await other("POST", "/holds", { slotId })).status).toBe(201);

    const again = await call("POST", `${path}/reschedule`, { holdId: held.id }, headers);
    expect({ status: again.status, body: again.body, etag: again.headers.get("ETag") }).toEqual({
      status: 200,
      body: moved.body,
      etag: '"2"',
    });
    problem(await call("POST", `${path}/reschedule`, { holdId: slotId }, headers), 422, "idempotency-key-reused");
    const read = await call("GET", path);
    expect({ body: read.body, etag: read.headers.get("ETag") }).toEqual({ body: moved.body, etag: '"2"' });
  });

  test("409 change-budget-spent: The refusal says which budget and when it resets. An answer to a move by the clinic costs nothing", async () => {
    const call = await stack().as("patient156");
    const { path, id } = await book(stack(), call);
    await stack().sql("update appointments set changes_used = 3 where id = $1", [id]);
    const held = await hold(stack(), call);
    const headers = { "If-Match": '"1"' };
    const spent = problem(
      await call("POST", `${path}/reschedule`, { holdId: held.id }, headers),
      409,
      "change-budget-spent",
    );
    expect(spent).toMatchObject({ per: "appointment", resetsAt: null, phone: "+353 1 555 0100" });
    expect(problem(await call("POST", `${path}/accept`, {}, headers), 409, "wrong-state").current).toBe("booked");
    await stack().sql("update appointments set status = 'moved' where id = $1", [id]);
    const accepted = await call("POST", `${path}/accept`, {}, headers);
    expect(accepted.body).toMatchObject({ id, status: "booked" });
    await stack().sql("update appointments set status = 'moved' where id = $1", [id]);
    const chosen = await call("POST", `${path}/reschedule`, { holdId: held.id }, { "If-Match": '"2"' });
    expect(chosen.body).toMatchObject({ id, status: "booked", changesLeft: 0, slotId: held.slotId });
  });

  test("409 hold-expired: The refusal has the status of the slot, and the appointment stays as it was", async () => {
    const call = await stack().as("patient157");
    const { path, etag, slotId } = await book(stack(), call);
    const held = await hold(stack(), call);
    await stack().sql("update slots set hold_expires_at = now() where hold_id = $1", [held.id]);
    const refused = problem(
      await call("POST", `${path}/reschedule`, { holdId: held.id }, { "If-Match": etag }),
      409,
      "hold-expired",
    );
    expect(refused).toMatchObject({ slotFree: true, slotId: held.slotId });
    expect((await call("GET", path)).body.slotId).toBe(slotId);
    expect((await call("GET", path)).headers.get("ETag")).toBe(etag);
  });
});

describe("getAppointment and listAppointments", () => {
  test("A moved appointment says from where, by when to answer and what else is free. Staff list those without an answer", async () => {
    const [call, staff] = [await stack().as("patient160"), await stack().as("staff1")];
    const { path, id } = await book(stack(), call);
    expect((await call("GET", path)).body.move).toBeNull();
    const [row] = await stack().sql<{ from: object; patient: string }>(
      `update appointments a set status = 'moved', moved_at = now() - interval '3 days', moved_from = jsonb_build_object(
           'doctorId', a.doctor_id, 'locationId', a.location_id,
           'startsAt', 1000 * extract(epoch from date_trunc('hour', a.starts_at) - interval '1 day')::bigint,
           'endsAt', 1000 * extract(epoch from date_trunc('hour', a.starts_at) - interval '1425 minutes')::bigint)
       where id = $1 returning moved_from as from, patient_id as patient`,
      [id],
    );
    const { move } = (await call("GET", path)).body;
    expect(move).toMatchObject({ unconfirmed: true, from: { doctorId: expect.any(String) } });
    for (const instant of [move.movedAt, move.answerBy, move.from.startsAt]) {
      expect(instant).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?[+-]\d\d:\d\d$/);
    }
    expect(move.alternatives).toHaveLength(2);
    const [first] = move.alternatives;
    expect(first.doctorId).toBe(move.from.doctorId);
    expect(row?.from).toMatchObject({ doctorId: move.from.doctorId, startsAt: Date.parse(move.from.startsAt) });

    const listed = (await call("GET", "/appointments?when=upcoming&limit=200")).body.items.find(
      (one: { id: string }) => one.id === id,
    );
    expect(listed.move).toEqual({ ...move, alternatives: null });
    const unconfirmed = async () =>
      (await staff("GET", `/appointments?unconfirmed=true&patientId=${row?.patient}`)).body.items.map(
        (one: { id: string }) => one.id,
      );
    expect(await unconfirmed()).toEqual([id]);

    // The alternatives can be held at once, in place of the appointment.
    const held = await call("POST", "/holds", { slotId: first.id });
    expect(held.status).toBe(201);
    const chosen = await call("POST", `${path}/reschedule`, { holdId: held.body.id }, { "If-Match": '"1"' });
    expect(chosen.body).toMatchObject({ status: "booked", slotId: first.id, move: null });
    expect(await unconfirmed()).toEqual([]);
  });
});

describe("markAttendance", () => {
  test("Only the doctor of the appointment marks attendance, in the legal order, and not before its day", async () => {
    const rows = await stack().sql<{ id: string; version: number; subject: string; status: string }>(
      `select a.id, a.version, a.status, p.subject from appointments a join doctors d on d.id = a.doctor_id
         join people p on p.id = d.person_id 
         where a.status = 'no-show' or (a.status = 'booked' and a.starts_at > now() + interval '2 days')
         order by a.status desc, a.id`,
    );
    const missed = rows.find(({ status }) => status === "no-show");
    const ahead = rows.findLast(({ status, subject }) => status === "booked" && subject === missed?.subject);
    if (!missed || !ahead) throw new Error("the seed has no such appointments");
    const account = missed.subject.replace("auth0|", "");
    const [doctor, stranger] = [
      await stack().as(account),
      await stack().as(account === "doctor1" ? "doctor2" : "doctor1"),
    ];
    const mark = (call: Api, row: { id: string; version: number }, status: string, version = row.version) =>
      call("POST", `/appointments/${row.id}/attendance`, { status }, { "If-Match": `"${version}"` });
    problem(await mark(stranger, missed, "arrived"), 404, "not-found");
    problem(await mark(await stack().as("patient158"), missed, "arrived"), 403, "forbidden");
    expect(problem(await mark(doctor, missed, "completed"), 409, "wrong-state").current).toBe("no-show");
    expect((await mark(doctor, missed, "arrived")).body.status).toBe("arrived");
    problem(await mark(doctor, missed, "completed"), 412, "version-conflict");
    const done = await mark(doctor, missed, "completed", missed.version + 1);
    expect({ status: done.body.status, etag: done.headers.get("ETag") }).toEqual({
      status: "completed",
      etag: `"${missed.version + 2}"`,
    });
    const early = problem(await mark(doctor, ahead, "arrived"), 409, "wrong-state");
    expect(early.current).toBe("booked");
    expect(Date.parse(early.possibleFrom)).toBeGreaterThan(Date.now());
    problem(await mark(doctor, missed, "asleep"), 400, "invalid-request");
  });
});
