import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planNext } from "#operations/plan-reassignment.ts";
import { finishOperation, leaseOperation, releaseOperation } from "#db/verbs/reassignment.ts";
import { placeCases } from "#operations/place-cases.ts";
import { leaveToPerson, moveAppointments, takeStock } from "#db/verbs/reassignment.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { runOnce } from "#jobs/reassign.ts";
import { holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { applyChange, endsOf, faultsOf, openStillQueue } from "#test/support/reassigning.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
let still: Awaited<ReturnType<typeof openStillQueue>>;
beforeAll(async () => {
  still = await openStillQueue();
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

const HOUR = 60;
const DAY = 24 * HOUR;
const NO_NOTES = { gap: 0, outbid: [] };
const nothing = { changing: new Set<string>(), made: [], taken: new Set<string>() };
const run = (operationId: string) => runOnce({ db, queue: still.queue, log: () => {} }, { operationId });

/** Doctors of a specialty of their own. */
async function practice(count: number): Promise<Person[]> {
  const doctors = await hire(admin, "doctor", count);
  const specialty = crypto.randomUUID();
  await admin.query("update doctors set specialty = $2 where id = any($1)", [doctors.map(({ id }) => id), specialty]);
  return doctors;
}

/** A patient's appointment, starting `minutes` from now, whose slot the clinic then closes. */
async function displaced(doctor: Person, minutes: number) {
  const [patient] = (await hire(admin, "patient", 1)) as [Person];
  const [slotId] = (await addSlots(admin, doctor, location, [minutes])) as [string];
  const appointmentId = await seat(admin, patient, slotId);
  const change: CalendarChange = { kind: "slot-change", slotId, status: "closed" };
  return { appointmentId, operationId: (await applyChange(db, staff, change)).operationId };
}

const rowOf = async (appointmentId: string) => {
  const { rows } = await admin.query<{ status: string; slot: string | null; doctor: string }>(
    "select status, slot_id as slot, doctor_id as doctor from appointments where id = $1",
    [appointmentId],
  );
  return rows[0]!;
};

describe("a doctor who is switched off between the plan and the move", () => {
  test("A doctor who was switched off gets no appointment. The move is not made, and the next plan takes another slot", async () => {
    const [gone, left, stays] = (await practice(3)) as [Person, Person, Person];
    const { appointmentId, operationId } = await displaced(left, 10 * DAY);
    // As near as can be, and so what the plan takes first.
    const [near] = (await addSlots(admin, gone, location, [10 * DAY])) as [string];
    const [far] = (await addSlots(admin, stays, location, [12 * DAY])) as [string];
    const lease = (await leaseOperation(db, operationId))!;
    const plan = (await planNext(db, (await takeStock(db, lease))!, nothing))!;
    expect(plan.moves.map(({ slotId }) => slotId)).toEqual([near]);

    await admin.query("update doctors set active = false where id = $1", [gone.id]);
    expect(await moveAppointments(db, lease, plan.moves, NO_NOTES)).toEqual(new Set());
    expect(await rowOf(appointmentId)).toMatchObject({ status: "to-place", slot: null });

    await releaseOperation(db, lease);
    await run(operationId);
    expect(await rowOf(appointmentId)).toEqual({ status: "moved", slot: far, doctor: stays.id });
    expect(await faultsOf(desk, operationId)).toEqual({});
  });

  test("Without another doctor's slot the appointment becomes a case for staff", async () => {
    const [gone, left] = (await practice(2)) as [Person, Person];
    const { appointmentId, operationId } = await displaced(left, 10 * DAY);
    await addSlots(admin, gone, location, [10 * DAY]);
    await admin.query("update doctors set active = false where id = $1", [gone.id]);
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ "to-place": 1 });
    expect(await rowOf(appointmentId)).toMatchObject({ status: "to-place" });
  });
});

describe("a move that was planned is not made any more", () => {
  /** The result of one planned move when an event happens before it. */
  async function afterPlan(happens: (of: Planned) => Promise<unknown>) {
    const [doctor, other] = (await practice(2)) as [Person, Person];
    const { appointmentId, operationId } = await displaced(doctor, 10 * DAY);
    const [slotId] = (await addSlots(admin, doctor, location, [12 * DAY])) as [string];
    const lease = (await leaseOperation(db, operationId))!;
    const plan = (await planNext(db, (await takeStock(db, lease))!, nothing))!;
    expect(plan.moves.map((move) => move.slotId)).toEqual([slotId]);
    const { rows } = await admin.query<{ id: string }>("select patient_id as id from appointments where id = $1", [
      appointmentId,
    ]);
    await happens({ appointmentId, slotId, other, patientId: rows[0]!.id });
    const before = await rowOf(appointmentId);
    expect(await moveAppointments(db, lease, plan.moves, NO_NOTES)).toEqual(new Set());
    expect(await rowOf(appointmentId)).toEqual(before);
    const { rows: slots } = await admin.query("select appointment_id as visit from slots where id = $1", [slotId]);
    expect(slots[0].visit).not.toBe(appointmentId);
    await releaseOperation(db, lease);
    await run(operationId);
  }
  interface Planned {
    appointmentId: string;
    slotId: string;
    other: Person;
    patientId: string;
  }

  test("A planned move is not made if its patient has another appointment at that time", () =>
    afterPlan(async ({ other, patientId }) => {
      const [slotId] = (await addSlots(admin, other, location, [12 * DAY + 5])) as [string];
      await seat(admin, { ...other, id: patientId }, slotId);
    }));

  test("A planned move is not made if its appointment has a new time", () =>
    afterPlan(async ({ appointmentId, other }) => {
      const [slotId] = (await addSlots(admin, other, location, [14 * DAY])) as [string];
      await admin.query("update slots set appointment_id = $2 where id = $1", [slotId, appointmentId]);
      await admin.query(
        `update appointments a set status = 'booked', slot_id = s.id, doctor_id = s.doctor_id, starts_at = s.starts_at,
           ends_at = s.ends_at, version = a.version + 1 from slots s where s.id = $1 and a.id = $2`,
        [slotId, appointmentId],
      );
    }));

  test.each([
    ["moved to an earlier time", "update slots set starts_at = starts_at - interval '5 minutes' where id = $1"],
    ["moved to a later time", "update slots set starts_at = starts_at + interval '5 minutes' where id = $1"],
    ["made shorter", "update slots set ends_at = ends_at - interval '5 minutes' where id = $1"],
    ["closed", "update slots set status = 'closed', closed_by = 'staff' where id = $1"],
    ["kept for the queue", "update slots set offered_until = now() + interval '1 hour' where id = $1"],
  ])("A planned move is not made if its slot has been %s", (_, change) =>
    afterPlan(({ slotId }) => admin.query(change, [slotId])),
  );

  test("A planned move is not made if its slot has been held", () =>
    afterPlan(async ({ slotId }) => {
      const [rival] = (await hire(admin, "patient", 1)) as [Person];
      await holdSlot(db, rival, slotId);
    }));
});

describe("the lease of an operation", () => {
  const leaseEndsIn = (operationId: string, seconds: number) =>
    admin.query("update operations set lease_until = clock_timestamp() + make_interval(secs => $2) where id = $1", [
      operationId,
      seconds,
    ]);

  test("No other run takes the operation during the lease, by id or as the next unfinished one. After it the next run does", async () => {
    const [doctor] = (await practice(1)) as [Person];
    const { operationId } = await displaced(doctor, 10 * DAY);
    const mine = (await leaseOperation(db, operationId))!;
    await leaseEndsIn(operationId, 20);
    expect(await leaseOperation(db, operationId)).toBeNull();
    expect(await leaseOperation(db, null)).toBeNull();
    await leaseEndsIn(operationId, 0);
    const theirs = (await leaseOperation(db, operationId))!;
    expect(theirs).toMatchObject({ operationId, attempt: mine.attempt + 1 });
    expect(theirs.leaseId).not.toBe(mine.leaseId);
    await releaseOperation(db, theirs);
    await run(operationId);
  });

  test("A run whose lease another run has taken does nothing more: no count, move, case, end or release", async () => {
    const [doctor] = (await practice(1)) as [Person];
    const { appointmentId, operationId } = await displaced(doctor, 10 * DAY);
    await addSlots(admin, doctor, location, [11 * DAY]);
    const lost = (await leaseOperation(db, operationId))!;
    const plan = (await planNext(db, (await takeStock(db, lost))!, nothing))!;
    await leaseEndsIn(operationId, 0);
    const holder = (await leaseOperation(db, operationId))!;

    expect(await takeStock(db, lost)).toBeNull();
    expect(await moveAppointments(db, lost, plan.moves, NO_NOTES)).toBeNull();
    expect(await leaveToPerson(db, lost, [{ appointmentId, why: { code: "frozen" } }])).toBe(false);
    expect(await leaveToPerson(db, holder, [{ appointmentId, why: { code: "frozen" } }])).toBe(true);
    expect(await finishOperation(db, lost)).toBeUndefined();
    await releaseOperation(db, lost);
    const { rows } = await admin.query("select phase, lease_id as lease from operations where id = $1", [operationId]);
    expect(rows).toEqual([{ phase: "reassigning", lease: holder.leaseId }]);
    expect(await rowOf(appointmentId)).toMatchObject({ status: "to-place" });
    expect(await finishOperation(db, holder)).toBeDefined();
  });

  test("Every step of a run renews its lease by half a minute", async () => {
    const [doctor] = (await practice(1)) as [Person];
    const { operationId } = await displaced(doctor, 10 * DAY);
    const lease = (await leaseOperation(db, operationId))!;
    const left = async () => {
      const { rows } = await admin.query<{ left: number }>(
        "select extract(epoch from lease_until - clock_timestamp())::float8 as left from operations where id = $1",
        [operationId],
      );
      return rows[0]!.left;
    };
    expect(await left()).toBeGreaterThan(20);
    expect(await left()).toBeLessThanOrEqual(30);
    await leaseEndsIn(operationId, 1);
    expect(await takeStock(db, lease)).not.toBeNull();
    expect(await left()).toBeGreaterThan(20);
    await releaseOperation(db, lease);
    await run(operationId);
  });

  test("An operation is not finished while one of its appointments waits", async () => {
    const [doctor] = (await practice(1)) as [Person];
    const { operationId } = await displaced(doctor, 10 * DAY);
    const lease = (await leaseOperation(db, operationId))!;
    expect(await finishOperation(db, lease)).toBeUndefined();
    await releaseOperation(db, lease);
    await run(operationId);
    const { rows } = await admin.query("select phase from operations where id = $1", [operationId]);
    expect(rows).toEqual([{ phase: "done" }]);
  });
});

describe("where the minimum notice is longer than the freeze", () => {
  const inTurn = async (work: () => Promise<void>) => {
    await setPolicy(admin, { freeze_hours: 24, min_notice_minutes: 72 * HOUR });
    try {
      await work();
    } finally {
      await setPolicy(admin, { min_notice_minutes: 60 });
    }
  };

  test("The clinic's own moves end after the minimum notice, not between the freeze and the notice", () =>
    inTurn(async () => {
      const [doctor] = (await practice(1)) as [Person];
      // Nearer to the lost time, and beyond the freeze, but within the minimum notice.
      await addSlots(admin, doctor, location, [71 * HOUR]);
      const [beyond] = (await addSlots(admin, doctor, location, [9 * DAY])) as [string];
      const { appointmentId, operationId } = await displaced(doctor, 70 * HOUR);
      await run(operationId);
      expect(await rowOf(appointmentId)).toMatchObject({ status: "moved", slot: beyond });
    }));

  test("No appointment is moved into the notice, even if no other slot is free. Its case says that no slot is suitable", () =>
    inTurn(async () => {
      const [doctor] = (await practice(1)) as [Person];
      await addSlots(admin, doctor, location, [71 * HOUR]);
      const { appointmentId, operationId } = await displaced(doctor, 70 * HOUR);
      await run(operationId);
      expect(await rowOf(appointmentId)).toMatchObject({ status: "to-place" });
      const { rows } = await admin.query("select why ->> 'code' as code from cases where appointment_id = $1", [
        appointmentId,
      ]);
      expect(rows).toEqual([{ code: "no-slot" }]);
    }));

  test("A move that was planned before the notice became longer is not made", async () => {
    const [doctor] = (await practice(1)) as [Person];
    const { appointmentId, operationId } = await displaced(doctor, 70 * HOUR);
    await addSlots(admin, doctor, location, [71 * HOUR]);
    const lease = (await leaseOperation(db, operationId))!;
    const plan = (await planNext(db, (await takeStock(db, lease))!, nothing))!;
    expect(plan.moves).toHaveLength(1);
    await inTurn(async () => {
      expect(await moveAppointments(db, lease, plan.moves, NO_NOTES)).toEqual(new Set());
      expect(await rowOf(appointmentId)).toMatchObject({ status: "to-place" });
    });
    await releaseOperation(db, lease);
    await run(operationId);
  });

  test("A move that was planned before the freeze became longer is not made, into the freeze or out of it", async () => {
    for (const [at, to] of [
      [70, 200],
      [200, 70],
    ] as const) {
      const [doctor] = (await practice(1)) as [Person];
      const { appointmentId, operationId } = await displaced(doctor, at * HOUR);
      await addSlots(admin, doctor, location, [to * HOUR]);
      const lease = (await leaseOperation(db, operationId))!;
      const plan = (await planNext(db, (await takeStock(db, lease))!, nothing))!;
      expect(plan.moves).toHaveLength(1);
      await setPolicy(admin, { freeze_hours: 96 });
      try {
        expect(await moveAppointments(db, lease, plan.moves, NO_NOTES)).toEqual(new Set());
        expect(await rowOf(appointmentId)).toMatchObject({ status: "to-place" });
      } finally {
        await setPolicy(admin, { freeze_hours: 24 });
      }
      await releaseOperation(db, lease);
      await run(operationId);
    }
  });

  test("Placing many at once respects the notice too", () =>
    inTurn(async () => {
      const [doctor] = (await practice(1)) as [Person];
      const [patient] = (await hire(admin, "patient", 1)) as [Person];
      const [lost, within, beyond] = (await addSlots(
        admin,
        doctor,
        location,
        [100, 71, 150].map((hours) => hours * HOUR),
      )) as [string, string, string];
      const appointmentId = await seat(admin, patient, lost);
      const caseId = await displace(admin, appointmentId);
      const outcome = await placeCases(db, actOf(staff), [caseId]);
      expect(outcome).toMatchObject({ kind: "done", result: [{ caseId, why: null }] });
      const { slot } = await rowOf(appointmentId);
      expect({ slot, within }).toEqual({ slot: beyond, within });
    }));
});
