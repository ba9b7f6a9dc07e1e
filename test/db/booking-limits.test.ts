import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { claimDue, startDeliveries } from "#db/verbs/notifications.ts";
import { readAvailability } from "#db/queries/availability.ts";
import { book } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, {
  min_notice_minutes: 0,
  hold_minutes_per_day: 14_400,
  change_budget: 100,
  patient_change_budget: 1000,
});
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

let patient: Person;
let slots: string[];
beforeEach(async () => {
  await setPolicy(admin, { appointments_per_patient: 200, patient_action_budget: 1000, mails_per_day: 200 });
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  [patient] = (await hire(admin, "patient", 1)) as [Person];
  slots = await addSlots(
    admin,
    doctor,
    location,
    Array.from({ length: 12 }, (_, n) => (n + 3) * DAY),
  );
});

/** Holds and books as the caller; the override's reason where staff go beyond. A patient is refused the hold already. */
async function attempt(caller: Person, slotId: string, override: { reason: string } | null = null) {
  const held = await hold(db, actOf(caller), caller === staff ? patient.id : null, { slotId });
  if (held.kind !== "done") return held;
  return confirm(db, actOf(caller), { holdId: held.result.id, patientId: null, reason: null, override });
}

async function end(appointmentId: string, by: "patient" | "clinic" = "patient") {
  const reason = { by, code: "other", note: null };
  const input = { appointmentId, versions: [1], patientId: null, reason, override: null };
  const caller = by === "patient" ? patient : staff;
  expect(await cancel(db, actOf(caller), input)).toMatchObject({ kind: "done" });
}

describe("appointments to come", () => {
  test("One more than the policy allows is refused to the patient and to staff; with a reason staff go beyond", async () => {
    await setPolicy(admin, { appointments_per_patient: 3 });
    for (const slotId of slots.slice(0, 3)) expect(await attempt(patient, slotId)).toMatchObject({ kind: "done" });
    const why = { code: "booking-limit", what: "appointments", limit: 3, resetsAt: null, phone: "+353 1 555 0199" };
    for (const caller of [patient, staff]) {
      expect(await attempt(caller, slots[3]!)).toMatchObject({ kind: "refused", why });
    }
    expect(await attempt(staff, slots[3]!, { reason: "A course of treatment" })).toMatchObject({ kind: "done" });
    const { rows } = await admin.query("select cardinality(booking_times) as n from patients where id = $1", [
      patient.id,
    ]);
    expect(rows).toEqual([{ n: 3 }]);
  });

  test("What is over or cancelled is none of them", async () => {
    await setPolicy(admin, { appointments_per_patient: 2 });
    const [first, second] = [await book(db, patient, slots[0]!), await book(db, patient, slots[1]!)];
    await end(first);
    expect(await attempt(patient, slots[2]!)).toMatchObject({ kind: "done" });
    await admin.query("update appointments set starts_at = now() - interval '1 hour', ends_at = now() where id = $1", [
      second,
    ]);
    expect(await attempt(patient, slots[3]!)).toMatchObject({ kind: "done" });
    expect(await attempt(patient, slots[4]!)).toMatchObject({ why: { what: "appointments" } });
  });
});

