import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accept, attend, cancel, reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import type { AppointmentRow } from "#db/queries/appointments.ts";
import { failureOf } from "#db/errors.ts";
import type { Outcome } from "#db/call.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { place } from "#db/verbs/placement.ts";
import { lockRow } from "#test/support/locks.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";
import { emptyWorld, patientOf, write } from "#test/support/world.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, {
  change_budget: 100,
  patient_change_budget: 1000,
  holds_per_patient: 2,
  hold_minutes_per_day: 14_400,
});
const [staff, second] = (await hire(admin, "staff", 2)) as [Person, Person];
const HOUR = 60;

/** A world of patients in one slot each, with `spare` free slots more, all far from any rule. */
async function seated(patients: number, spare: number) {
  const slots = Array.from({ length: patients + spare }, (_, n): [number, number] => [0, (100 + n) * HOUR]);
  const world = emptyWorld(1, patients, slots);
  for (let n = 0; n < patients; n++) {
    world.slots[n]!.appointment = n;
    const row = { id: crypto.randomUUID(), patient: n, doctor: 0, slot: n, startsIn: slots[n]![1], used: 0 };
    world.appointments.push({ ...row, status: "booked", version: 1, overlapAllowed: false });
  }
  await write(admin, location, [world]);
  return world;
}

async function move(person: Person, appointmentId: string, version: number, slotId: string) {
  const held = await hold(db, actOf(person), null, { slotId });
  if (held.kind !== "done") return null;
  const input = { appointmentId, versions: [version], holdId: held.result.id, patientId: null, override: null };
  return reschedule(db, actOf(person), input);
}

const deadlocks = async (): Promise<number> => {
  await admin.query("select pg_stat_force_next_flush()");
  const { rows } = await admin.query<{ deadlocks: string }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return Number(rows[0]!.deadlocks);
};

/** Every appointment in exactly one slot, every slot at most once, and both halves agree. */
async function agree(): Promise<void> {
  const { rows } = await admin.query(
    `select (select count(*)::int from appointments a left join slots s on s.id = a.slot_id and s.appointment_id = a.id
         where a.slot_id is not null and (s.id is null or s.starts_at <> a.starts_at or s.doctor_id <> a.doctor_id)) as lost,
       (select count(*)::int from slots s left join appointments a on a.id = s.appointment_id and a.slot_id = s.id
         where s.appointment_id is not null and a.id is null) as orphans`,
  );
  expect(rows[0]).toEqual({ lost: 0, orphans: 0 });
}

