import { describe, expect, test } from "vitest";
import { type Api, type Reply, freeSlots, useStack } from "../support/stack.ts";

describe("changing an appointment over HTTP", () => {
  const stack = useStack();

  async function hold(call: Api, body: object = {}): Promise<{ id: string; slotId: string }> {
    const [slot] = await freeSlots(stack(), 1);
    const reply = await call("POST", "/holds", { slotId: slot?.id, ...body });
    expect(reply.status).toBe(201);
    return { id: reply.body.id, slotId: reply.body.slot.id };
  }

  async function book(
    call: Api,
    body: object = {},
  ): Promise<{ id: string; path: string; etag: string; slotId: string }> {
    const held = await hold(call, body);
    const { status, body: row, headers } = await call("POST", "/appointments", { holdId: held.id, ...body });
    expect(status).toBe(201);
    return { id: row.id, path: `/appointments/${row.id}`, etag: headers.get("ETag") ?? "", slotId: held.slotId };
  }

  /** Moves an appointment's start so near that it is frozen. */
  const freeze = (id: string) =>
    stack().sql(
      `with a as (update appointments set starts_at = now() + interval '5 hours', ends_at = now() + interval '315 minutes'
         where id = $1 returning slot_id)
       update slots set starts_at = now() + interval '5 hours', ends_at = now() + interval '315 minutes', doctor_id = $2
       from a where slots.id = a.slot_id`,
      [id, spareDoctor],
    );
  let spareDoctor = "";

  const problem = (reply: Reply, status: number, code: string) => {
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
    expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
    return reply.body;
  };

  test("a move keeps the id, raises the ETag, frees the old time at once, and its replay is the same to the byte", async () => {
    const call = await stack().as("patient2");
    const { path, etag, slotId, id } = await book(call);
    const held = await hold(call);
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

  test("without If-Match 428; with an old one 412 saying who and when; a refused move leaves hold and appointment", async () => {
    const call = await stack().as("patient153");
    const { path, etag } = await book(call);
    const held = await hold(call);
    for (const headers of [{}, { "If-Match": "*" }]) {
      problem(await call("POST", `${path}/reschedule`, { holdId: held.id }, headers), 428, "precondition-required");
      problem(await call("POST", `${path}/cancel`, {}, headers), 428, "precondition-required");
    }
    const own = problem(await call("POST", `${path}/cancel`, {}, { "If-Match": 'W/"1"' }), 412, "version-conflict");
    expect(own.changedBy).toBe("you");
    const staff = await stack().as("staff1");
    const theirs = await staff("POST", "/holds", {
      slotId: (await freeSlots(stack(), 2))[1]?.id,
      patientId: await patientOf("patient153"),
    });
    expect(theirs.status).toBe(201);
    const moved = await staff("POST", `${path}/reschedule`, { holdId: theirs.body.id }, { "If-Match": etag });
    expect(moved.status).toBe(200);
    const lost = problem(await call("POST", `${path}/cancel`, {}, { "If-Match": etag }), 412, "version-conflict");
    expect(lost.changedBy).toBe("the clinic");
    expect(Math.abs(Date.parse(lost.changedAt) - Date.now())).toBeLessThan(30_000);
    const [name] = await stack().sql<{ name: string }>("select name from people where subject = 'auth0|staff1'");
    const other = await (await stack().as("staff2"))("POST", `${path}/cancel`, {}, { "If-Match": etag });
    expect(problem(other, 412, "version-conflict").changedBy).toBe(name?.name);
    // A list of tags is one that may match; and nobody need give a reason, or a body.
    const cancelled = await call("POST", `${path}/cancel`, undefined, { "If-Match": '"1", "2"' });
    expect(cancelled.status).toBe(200);
    expect(cancelled.body.cancellation).toEqual({ by: "patient", code: "unspecified", note: null });
  });

  const patientOf = async (account: string): Promise<string> => {
    const [row] = await stack().sql<{ id: string }>(
      "select t.id from patients t join people p on p.id = t.person_id where p.subject = $1",
      [`auth0|${account}`],
    );
    return row?.id ?? "";
  };

  test("inside the freeze patients get the clinic's phone; staff too, until they give a reason; patients cannot", async () => {
    [{ id: spareDoctor = "" } = {}] = await stack().sql<{ id: string }>(
      "insert into doctors (name, specialty) values ('Dr Spare', 'General practice') returning id",
    );
    const [call, staff] = [await stack().as("patient154"), await stack().as("staff1")];
    const { path, etag, id } = await book(call);
    await freeze(id);
    const held = await hold(call);
    const headers = { "If-Match": etag };
    const frozen = problem(await call("POST", `${path}/reschedule`, { holdId: held.id }, headers), 409, "frozen");
    expect(frozen).toMatchObject({ phone: "+353 1 555 0100", what: "appointment" });
    problem(await call("POST", `${path}/cancel`, {}, headers), 409, "frozen");
    problem(await staff("POST", `${path}/cancel`, {}, headers), 409, "frozen");
    const override = { reason: "Patient is in hospital" };
    problem(await call("POST", `${path}/cancel`, { override }, headers), 403, "forbidden");
    problem(
      await call("POST", `${path}/cancel`, { reason: { by: "clinic", code: "other" } }, headers),
      403,
      "forbidden",
    );
    problem(await staff("POST", `${path}/cancel`, { override: { reason: " " } }, headers), 400, "invalid-request");
    const done = await staff(
      "POST",
      `${path}/cancel`,
      { override, reason: { by: "patient", code: "unwell", note: "Called" } },
      headers,
    );
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({
      status: "cancelled",
      slotId: null,
      cancellation: { by: "patient", code: "unwell" },
    });
    const [row] = await stack().sql<{ reason: string }>(
      "select reason from audit where entity_id = $1 and reason is not null",
      [id],
    );
    expect(row?.reason).toBe(override.reason);
    expect(problem(await call("POST", `${path}/cancel`, {}, { "If-Match": '"2"' }), 409, "wrong-state").current).toBe(
      "cancelled",
    );
  });

  test("what the clinic notes on a cancellation stays in the clinic", async () => {
    const [call, staff] = [await stack().as("patient155"), await stack().as("staff1")];
    const { path, etag } = await book(call);
    const reason = { by: "clinic", code: "booked-in-error", note: "Mixed up with her sister" };
    const done = await staff("POST", `${path}/cancel`, { reason }, { "If-Match": etag });
    expect(done.body.cancellation).toEqual(reason);
    expect((await call("GET", path)).body.cancellation).toEqual({ ...reason, note: null });
    expect((await staff("GET", path)).body.cancellation).toEqual(reason);
  });

  test("the change budget says whose it is and when it resets; a move by the clinic can be accepted or answered freely", async () => {
    const call = await stack().as("patient156");
    const { path, id } = await book(call);
    await stack().sql("update appointments set changes_used = 3 where id = $1", [id]);
    const held = await hold(call);
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

  test("a move says from where, by when to answer and what else is free, and lists leave that out; staff list the unanswered", async () => {
    const [call, staff] = [await stack().as("patient160"), await stack().as("staff1")];
    const { path, id } = await book(call);
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

    // What is offered instead can be held at once, in place of the appointment.
    const held = await call("POST", "/holds", { slotId: first.id });
    expect(held.status).toBe(201);
    const chosen = await call("POST", `${path}/reschedule`, { holdId: held.body.id }, { "If-Match": '"1"' });
    expect(chosen.body).toMatchObject({ status: "booked", slotId: first.id, move: null });
    expect(await unconfirmed()).toEqual([]);
  });

  test("a hold that is over: 409 with the slot's fate, and the appointment is as it was", async () => {
    const call = await stack().as("patient157");
    const { path, etag, slotId } = await book(call);
    const held = await hold(call);
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

  test("the nightly trigger forgets answers kept for more than 48 hours: the key is as good as new", async () => {
    const call = await stack().as("patient159");
    const [one, other] = await freeSlots(stack(), 2);
    const keys = { old: { "Idempotency-Key": "old" }, young: { "Idempotency-Key": "young" } };
    await call("POST", "/holds", { slotId: one?.id }, keys.old);
    await call("POST", "/holds", { slotId: one?.id }, keys.young);
    await stack().sql("update idempotency_keys set created_at = now() - interval '49 hours' where key = 'old'");
    expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
    expect((await call("POST", "/holds", { slotId: other?.id }, keys.old)).status).toBe(201);
    problem(await call("POST", "/holds", { slotId: other?.id }, keys.young), 422, "idempotency-key-reused");
  });

  test("attendance: only the doctor's own, in the legal order, not before its day; patients may not", async () => {
    const rows = await stack().sql<{ id: string; version: number; subject: string; status: string }>(
      `select a.id, a.version, a.status, p.subject from appointments a join doctors d on d.id = a.doctor_id
         join people p on p.id = d.person_id where a.status in ('no-show', 'booked') order by a.status desc, a.id`,
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
