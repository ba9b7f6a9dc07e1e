import { describe, expect, test } from "vitest";
import { freeSlots, useStack } from "../support/stack.ts";

const stack = useStack();

describe("confirmAppointment", () => {
  test("409 overlaps-own-appointment: Two appointments of one patient never overlap, and the hold stays", async () => {
    const call = await stack().as("patient159");
    const [pair] = await stack().sql<{ a: string; b: string }>(
      `select a.id as a, b.id as b from slots a join slots b
         on a.doctor_id < b.doctor_id and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
       where a.status = 'open' and b.status = 'open' and a.appointment_id is null and b.appointment_id is null
         and a.starts_at > now() + interval '20 days' limit 1`,
    );
    const first = await call("POST", "/holds", { slotId: pair?.a });
    const booked = await call("POST", "/appointments", { holdId: first.body.id });
    expect(booked.status).toBe(201);
    const second = await call("POST", "/holds", { slotId: pair?.b });
    expect(second.status).toBe(201);
    const refused = await call("POST", "/appointments", { holdId: second.body.id });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "overlaps-own-appointment", appointmentId: booked.body.id },
    });
    expect((await call("GET", `/holds/${second.body.id}`)).status).toBe(200);
  });

  test("409 overlaps-own-appointment: Staff who confirm a hold without naming the patient learn of the other appointment too", async () => {
    const patient = await stack().as("patient162");
    const staff = await stack().as("staff1");
    const [first, second] = await stack().sql<{ id: string }>(
      `select unnest(array[a.id, b.id]) as id from (
         select a.id as a, b.id as b from slots a join slots b on a.starts_at = b.starts_at and a.doctor_id < b.doctor_id
         where a.status = 'open' and b.status = 'open' and a.appointment_id is null and b.appointment_id is null
           and a.hold_id is null and b.hold_id is null and a.starts_at > now() + interval '5 days' limit 1) pair,
         slots a, slots b where a.id = pair.a and b.id = pair.b`,
    );
    const session = (await patient("GET", "/session")).body;
    const booked = await patient("POST", "/appointments", {
      holdId: (await patient("POST", "/holds", { slotId: first?.id })).body.id,
    });
    expect(booked.status).toBe(201);
    const held = await staff("POST", "/holds", { slotId: second?.id, patientId: session.patientId });
    expect(held.status).toBe(201);
    expect(await staff("POST", "/appointments", { holdId: held.body.id })).toMatchObject({
      status: 409,
      body: { code: "overlaps-own-appointment", appointmentId: booked.body.id },
    });
  });

  test("409 hold-expired: A hold that has expired says whether its slot is still free, and then it can be held again", async () => {
    const call = await stack().as("patient156");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    await stack().sql("update slots set hold_expires_at = now() - interval '1 second' where id = $1", [slot?.id]);
    const late = await call("POST", "/appointments", { holdId: held.body.id });
    expect(late).toMatchObject({ status: 409, body: { code: "hold-expired", slotFree: true, slotId: slot?.id } });
    const again = await call("POST", "/holds", { slotId: slot?.id });
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(held.body.id);
  });
});