describe("changes at the same time", () => {
  let before = 0;
  beforeAll(async () => {
    before = await deadlocks();
  });
  afterAll(async () => {
    expect(await deadlocks()).toBe(before);
  });

  test("Two patients change places over one spare slot, twelve pairs at once, five times", async () => {
    const pairs = await Promise.all(Array.from({ length: 12 }, () => seated(2, 1)));
    const versions = new Map<string, number>();
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        pairs.map(async (world) => {
          const { rows } = await admin.query<{ id: string; slot: string }>(
            "select id, slot_id as slot from appointments where id = any($1)",
            [world.appointments.map(({ id }) => id)],
          );
          const seat = new Map(rows.map(({ id, slot }) => [id, slot]));
          const [a, b] = world.appointments.map(({ id }) => id) as [string, string];
          const goals = new Map([
            [a, seat.get(b)!],
            [b, seat.get(a)!],
          ]);
          // Both want the other's place, and otherwise take any free slot.
          const insist = async (patient: number, id: string): Promise<void> => {
            for (let attempt = 0; attempt < 60 && seat.get(id) !== goals.get(id); attempt++) {
              const free = world.slots.map((slot) => slot.id).filter((slot) => ![...seat.values()].includes(slot));
              const wish = attempt % 3 === 2 ? free[0] : goals.get(id);
              if (!wish) continue;
              const outcome = await move(patientOf(world, patient), id, versions.get(id) ?? 1, wish);
              if (outcome?.kind !== "done") continue;
              versions.set(id, outcome.result.version);
              seat.set(id, outcome.result.slotId!);
            }
          };
          await Promise.all([insist(0, a), insist(1, b)]);
          expect([...seat.values()].every(Boolean)).toBe(true);
        }),
      );
    }
    await agree();
    // Every acknowledged change is in the rows: no slot and no move is lost.
    const { rows } = await admin.query<{ id: string; version: number }>("select id, version from appointments");
    for (const { id, version } of rows) expect(version).toBe(versions.get(id) ?? 1);
    expect([...versions.values()].reduce((sum, version) => sum + version - 1, 0)).toBeGreaterThan(60);
  });

  test("Twelve patients move over fifteen slots without a deadlock, and each keeps an appointment", async () => {
    const world = await seated(12, 3);
    const moves = await Promise.all(
      world.appointments.map(async ({ id }, patient) => {
        let version = 1;
        for (let n = 0; n < 25; n++) {
          const slot = world.slots[(n * 7 + patient * 5) % world.slots.length]!;
          const outcome = await move(patientOf(world, patient), id, version, slot.id);
          if (outcome?.kind === "done") version = outcome.result.version;
          else if (outcome) expect(["hold-expired", "overlaps-own-appointment"]).toContain(refusal(outcome));
        }
        return version - 1;
      }),
    );
    await agree();
    const { rows } = await admin.query<{ moves: number }>(
      "select count(*)::int as moves from audit where action = 'appointment.reschedule' and entity_id = any($1)",
      [world.appointments.map(({ id }) => id)],
    );
    expect(rows[0]!.moves).toBe(moves.reduce((sum, n) => sum + n, 0));
    expect(rows[0]!.moves).toBeGreaterThan(12);
  });

  test("version-conflict: Of two tabs and staff one wins, and the others learn who changed it and when", async () => {
    for (let round = 0; round < 25; round++) {
      const world = await seated(1, 2);
      const [patient, { id }] = [patientOf(world, 0), world.appointments[0]!];
      const holds = await Promise.all(
        world.slots.slice(1).map((slot) => hold(db, actOf(patient), null, { slotId: slot.id })),
      );
      const [first, second] = holds.map((outcome) => (outcome.kind === "done" ? outcome.result.id : ""));
      const subject = { appointmentId: id, versions: [1], patientId: null, override: null };
      const reason = { by: "clinic", code: "staffing", note: null } as const;
      const outcomes = await Promise.all([
        reschedule(db, actOf(patient), { ...subject, holdId: first! }),
        reschedule(db, actOf(patient), { ...subject, holdId: second! }),
        cancel(db, actOf(staff), { ...subject, reason }),
      ]);
      const winner = outcomes.findIndex(({ kind }) => kind === "done");
      expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(1);
      const { rows } = await admin.query<{ at: Date; version: number }>(
        "select updated_at as at, version from appointments where id = $1",
        [id],
      );
      expect(rows[0]!.version).toBe(2);
      for (const [index, outcome] of outcomes.entries()) {
        if (index === winner) continue;
        if (outcome.kind !== "refused") throw new Error(`the rival was answered ${outcome.kind}`);
        expect(outcome.why).toMatchObject({ code: "version-conflict", changedAt: rows[0]!.at.getTime() });
        const winnersOwn = index < 2 === winner < 2;
        expect(outcome.why).toMatchObject({ own: winnersOwn, changedBy: winner < 2 ? "Patient" : "Staff 1" });
      }
    }
    await agree();
  });

  test("All changes of a patient at the same time are counted", async () => {
    const world = await seated(8, 0);
    const owner = patientOf(world, 0);
    const ids = world.appointments.map(({ id }) => id);
    await admin.query("update appointments set patient_id = $1 where id = any($2)", [owner.id, ids]);
    const reason = { by: "patient", code: "other", note: null } as const;
    const cancelled = await Promise.all(
      ids.map((appointmentId) =>
        cancel(db, actOf(owner), { appointmentId, versions: [1], patientId: null, override: null, reason }),
      ),
    );
    expect(cancelled.map(({ kind }) => kind)).toEqual(ids.map(() => "done"));
    const { rows } = await admin.query("select cardinality(change_times) as n from patients where id = $1", [owner.id]);
    expect(rows).toEqual([{ n: 8 }]);
  });

  const CLOSED = "update slots set status = 'closed', closed_by = 'staff' where id = $1";
  const LET_GO = "update slots set hold_id = null, held_by = null, hold_expires_at = null where id = $1";
  test.each([
    ["the slot is closed", CLOSED, "hold-expired"],
    ["the hold is let go", LET_GO, "hold-expired"],
    ["the appointment is changed", "update appointments set version = 2 where id = $1", "version-conflict"],
  ])(
    "%s while a move waits for a lock: The move decides by the state after it has the lock",
    async (_, statement, code) => {
      const world = await seated(1, 1);
      const patient = patientOf(world, 0);
      const slotId = world.slots[1]!.id;
      const held = await hold(db, actOf(patient), null, { slotId });
      const appointmentId = world.appointments[0]!.id;
      const rival = await admin.connect();
      try {
        await rival.query("begin");
        await rival.query("select from patients where id = $1 for update", [patient.id]);
        const input = { appointmentId, versions: [1], patientId: null, override: null };
        const moving = reschedule(db, actOf(patient), { ...input, holdId: held.kind === "done" ? held.result.id : "" });
        const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
        while ((await admin.query(waiting)).rowCount === 0) await new Promise((done) => setTimeout(done, 5));
        await rival.query(statement, [statement.includes("slots") ? slotId : appointmentId]);
        await rival.query("commit");
        expect(refusal(await moving)).toBe(code);
      } finally {
        rival.release();
      }
      const { rows } = await admin.query("select slot_id from appointments where id = $1", [appointmentId]);
      expect(rows).toEqual([{ slot_id: world.slots[0]!.id }]);
      await agree();
    },
  );

  test("A hold that is confirmed and moved into at the same time becomes one of the two", async () => {
    for (let round = 0; round < 25; round++) {
      const world = await seated(1, 1);
      const patient = patientOf(world, 0);
      const held = await hold(db, actOf(patient), null, { slotId: world.slots[1]!.id });
      const holdId = held.kind === "done" ? held.result.id : "";
      const subject = { appointmentId: world.appointments[0]!.id, versions: [1], patientId: null, override: null };
      const outcomes: Outcome<AppointmentRow, { code: string }>[] = await Promise.all([
        reschedule(db, actOf(patient), { ...subject, holdId }),
        confirm(db, actOf(patient), { holdId, patientId: null, reason: null }),
      ]);
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["done", "refused"]);
    }
    await agree();
  });
});

