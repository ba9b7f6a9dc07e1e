import { describe, expect, test } from "vitest";
import { freeSlots, useStack } from "../support/stack.ts";

describe("exportPatient and erasePatient", () => {
  const stack = useStack();
  const key = () => ({ "Idempotency-Key": crypto.randomUUID() });
  const match = (reply: { headers: Headers }) => ({ "If-Match": reply.headers.get("ETag") ?? "" });
  const made = async () => {
    const staff = await stack().as("staff1");
    const body = { name: "Ada Export", dateOfBirth: "1984-02-29", email: `ada-${crypto.randomUUID()}@example.org` };
    const patient = await staff("POST", "/patients", body);
    const [slot] = await freeSlots(stack(), 1);
    const held = await staff("POST", "/holds", { slotId: slot?.id, patientId: patient.body.id });
    const booked = await staff("POST", "/appointments", { holdId: held.body.id, reason: "A private cough" });
    expect(booked.status).toBe(201);
    return { staff, path: `/patients/${patient.body.id}`, patient, booked };
  };

  test("An administrator gets everything about a patient in one file, with texts as they were written", async () => {
    const { staff, path, patient, booked } = await made();
    const file = await staff("GET", `${path}/export`);
    expect(file.status).toBe(200);
    expect(file.headers.get("Content-Disposition")).toBe(`attachment; filename="patient-${patient.body.number}.json"`);
    expect(file.headers.get("Cache-Control")).toContain("no-store");
    expect(file.body).toMatchObject({
      patient: patient.body,
      appointments: [{ id: booked.body.id, reason: "A private cough" }],
      mergedRecords: [],
    });
    const actions = file.body.history.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(expect.arrayContaining(["patient.create", "appointment.confirm", "patient.export"]));
    expect((await staff("GET", `/patients/${crypto.randomUUID()}/export`)).status).toBe(404);
    const other = await stack().newPatient();
    expect((await (await stack().as(other.account))("GET", `${path}/export`)).status).toBe(403);
  });

  test("A patient is erased once the record is off, nothing is booked and nothing is left to say; a repetition has the same answer", async () => {
    const { staff, path, patient, booked } = await made();
    expect((await staff("POST", `${path}/erase`, {})).body.code).toBe("precondition-required");
    const inUse = await staff("POST", `${path}/erase`, {}, match(patient));
    expect(inUse).toMatchObject({ status: 409, body: { code: "wrong-state", current: "active" } });
    const off = await staff("PATCH", path, { active: false, cancelAppointments: true }, match(patient));
    expect(off.status).toBe(200);
    const early = await staff("POST", `${path}/erase`, {}, match(off));
    expect(early).toMatchObject({ status: 409, body: { code: "wrong-state", current: "notifying" } });
    await stack().sql("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [
      booked.body.id,
    ]);
    await expect.poll(() => stack().worker.scheduled("* * * * *")).toBe("ok");

    const stale = await staff("POST", `${path}/erase`, {}, match(patient));
    expect(stale).toMatchObject({ status: 412, body: { code: "version-conflict" } });
    const headers = { ...match(off), ...key() };
    const erased = await staff("POST", `${path}/erase`, {}, headers);
    expect(erased).toMatchObject({ status: 200, body: { erased: true, name: "-", email: null, active: false } });
    const again = await staff("POST", `${path}/erase`, {}, headers);
    expect([again.status, again.body]).toEqual([200, erased.body]);
    expect((await staff("GET", path)).body).toMatchObject({ erased: true, name: "-" });
    expect((await staff("GET", `/appointments/${booked.body.id}`)).body).toMatchObject({
      patientName: "-",
      reason: null,
    });
    const change = await staff("PATCH", path, { name: "Ada Again" }, match(erased));
    expect(change).toMatchObject({ status: 409, body: { code: "wrong-state", current: "erased" } });
    expect((await staff("POST", `/patients/${crypto.randomUUID()}/erase`, {}, match(off))).status).toBe(404);
  });
});
