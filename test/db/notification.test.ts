import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { type Claim, claimDue, settleClaims, startDeliveries } from "#db/verbs/notifications.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { recordFeedback } from "#db/verbs/reports.ts";
import { reportDeadLetter } from "#db/verbs/reports.ts";
import { reschedule } from "#db/verbs/appointment-changes.ts";
import { settle } from "#domain/settle.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Desk, type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });

describe("claims, deliveries and tasks", () => {
  let desk: Desk;
  let locationId: string;
  let doctor: Person;

  beforeAll(async () => {
    desk = openDesk(database);
    locationId = await foundClinic(desk.admin, { quiet_seconds: 60, max_delay_seconds: 600, min_notice_minutes: 0 });
    [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
  });
  afterAll(() => desk.close());

  let minutes = 5_000;
  /** Books a new patient a slot this many minutes from now (default: far ahead). The outbox row is as the verb left it. */
  const book = async (startsIn = (minutes += 20)) => {
    const [patient] = (await hire(desk.admin, "patient", 1)) as [Person];
    const [slotId] = await addSlots(desk.admin, doctor, locationId, [startsIn]);
    const held = await hold(desk.db, actOf(patient), null, { slotId: slotId! });
    if (held.kind !== "done") throw new Error(held.kind);
    const done = await confirm(desk.db, actOf(patient), { holdId: held.result.id, patientId: null, reason: null });
    if (done.kind !== "done") throw new Error(done.kind);
    return { patient, appointmentId: done.result.id, version: done.result.version, dueAt: done.dueAt! };
  };
  const makeDue = (appointmentId: string) =>
    desk.admin.query("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [
      appointmentId,
    ]);
  const claim = async (appointmentId: string): Promise<Claim | undefined> =>
    (await claimDue(desk.db, { appointmentId })).claims[0];
  const rowOf = async (appointmentId: string) =>
    (
      await desk.admin.query(
        `select o.due_at is not null as dirty, o.attempts, o.last_notified ->> 'state' as told, o.sequence,
           round(extract(epoch from o.lease_until - clock_timestamp()))::int as wait,
           round(extract(epoch from o.due_at - clock_timestamp()))::int as due
         from outbox o where o.appointment_id = $1 order by o.patient_id`,
        [appointmentId],
      )
    ).rows;
  const deliveriesOf = async (appointmentId: string) =>
    (
      await desk.admin.query<{ state: string; why: string | null }>(
        "select state, why from deliveries where appointment_id = $1 order by id",
        [appointmentId],
      )
    ).rows;

  test("A start within an hour is notified at once, a later start after the quiet window", async () => {
    const soon = await book(45);
    const later = await book(75);
    expect((await rowOf(soon.appointmentId))[0].due).toBe(0);
    expect((await rowOf(later.appointmentId))[0].due).toBe(60);
  });

  test("An appointment that would start soon and is moved far away is notified at once", async () => {
    const { appointmentId, patient, version } = await book(25);
    const [slotId] = await addSlots(desk.admin, doctor, locationId, [(minutes += 20)]);
    const held = await hold(desk.db, actOf(patient), null, { slotId: slotId! });
    if (held.kind !== "done") throw new Error(held.kind);
    await desk.admin.query("update outbox set due_at = now() + interval '5 minutes' where appointment_id = $1", [
      appointmentId,
    ]);
    const [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
    const override = { reason: "Called by phone" };
    const subject = { appointmentId, versions: [version] };
    const move = { ...subject, holdId: held.result.id, patientId: patient.id, override };
    expect((await reschedule(desk.db, actOf(staff), move)).kind).toBe("done");
    expect((await rowOf(appointmentId))[0].due).toBe(0);
  });

  test("An appointment that an operation still moves is not notified before the maximum delay", async () => {
    const { appointmentId, patient } = await book();
    await makeDue(appointmentId);
    const staff = (await hire(desk.admin, "staff", 1))[0]!;
    await desk.admin.query(
      `with o as (insert into operations (kind, change, actor_id, request_id, phase) values ('absence', '{}', $1, 'r', 'reassigning') returning id)
       insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id, from_location_id, from_starts_at, from_ends_at)
       select o.id, a.id, a.patient_id, a.slot_id, a.doctor_id, a.location_id, a.starts_at, a.ends_at
       from o, appointments a where a.id = $2`,
      [staff.personId, appointmentId],
    );
    expect(await claim(appointmentId)).toBeUndefined();
    await desk.admin.query(
      "update outbox set first_dirty_at = now() - interval '11 minutes' where appointment_id = $1",
      [appointmentId],
    );
    expect((await claim(appointmentId))?.patientId).toBe(patient.id);
  });

  test("A claim has the patient's language, and the reason why no mail may go to the address", async () => {
    const { appointmentId, patient } = await book();
    await desk.admin.query("update patients set language = 'de', email = 'Gone@Patients.example' where id = $1", [
      patient.id,
    ]);
    await desk.admin.query("insert into suppressions (address, reason) values ('gone@patients.example', 'bounce')");
    await makeDue(appointmentId);
    expect((await claim(appointmentId))?.particulars.patient).toMatchObject({ language: "de", suppressed: "bounce" });
  });

  test("A state that changed after its claim is not sent, and the new state is claimed again", async () => {
    const { appointmentId } = await book();
    await makeDue(appointmentId);
    const stale = (await claim(appointmentId))!;
    await desk.admin.query("update outbox set version = version + 1 where appointment_id = $1", [appointmentId]);
    expect(await startDeliveries(desk.db, [{ claim: stale, kind: "booked", sequence: 0 }])).toEqual(new Map());
    expect(await deliveriesOf(appointmentId)).toEqual([]);
    expect((await claim(appointmentId))?.version).toBe(stale.version + 1);
  });

  test("A failed attempt is repeated after twice the time, at most after a quarter of an hour", async () => {
    const { appointmentId } = await book();
    await makeDue(appointmentId);
    const waits = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      const again = (await claim(appointmentId))!;
      const deliveryId = (await startDeliveries(desk.db, [{ claim: again, kind: "booked", sequence: 0 }])).get(
        again.leaseId,
      )!;
      await settleClaims(desk.db, [{ claim: again, outcome: "again", deliveryId, why: "TimeoutError" }]);
      waits.push((await rowOf(appointmentId))[0].wait);
      expect(await claim(appointmentId)).toBeUndefined();
      await desk.admin.query("update outbox set lease_until = now() where appointment_id = $1", [appointmentId]);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900]);
    const last = (await claim(appointmentId))!;
    const deliveryId = (await startDeliveries(desk.db, [{ claim: last, kind: "booked", sequence: 0 }])).get(
      last.leaseId,
    )!;
    await settleClaims(desk.db, [{ claim: last, outcome: "sent", deliveryId, messageId: "m-1", sequence: 0 }]);
    expect((await rowOf(appointmentId))[0]).toMatchObject({ dirty: false, attempts: 0, told: "booked", sequence: 0 });
    const states = (await deliveriesOf(appointmentId)).map(({ state }) => state);
    expect(states).toEqual([...Array.from({ length: 9 }, () => "failed"), "sent"]);
  });

  test("A notification that can never be sent is settled with one task for staff, also when it happens again", async () => {
    const { appointmentId, patient } = await book();
    for (let round = 0; round < 2; round++) {
      await desk.admin.query(
        "update outbox set version = version + 1, first_dirty_at = now(), due_at = now() - interval '1 second' where appointment_id = $1",
        [appointmentId],
      );
      const refused = (await claim(appointmentId))!;
      const deliveryId = (await startDeliveries(desk.db, [{ claim: refused, kind: "booked", sequence: 0 }])).get(
        refused.leaseId,
      )!;
      await settleClaims(desk.db, [
        { claim: refused, outcome: "failed", deliveryId, why: "no-address", task: "no-address" },
      ]);
    }
    expect((await rowOf(appointmentId))[0]).toMatchObject({ dirty: false, told: null });
    const { rows } = await desk.admin.query(
      "select kind, status, detail ->> 'why' as why from tasks where patient_id = $1",
      [patient.id],
    );
    expect(rows).toEqual([{ kind: "no-address", status: "open", why: "no-address" }]);
  });

  test("A delivery whose end SES reports before it is recorded as sent keeps that end", async () => {
    const { appointmentId } = await book();
    await makeDue(appointmentId);
    const one = (await claim(appointmentId))!;
    const deliveryId = (await startDeliveries(desk.db, [{ claim: one, kind: "booked", sequence: 0 }])).get(
      one.leaseId,
    )!;
    await desk.admin.query("update deliveries set state = 'bounced' where id = $1", [deliveryId]);
    await settleClaims(desk.db, [{ claim: one, outcome: "sent", deliveryId, messageId: "m-2", sequence: 0 }]);
    expect(await deliveriesOf(appointmentId)).toEqual([{ state: "bounced", why: null }]);
  });

  test("After a transfer the appointment is over for its former patient, and new for its recipient", async () => {
    const { appointmentId, patient } = await book();
    await makeDue(appointmentId);
    const told = (await claim(appointmentId))!;
    const deliveryId = (await startDeliveries(desk.db, [{ claim: told, kind: "booked", sequence: 0 }])).get(
      told.leaseId,
    )!;
    await settleClaims(desk.db, [{ claim: told, outcome: "sent", deliveryId, messageId: "m-3", sequence: 0 }]);
    const [other] = (await hire(desk.admin, "patient", 1)) as [Person];
    await desk.admin.query("update appointments set patient_id = $2 where id = $1", [appointmentId, other.id]);
    await desk.admin.query(
      `insert into outbox as o (appointment_id, patient_id, first_dirty_at, due_at)
       select $1, x, now() - interval '1 minute', now() - interval '1 second' from unnest($2::uuid[]) x
       on conflict (appointment_id, patient_id) do update set version = o.version + 1, first_dirty_at = excluded.first_dirty_at, due_at = excluded.due_at`,
      [appointmentId, [patient.id, other.id]],
    );
    const { claims } = await claimDue(desk.db, { appointmentId });
    const kinds = Object.fromEntries(claims.map((each) => [each.patientId, settle(each.lastNotified, each.now).kind]));
    expect(kinds).toEqual({ [patient.id]: "cancelled", [other.id]: "booked" });
  });

  test("With any events of SES, in any order and repeated, a delivery only advances, and each stop happens once", async () => {
    const RANK = ["sending", "sent", "delivered", "bounced", "complained"];
    const outcomes = ["delivered", "bounced", "complained", "noted"] as const;
    const { appointmentId, patient } = await book();
    const email = `${patient.caller.subject}@patients.example`;
    for (const [first, second] of outcomes.flatMap((one) => outcomes.map((other) => [one, other] as const))) {
      const messageId = `m-${first}-${second}`;
      const { rows } = await desk.admin.query<{ id: string }>(
        `insert into deliveries (appointment_id, patient_id, version, sequence, kind, state, message_id)
         values ($1, $2, 1, 0, 'booked', 'sent', $3) returning id`,
        [appointmentId, patient.id, messageId],
      );
      let before = "sent";
      for (const [n, outcome] of [first, second, first].entries()) {
        await desk.admin.query("delete from suppressions where address = $1", [email]);
        // By our own id, or by SES's alone.
        const deliveryId = n % 2 === 0 ? rows[0]!.id : null;
        const told = { outcome, why: "code", messageId, deliveryId, addresses: [email.toUpperCase()] };
        const isNew = await recordFeedback(desk.db, told);
        const { rows: now } = await desk.admin.query<{ state: string; stopped: boolean }>(
          `select d.state, exists (select from suppressions where address = $2) as stopped
           from deliveries d where d.id = $1`,
          [rows[0]!.id, email],
        );
        const { state, stopped } = now[0]!;
        expect(RANK.indexOf(state)).toBeGreaterThanOrEqual(RANK.indexOf(before));
        expect(stopped).toBe(isNew && (outcome === "bounced" || outcome === "complained"));
        if (outcome !== "noted" && isNew) expect(state).toBe(outcome);
        before = state;
      }
    }
    const { rows: tasks } = await desk.admin.query("select kind from tasks where patient_id = $1 order by kind", [
      patient.id,
    ]);
    expect(tasks.map(({ kind }) => kind)).toEqual(["mail-bounced", "mail-complained"]);
    const stranger = { outcome: "bounced", why: null, messageId: "not-ours", deliveryId: crypto.randomUUID() } as const;
    expect(await recordFeedback(desk.db, { ...stranger, addresses: ["x@y.example"] })).toBe(false);
  });

  test("Dead letters of one job are one open task that counts them. The same letter counts once, even if the task is done", async () => {
    const letter = (messageId: string) => ({
      job: "notify",
      messageId,
      deadLetterId: `d-${messageId}`,
      status: 500,
      appointmentId: null,
    });
    for (const id of ["a", "b", "a", "c", "b"]) await reportDeadLetter(desk.db, letter(id));
    const tasks = async () =>
      (
        await desk.admin.query(
          "select status, detail -> 'count' as count from tasks where kind = 'job-failed' order by id",
        )
      ).rows;
    expect(await tasks()).toEqual([{ status: "open", count: 3 }]);
    await desk.admin.query("update tasks set status = 'done', done_at = now() where kind = 'job-failed'");
    await reportDeadLetter(desk.db, letter("c"));
    expect(await tasks()).toEqual([{ status: "done", count: 3 }]);
    await reportDeadLetter(desk.db, letter("d"));
    expect(await tasks()).toEqual([
      { status: "done", count: 3 },
      { status: "open", count: 1 },
    ]);
  });
});
