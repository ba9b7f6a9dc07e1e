import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { confirm } from "#db/verbs/appointments.ts";
import { extendHold, hold, readHold, releaseHold } from "#db/verbs/holds.ts";
import { holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { letWait, lockRow } from "#test/support/locks.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
await letWait(admin);
const location = await foundClinic(admin, { hold_minutes_per_day: 14_400, holds_per_patient: 5 });
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

let doctor: Person;
let owner: Person;
let rival: Person;
let slotId: string;
let holdId: string;
beforeEach(async () => {
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  await admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
  [owner, rival] = (await hire(admin, "patient", 2)) as [Person, Person];
  [slotId] = (await addSlots(admin, doctor, location, [5 * DAY])) as [string];
  holdId = await holdSlot(db, owner, slotId);
});

const rowOf = async () =>
  (
    await admin.query("select hold_id as hold, held_by as by, appointment_id as visit from slots where id = $1", [
      slotId,
    ])
  ).rows[0];
const confirmation = { patientId: null, reason: null };

describe("a hold is its patient's alone", () => {
  test("Another patient can neither read, extend, release nor confirm a hold, and nothing of it changes", async () => {
    const before = await rowOf();
    const act = () => actOf(rival);
    const outcomes = [
      await readHold(db, act(), holdId),
      await extendHold(db, act(), holdId),
      await releaseHold(db, act(), holdId),
      await confirm(db, act(), { ...confirmation, holdId }),
    ];
    const hidden = { kind: "refused", why: { code: "not-found" } };
    expect(outcomes).toEqual([hidden, hidden, hidden, hidden]);
    expect(await rowOf()).toEqual(before);
    expect(before).toEqual({ hold: holdId, by: owner.id, visit: null });
  });

  test("Another patient's hold and one that never was are answered alike, and one's own that is over is not", async () => {
    const answers = async (person: Person, id: string) => [
      await readHold(db, actOf(person), id),
      await extendHold(db, actOf(person), id),
      await releaseHold(db, actOf(person), id),
      await confirm(db, actOf(person), { ...confirmation, holdId: id }),
    ];
    expect(await answers(rival, crypto.randomUUID())).toEqual(await answers(rival, holdId));
    // The next hold of the slot: its row knows the former one no more.
    await admin.query("update slots set hold_expires_at = now() where id = $1", [slotId]);
    expect((await hold(db, actOf(rival), null, { slotId })).kind).toBe("done");
    const over = { kind: "refused", why: { code: "hold-expired" } };
    expect(await answers(owner, holdId)).toMatchObject([over, over, { kind: "done", result: { slotId: null } }, over]);
    const hidden = { kind: "refused", why: { code: "not-found" } };
    expect(await answers(rival, holdId)).toEqual([hidden, hidden, hidden, hidden]);
  });

  test("Staff act on a hold for its patient, and not for another patient that they name", async () => {
    const named = { reason: null, holdId, patientId: rival.id };
    expect((await confirm(db, actOf(staff), named)).kind).toBe("refused");
    expect(await rowOf()).toMatchObject({ hold: holdId, visit: null });
    const booked = await confirm(db, actOf(staff), { ...named, patientId: owner.id });
    expect(booked).toMatchObject({ kind: "done", result: { patientId: owner.id } });
  });

  test("The patient of a hold reads it, with its remaining time and extensions", async () => {
    expect(await readHold(db, actOf(owner), holdId)).toMatchObject({
      kind: "done",
      result: { id: holdId, slot: { id: slotId } },
    });
  });
});

describe("a hold that is over", () => {
  test("hold-expired: An expired hold is neither extended nor confirmed nor read as live", async () => {
    await admin.query("update slots set hold_expires_at = now() where id = $1", [slotId]);
    const over = { kind: "refused", why: { code: "hold-expired" } };
    expect(await extendHold(db, actOf(owner), holdId)).toMatchObject(over);
    expect(await confirm(db, actOf(owner), { ...confirmation, holdId })).toMatchObject(over);
    expect(await readHold(db, actOf(owner), holdId)).toMatchObject(over);
  });

  test("hold-expired: A hold whose slot has begun is not confirmed, by the patient or by staff with a reason", async () => {
    await admin.query(
      "update slots set starts_at = now() - interval '1 second', ends_at = now() + interval '14 minutes' where id = $1",
      [slotId],
    );
    const over = { kind: "refused", why: { code: "hold-expired" } };
    expect(await confirm(db, actOf(owner), { ...confirmation, holdId })).toMatchObject(over);
    const override = { reason: "Already here" };
    expect(await confirm(db, actOf(staff), { ...confirmation, holdId, override })).toMatchObject(over);
  });
});

describe("a slot that another statement has locked", () => {
  test("slot-taken: A hold of a locked slot is refused at once, without waiting", async () => {
    const [other] = (await addSlots(admin, doctor, location, [6 * DAY])) as [string];
    const release = await lockRow(admin, "slots", other);
    try {
      expect(await hold(db, actOf(rival), null, { slotId: other })).toMatchObject({
        kind: "refused",
        why: { code: "slot-taken" },
      });
    } finally {
      await release();
    }
    expect((await hold(db, actOf(rival), null, { slotId: other })).kind).toBe("done");
  });

  test.each([
    ["a doctor's", () => ({ doctorId: doctor.id })],
    ["a specialty's", async () => ({ specialty: await specialtyOf(doctor) })],
  ] as const)("A search for %s first free time skips a locked slot and finds the next one", async (_, target) => {
    const [first, second] = (await addSlots(admin, doctor, location, [4 * DAY, 7 * DAY])) as [string, string];
    const release = await lockRow(admin, "slots", first);
    try {
      expect(await hold(db, actOf(rival), null, await target())).toMatchObject({
        kind: "done",
        result: { slot: { id: second } },
      });
    } finally {
      await release();
    }
  });

  test("A search for the first free time of all doctors skips a locked slot", async () => {
    const [first, second] = (await addSlots(admin, doctor, location, [2 * DAY, 2 * DAY + 30])) as [string, string];
    const release = await lockRow(admin, "slots", first);
    try {
      const from = new Date(Date.now() + DAY * 60_000).toISOString().slice(0, 10);
      expect(await hold(db, actOf(rival), null, { from })).toMatchObject({
        kind: "done",
        result: { slot: { id: second } },
      });
    } finally {
      await release();
    }
    await admin.query("delete from slots where id = any($1)", [[first, second]]);
  });
});

test("slot-taken: The alternatives are the nearest times of the specialty, before nearer ones of others", async () => {
  const [stranger] = (await hire(admin, "doctor", 1)) as [Person];
  await addSlots(admin, stranger, location, [5 * DAY + 20, 5 * DAY + 40, 5 * DAY + 60]);
  const own = await addSlots(admin, doctor, location, [9 * DAY, 12 * DAY, 14 * DAY]);
  const refused = await hold(db, actOf(rival), null, { slotId });
  if (refused.kind !== "refused" || refused.why.code !== "slot-taken") throw new Error(JSON.stringify(refused));
  expect(refused.why.alternatives.map(({ id }) => id)).toEqual(own);
});

test("Of two requests with one key at once the second is in flight, without waiting", async () => {
  const [other] = (await addSlots(admin, doctor, location, [8 * DAY])) as [string];
  const release = await lockRow(admin, "patients", rival.id);
  const first = hold(db, actOf(rival, "one key"), null, { slotId: other });
  const waiting = async () =>
    (await admin.query("select from pg_locks where locktype = 'advisory' and granted")).rows.length;
  await expect.poll(waiting, { interval: 10 }).toBeGreaterThan(0);
  expect(await hold(db, actOf(rival, "one key"), null, { slotId: other })).toEqual({ kind: "key-in-flight" });
  await release();
  expect((await first).kind).toBe("done");
});

test("A person acts only in the role of the clinic's record", async () => {
  const pretending = { ...owner, caller: { ...owner.caller, role: "staff" as const } };
  expect(await hold(db, actOf(pretending), rival.id, { slotId })).toEqual({ kind: "no-actor" });
  const doctorAsPatient = { ...doctor, caller: { ...doctor.caller, role: "patient" as const } };
  expect(await hold(db, actOf(doctorAsPatient), null, { slotId })).toEqual({ kind: "no-actor" });
});

async function specialtyOf({ id }: Person): Promise<string> {
  const { rows } = await admin.query<{ specialty: string }>("select specialty from doctors where id = $1", [id]);
  return rows[0]!.specialty;
}