test("version-conflict: An overtaken caller gets the rival's name although a third caller holds the lock all the time", async () => {
  const world = await seated(1, 0);
  const appointmentId = world.appointments[0]!.id;
  const target = { appointmentId, versions: [1], patientId: null, override: null };
  const reason = { by: "clinic", code: "other", note: null } as const;
  expect(await cancel(db, actOf(second), { ...target, reason })).toMatchObject({ kind: "done" });
  const release = await lockRow(admin, "patients", patientOf(world, 0).id);
  try {
    const why = { code: "version-conflict", own: false, changedBy: "Staff 2" };
    const refused = { kind: "refused", why };
    const verbs = [
      () => cancel(db, actOf(staff), { ...target, reason }),
      () => reschedule(db, actOf(staff), { ...target, holdId: crypto.randomUUID() }),
      () => accept(db, actOf(staff), target),
      () => transfer(db, actOf(staff), { ...target, recipientId: patientOf(world, 0).id }),
      () => place(db, actOf(staff), target, { slotId: world.slots[0]!.id, agreed: true, override: null }),
      () => attend(db, actOf(staff), { ...target, status: "arrived" }),
    ];
    for (const verb of verbs) expect(await verb()).toMatchObject(refused);
  } finally {
    await release();
  }
});

test("version-conflict: Two staff change one appointment, the first for longer than a second, and the other learns who it was", async () => {
  const world = await seated(1, 0);
  const appointmentId = world.appointments[0]!.id;
  const reason = { by: "clinic", code: "other", note: null } as const;
  const rival = await admin.connect();
  try {
    await rival.query("begin");
    await rival.query("select from patients where id = $1 for update", [patientOf(world, 0).id]);
    const cancelling = cancel(db, actOf(staff), {
      appointmentId,
      versions: [1],
      patientId: null,
      override: null,
      reason,
    });
    await new Promise((done) => setTimeout(done, 1_300));
    await rival.query("update appointments set version = 2, changed_by = $2, updated_at = now() where id = $1", [
      appointmentId,
      second.personId,
    ]);
    await rival.query("commit");
    expect(await cancelling).toMatchObject({
      kind: "refused",
      why: { code: "version-conflict", own: false, changedBy: "Staff 2" },
    });
  } finally {
    rival.release();
  }
});

test("A patient without a lock after a second is asked to retry, and does not wait three times", async () => {
  const world = await seated(1, 1);
  const patient = patientOf(world, 0);
  const target = { slotId: world.slots[1]!.id };
  const rival = await admin.connect();
  try {
    await rival.query("begin");
    await rival.query("select from patients where id = $1 for update", [patient.id]);
    const began = performance.now();
    const failure = await hold(db, actOf(patient), null, target).catch(failureOf);
    expect(failure).toEqual({ kind: "busy" });
    const waited = performance.now() - began;
    expect(waited).toBeGreaterThan(900);
    expect(waited).toBeLessThan(2_900);
  } finally {
    await rival.query("rollback");
    rival.release();
  }
  expect((await hold(db, actOf(patient), null, target)).kind).toBe("done");
});

const refusal = (outcome: Outcome<unknown, { code: string }>): string | undefined =>
  outcome.kind === "refused" ? outcome.why?.code : outcome.kind;