describe("bookings, moves and cancellations within the window", () => {
  test("To cancel and book again comes to an end, and cancelling is never refused", async () => {
    await setPolicy(admin, { patient_action_budget: 6 });
    for (let round = 0; round < 3; round++) await end(await book(db, patient, slots[0]!));
    const refused = await attempt(patient, slots[0]!);
    expect(refused).toMatchObject({ kind: "refused", why: { code: "booking-limit", what: "actions", limit: 6 } });
    const { rows } = await admin.query<{ at: Date }>("select booking_times[1] as at from patients where id = $1", [
      patient.id,
    ]);
    const resetsAt = refused.kind === "refused" && "resetsAt" in refused.why ? refused.why.resetsAt : null;
    expect(resetsAt).toBe(rows[0]!.at.getTime() + 30 * 86_400_000);
    const beyond = await attempt(staff, slots[0]!, { reason: "On the telephone" });
    if (beyond.kind !== "done") throw new Error(JSON.stringify(beyond));
    await end(beyond.result.id);
  });

  test("A move counts as well, and is refused by the same number", async () => {
    await setPolicy(admin, { patient_action_budget: 2 });
    const appointmentId = await book(db, patient, slots[0]!);
    const move = async (slotId: string, version: number) => {
      const held = await hold(db, actOf(patient), null, { slotId, appointmentId });
      if (held.kind !== "done") return held;
      const input = { appointmentId, versions: [version], patientId: null, holdId: held.result.id, override: null };
      return reschedule(db, actOf(patient), input);
    };
    expect(await move(slots[1]!, 1)).toMatchObject({ kind: "done" });
    expect(await move(slots[2]!, 2)).toMatchObject({ why: { code: "booking-limit", what: "actions" } });
  });

  test("What the clinic cancels does not count, and what is older than the window is forgotten", async () => {
    await setPolicy(admin, { patient_action_budget: 2 });
    for (let round = 0; round < 2; round++) await end(await book(db, patient, slots[round]!), "clinic");
    expect(await attempt(patient, slots[2]!)).toMatchObject({ why: { code: "booking-limit" } });
    await admin.query(
      "update patients set booking_times = array[now() - interval '31 days', booking_times[2]] where id = $1",
      [patient.id],
    );
    expect(await attempt(patient, slots[2]!)).toMatchObject({ kind: "done" });
    const { rows } = await admin.query("select cardinality(booking_times) as n from patients where id = $1", [
      patient.id,
    ]);
    expect(rows).toEqual([{ n: 2 }]);
  });

  test("booking-limit: A hold from before the limit was reached is not confirmed", async () => {
    const held = await hold(db, actOf(patient), null, { slotId: slots[0]! });
    if (held.kind !== "done") throw new Error(JSON.stringify(held));
    await setPolicy(admin, { patient_action_budget: 2 });
    await admin.query("update patients set booking_times = array[now(), now()] where id = $1", [patient.id]);
    const refused = await confirm(db, actOf(patient), { holdId: held.result.id, patientId: null, reason: null });
    expect(refused).toMatchObject({ kind: "refused", why: { code: "booking-limit", what: "actions" } });
    // Asking again for a slot that is held already gives the same hold.
    expect(await hold(db, actOf(patient), null, { slotId: slots[0]! })).toMatchObject({
      result: { id: held.result.id },
    });
  });

  test("A patient who may book no more is offered no time, and each day says so; staff see the times", async () => {
    await setPolicy(admin, { patient_action_budget: 1 });
    await book(db, patient, slots[0]!);
    const first = { code: "booking-limit", what: "actions", limit: 1 };
    expect(await hold(db, actOf(patient), null, {})).toMatchObject({ kind: "refused", why: first });
    expect(await hold(db, actOf(staff), patient.id, {})).toMatchObject({ kind: "done" });
    const offered = await readAvailability(db, patient.caller, { limit: 10 });
    expect(offered).toMatchObject({ slots: [], next: null });
    expect(offered.empty.map(({ reason }) => reason)).toEqual(Array.from({ length: 7 }, () => "limit"));
    const seen = await readAvailability(db, staff.caller, { patientId: patient.id, limit: 10 });
    expect(seen.slots.length).toBeGreaterThan(0);
  });
});

describe("mails to one patient within 24 hours", () => {
  const begin = async (appointmentId: string) => {
    await admin.query("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [
      appointmentId,
    ]);
    const { claims } = await claimDue(db, { appointmentId });
    const starts = claims.map((claim) => ({ claim, kind: "booked" as const, sequence: claim.sequence + 1 }));
    return (await startDeliveries(db, starts)).size;
  };
  const waiting = async (appointmentId: string) =>
    (
      await admin.query(
        `select extract(epoch from o.due_at - (select min(d.started_at) from deliveries d where d.patient_id = o.patient_id))::int
             / 3600 as hours, o.lease_id, o.attempts
         from outbox o where o.appointment_id = $1`,
        [appointmentId],
      )
    ).rows;

  test("The one beyond the policy's number waits until the first is a day old, and is sent then", async () => {
    await setPolicy(admin, { mails_per_day: 2 });
    const ids: string[] = [];
    for (const slotId of slots.slice(0, 3)) ids.push(await book(db, patient, slotId));
    expect([await begin(ids[0]!), await begin(ids[1]!), await begin(ids[2]!)]).toEqual([1, 1, 0]);
    expect(await waiting(ids[2]!)).toEqual([{ hours: 24, lease_id: null, attempts: 0 }]);
    const [another] = (await hire(admin, "patient", 1)) as [Person];
    expect(await begin(await book(db, another, slots[5]!))).toBe(1);
    await admin.query("update deliveries set started_at = started_at - interval '25 hours' where appointment_id = $1", [
      ids[0],
    ]);
    expect(await begin(ids[2]!)).toBe(1);
  });

  test("No mail waits beyond the start of its appointment, nor beyond the start that the patient knows", async () => {
    await setPolicy(admin, { mails_per_day: 1 });
    const ids: string[] = [];
    for (const slotId of slots.slice(0, 3)) ids.push(await book(db, patient, slotId));
    expect(await begin(ids[0]!)).toBe(1);
    await admin.query(
      "update appointments set starts_at = now() + interval '20 hours', ends_at = now() + interval '21 hours' where id = $1",
      [ids[1]],
    );
    await admin.query(
      `update outbox set last_notified = jsonb_build_object('state', 'booked',
         'startsAt', extract(epoch from now() + interval '20 hours') * 1000) where appointment_id = $1`,
      [ids[2]],
    );
    expect([await begin(ids[1]!), await begin(ids[2]!)]).toEqual([1, 1]);
  });

  test("Two runs at once send no more than the number", async () => {
    await setPolicy(admin, { mails_per_day: 1 });
    const ids: string[] = [];
    for (const slotId of slots.slice(0, 4)) ids.push(await book(db, patient, slotId));
    const sent = await Promise.all(ids.map(begin));
    expect(sent.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});
