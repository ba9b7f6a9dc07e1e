import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { planNext } from "#operations/plan-reassignment.ts";
import { accept, attend, cancel, reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { claimCase, place } from "#db/verbs/placement.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { extendHold } from "#db/verbs/holds.ts";
import { hold } from "#db/verbs/holds.ts";
import { mergePatients } from "#db/verbs/merge.ts";
import { leaseOperation } from "#db/verbs/reassignment.ts";
import { placeCases } from "#operations/place-cases.ts";
import { moveAppointments, takeStock } from "#db/verbs/reassignment.ts";
import { releaseHold } from "#db/verbs/holds.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Locked, isLocked, isLockedAlone, letWait, lockRow, whenWaiting } from "#test/support/locks.ts";
import { displace, seat } from "#test/support/placement.ts";
import { applyChange } from "#test/support/reassigning.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
await letWait(admin);
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

interface Stage {
  patient: Person;
  other: Person;
  appointmentId: string;
  /** Where the appointment is, and the free slot that the patient holds. */
  from: string;
  to: string;
  holdId: string;
}

let patients: [Person, Person];
let slots: [string, string];
beforeEach(async () => {
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  // Ids rise: the first of each pair is locked first.
  patients = (await hire(admin, "patient", 2)) as [Person, Person];
  slots = (await addSlots(admin, doctor, location, [10 * DAY, 11 * DAY])) as [string, string];
});

/** An appointment in one of two slots, whose patient holds the other one. */
async function stage(from: 0 | 1): Promise<Stage> {
  const [patient, other] = patients;
  const appointmentId = await seat(admin, patient, slots[from]);
  const to = slots[1 - from]!;
  return { patient, other, appointmentId, from: slots[from], to, holdId: await holdSlot(db, patient, to) };
}

const subject = ({ appointmentId }: Stage) => ({ appointmentId, versions: [1], patientId: null, override: null });
const reason = { by: "patient", code: "other", note: null } as const;
const sorted = (...ids: string[]) => ids.sort();

/** Runs a verb while the lock of a row is taken. Returns the other rows that the verb has locked already. */
async function lockedWhile(
  held: [table: Locked, id: string],
  verb: () => Promise<{ kind: string }>,
  look: [table: Locked, id: string][],
): Promise<string[]> {
  const release = await lockRow(admin, ...held);
  let running: Promise<{ kind: string }> | undefined;
  try {
    running = verb();
    running.catch(() => undefined);
    await whenWaiting(admin);
    const found = [];
    for (const [table, id] of look) if (await isLocked(admin, table, id)) found.push(`${table} ${id}`);
    return found;
  } finally {
    await release();
    expect((await running)?.kind, "the verb itself").toBe("done");
  }
}

const VERBS: [string, (of: Stage) => Promise<{ kind: string }>][] = [
  ["reschedule", (of) => reschedule(db, actOf(of.patient), { ...subject(of), holdId: of.holdId })],
  ["cancel", (of) => cancel(db, actOf(of.patient), { ...subject(of), reason })],
  ["place", (of) => place(db, actOf(staff), subject(of), { slotId: of.to, agreed: true, override: null })],
  ["transfer", (of) => transfer(db, actOf(staff), { ...subject(of), recipientId: of.other.id, override: null })],
  ["confirm", (of) => confirm(db, actOf(of.patient), { holdId: of.holdId, patientId: null, reason: null })],
  ["extend", (of) => extendHold(db, actOf(of.patient), of.holdId)],
  ["release", (of) => releaseHold(db, actOf(of.patient), of.holdId)],
];

describe("every verb locks in one order, so that no two can wait for each other", () => {
  test.each(VERBS)("%s locks the patient before slots and appointment", async (_, verb) => {
    const of = await stage(0);
    const locked = await lockedWhile(["patients", of.patient.id], () => verb(of), [
      ["slots", of.from],
      ["slots", of.to],
      ["appointments", of.appointmentId],
    ]);
    expect(locked).toEqual([]);
  });

  test("A hold locks the patient before the slot", async () => {
    const [patient] = patients;
    const verb = () => hold(db, actOf(patient), null, { slotId: slots[0] });
    expect(await lockedWhile(["patients", patient.id], verb, [["slots", slots[0]]])).toEqual([]);
  });

  test.each(["reschedule", "place"].flatMap((name) => [[name, 0] as const, [name, 1] as const]))(
    "%s out of slot %i of two locks the slot with the lower id first, and both before the appointment",
    async (name, from) => {
      const verb = VERBS.find(([one]) => one === name)![1];
      const of = await stage(from);
      const [first, second] = sorted(of.from, of.to) as [string, string];
      const locked = await lockedWhile(["slots", first], () => verb(of), [
        ["slots", second],
        ["appointments", of.appointmentId],
        ["patients", of.patient.id],
      ]);
      expect(locked).toEqual([`patients ${of.patient.id}`]);
    },
  );

  test.each(["cancel", "transfer"])("%s locks the slot before the appointment", async (name) => {
    const verb = VERBS.find(([one]) => one === name)![1];
    const of = await stage(0);
    const locked = await lockedWhile(["slots", of.from], () => verb(of), [["appointments", of.appointmentId]]);
    expect(locked).toEqual([]);
  });

  test("Accepting and attendance lock the patient before the appointment", async () => {
    const of = await stage(0);
    const look: [Locked, string][] = [["appointments", of.appointmentId]];
    await admin.query("update appointments set status = 'moved' where id = $1", [of.appointmentId]);
    const agree = () => accept(db, actOf(of.patient), { ...subject(of) });
    expect(await lockedWhile(["patients", of.patient.id], agree, look)).toEqual([]);
    await admin.query(
      "update appointments set status = 'arrived', starts_at = now() - interval '20 minutes', ends_at = now() where id = $1",
      [of.appointmentId],
    );
    const mark = () =>
      attend(db, actOf(staff), { appointmentId: of.appointmentId, versions: [2], status: "completed" });
    expect(await lockedWhile(["patients", of.patient.id], mark, look)).toEqual([]);
  });

  test.each([0, 1])("A transfer from patient %i of two locks the patient with the lower id first", async (from) => {
    const owner = patients[from]!;
    const recipient = patients[1 - from]!;
    const appointmentId = await seat(admin, owner, slots[0]);
    const input = { appointmentId, versions: [1], recipientId: recipient.id, override: null };
    const [first, second] = sorted(owner.id, recipient.id) as [string, string];
    const locked = await lockedWhile(["patients", first], () => transfer(db, actOf(staff), input), [
      ["patients", second],
      ["slots", slots[0]],
      ["appointments", appointmentId],
    ]);
    expect(locked).toEqual([]);
  });

  test.each([0, 1])(
    "A merge of record %i of two into the other locks the record with the lower id first",
    async (from) => {
      const [source, target] = [patients[from]!.id, patients[1 - from]!.id];
      await admin.query("update patients set person_id = null where id = $1", [source]);
      const input = { sourceId: source, versions: [1], targetId: target, targetVersion: null, reason: null };
      const [first, second] = sorted(source, target) as [string, string];
      const locked = await lockedWhile(["patients", first], () => mergePatients(db, actOf(staff), input), [
        ["patients", second],
      ]);
      expect(locked).toEqual([]);
    },
  );

  test("Claiming and placing by a case lock the appointment before its case", async () => {
    const of = await stage(0);
    const caseId = await displace(admin, of.appointmentId);
    const look: [Locked, string][] = [["cases", caseId]];
    const claim = () => claimCase(db, actOf(staff), { caseId, versions: [1] });
    expect(await lockedWhile(["appointments", of.appointmentId], claim, look)).toEqual([]);
    const put = () =>
      place(db, actOf(staff), { caseId, versions: [2] }, { slotId: of.to, agreed: true, override: null });
    expect(await lockedWhile(["appointments", of.appointmentId], put, look)).toEqual([]);
  });

  test("Placing several locks their patients by id, before any slot or appointment", async () => {
    const ids = [];
    for (const [n, patient] of patients.entries()) ids.push(await seat(admin, patient, slots[n]!));
    const cases: string[] = [];
    for (const id of ids) cases.push(await displace(admin, id));
    const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
    const free = await addSlots(admin, doctor, location, [12 * DAY, 13 * DAY]);
    const [first, second] = sorted(...patients.map(({ id }) => id)) as [string, string];
    // Named in the other order.
    const verb = () => placeCases(db, actOf(staff), cases.toReversed());
    const locked = await lockedWhile(["patients", first], verb, [
      ["patients", second],
      ...free.map((id): [Locked, string] => ["slots", id]),
      ...ids.map((id): [Locked, string] => ["appointments", id]),
    ]);
    expect(locked).toEqual([]);
  });

  test("The clinic's own moves lock patients by id, then slots, then appointments", async () => {
    const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
    await admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
    const [one, two, ...free] = (await addSlots(
      admin,
      doctor,
      location,
      [10, 10.5, 11, 12].map((day) => day * DAY),
    )) as [string, string, ...string[]];
    const ids = [await seat(admin, patients[1], one), await seat(admin, patients[0], two)];
    await applyChange(db, staff, { kind: "slot-change", slotId: one, status: "closed" });
    const { operationId } = await applyChange(db, staff, { kind: "slot-change", slotId: two, status: "closed" });
    await admin.query("update operation_items set operation_id = $1 where appointment_id = any($2)", [
      operationId,
      ids,
    ]);
    const lease = (await leaseOperation(db, operationId))!;
    const nothing = { changing: new Set<string>(), made: [], taken: new Set<string>() };
    const plan = (await planNext(db, (await takeStock(db, lease))!, nothing))!;
    expect(plan.moves).toHaveLength(2);
    const [first, second] = sorted(...patients.map(({ id }) => id)) as [string, string];
    const verb = async () => {
      const moved = await moveAppointments(db, lease, plan.moves, { gap: 0, outbid: [] });
      return { kind: moved?.size === 2 ? "done" : `moved ${moved?.size}` };
    };
    const locked = await lockedWhile(["patients", first], verb, [
      ["patients", second],
      ...free.map((id): [Locked, string] => ["slots", id]),
      ...ids.map((id): [Locked, string] => ["appointments", id]),
    ]);
    expect(locked).toEqual([]);
  });

  test("A change of the clinic calendar locks the location, the doctor, then its slots by id", async () => {
    const { doctor, date, free } = await dayOf();
    const exception = { kind: "absence" as const, fromDate: date, toDate: date };
    const change: CalendarChange = { kind: "exception-add", doctorId: doctor.id, exception, note: null };
    const verb = () => changeCalendar(db, actOf(staff), change, { previewToken: null, versions: null });
    const [first, second] = sorted(...free) as [string, string];
    const slots = free.map((id): [Locked, string] => ["slots", id]);
    expect(await lockedWhile(["locations", location], verb, [["doctors", doctor.id], ...slots])).toEqual([]);
    await undo(doctor, free);
    expect(await lockedWhile(["doctors", doctor.id], verb, slots)).toEqual([]);
    await undo(doctor, free);
    expect(await lockedWhile(["slots", first], verb, [["slots", second]])).toEqual([]);
  });

  test("A holiday locks its location exclusively, other changes of the clinic calendar share it", async () => {
    const { doctor, date, free } = await dayOf();
    const [first] = sorted(...free) as [string];
    const days = [{ date, name: "Lock Day" }];
    const holiday: CalendarChange = {
      kind: "holidays-add",
      locationId: location,
      country: null,
      days,
      source: "staff",
    };
    const exception = { kind: "absence" as const, fromDate: date, toDate: date };
    const absence: CalendarChange = { kind: "exception-add", doctorId: doctor.id, exception, note: null };
    const alone = [];
    for (const change of [absence, holiday]) {
      const verb = () => changeCalendar(db, actOf(staff), change, { previewToken: null, versions: null });
      const release = await lockRow(admin, "slots", first);
      const running = verb();
      running.catch(() => undefined);
      await whenWaiting(admin);
      alone.push(await isLockedAlone(admin, "locations", location));
      await release();
      expect((await running).kind).toBe("done");
      await undo(doctor, free);
    }
    expect(alone).toEqual([false, true]);
  });
});

/** A doctor's two free slots on a date of their own. */
async function dayOf() {
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  const free = (await addSlots(admin, doctor, location, [30 * DAY, 30 * DAY + 20])) as [string, string];
  const { rows } = await admin.query<{ date: string }>(
    "update slots set clinic_date = (select min(clinic_date) from slots where id = any($1)) where id = any($1) returning clinic_date::text as date",
    [free],
  );
  return { doctor, free, date: rows[0]!.date };
}

/** Takes back what closed the slots, past all rules. */
async function undo(doctor: Person, free: readonly string[]): Promise<void> {
  await admin.query("delete from exceptions where doctor_id = $1", [doctor.id]);
  await admin.query("delete from holidays");
  await admin.query("update slots set status = 'open', closed_by = null where id = any($1)", [free]);
}
