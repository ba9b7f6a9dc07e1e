import { describe, expect, test } from "vitest";
import { book, hold, problem } from "../support/appointment-requests.ts";
import { freeSlots, useStack } from "../support/stack.ts";

const stack = useStack();

describe("cancelAppointment", () => {
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

  test("428 precondition-required, or 412 version-conflict with who changed it and when: a refused change leaves hold and appointment", async () => {
    const call = await stack().as("patient153");
    const { path, etag } = await book(stack(), call);
    const held = await hold(stack(), call);
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
    // One tag of a list may match. A reason and a body are optional.
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

  test("409 frozen: Patients get the phone number of the clinic. Staff may override with a reason, patients may not", async () => {
    [{ id: spareDoctor = "" } = {}] = await stack().sql<{ id: string }>(
      "insert into doctors (name, specialty) values ('Dr Spare', 'General practice') returning id",
    );
    const [call, staff] = [await stack().as("patient154"), await stack().as("staff1")];
    const { path, etag, id } = await book(stack(), call);
    await freeze(id);
    const held = await hold(stack(), call);
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

  test("What staff note on a cancellation is not shown to the patient", async () => {
    const [call, staff] = [await stack().as("patient155"), await stack().as("staff1")];
    const { path, etag } = await book(stack(), call);
    const reason = { by: "clinic", code: "booked-in-error", note: "Mixed up with her sister" };
    const done = await staff("POST", `${path}/cancel`, { reason }, { "If-Match": etag });
    expect(done.body.cancellation).toEqual(reason);
    expect((await call("GET", path)).body.cancellation).toEqual({ ...reason, note: null });
    expect((await staff("GET", path)).body.cancellation).toEqual(reason);
  });
});
