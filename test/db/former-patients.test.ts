import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accept, attend, cancel, reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { extendHold, hold } from "#db/verbs/holds.ts";
import { claimDue } from "#db/verbs/notifications.ts";
import { changePatient } from "#db/verbs/patients.ts";
import { findPatient } from "#db/queries/patients.ts";
import { previewChange } from "#operations/preview-change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { runOnce } from "#jobs/reassign.ts";
import { book, holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { applyChange, bookOn, endsOf, offer, openStillQueue } from "#test/support/reassigning.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
const { db, admin } = desk;
const location = await foundClinic(admin, { min_notice_minutes: 0, holds_per_patient: 2 });
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
let doctor: Person;
let patient: Person;
let other: Person;
/** Inside the freeze, and outside. */
let soon: string;
let later: string;
let soonSlot: string;
let laterSlot: string;

beforeEach(async () => {
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  [patient, other] = (await hire(admin, "patient", 2)) as [Person, Person];
  [soonSlot, laterSlot] = (await addSlots(admin, doctor, location, [3 * HOUR, 5 * DAY])) as [string, string];
  soon = await book(db, patient, soonSlot);
  later = await book(db, patient, laterSlot);
});

type Change = Omit<Parameters<typeof changePatient>[2], "patientId" | "versions">;

async function switchOff(input: Change = { changes: { active: false, inactiveBecause: "died" } }) {
  const { rows } = await admin.query<{ version: number }>("select version from patients where id = $1", [patient.id]);
  const outcome = await changePatient(db, actOf(staff), {
    patientId: patient.id,
    versions: [rows[0]!.version],
    ...input,
  });
  if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
  return outcome;
}

const rowOf = async (id: string) =>
  (
    await admin.query(
      `select status, slot_id as slot, cancelled_by as by, cancel_code as code from appointments where id = $1`,
      [id],
    )
  ).rows[0];
const isFree = async (slotId: string) =>
  (await admin.query("select appointment_id is null and hold_id is null as free from slots where id = $1", [slotId]))
    .rows[0].free;
const inactive = { kind: "refused", why: { code: "wrong-state", current: "patient-inactive" } };

describe("appointments of a patient who is no longer one", () => {
  test.each(["died", "moved-away", "other"] as const)(
    "Staff cancel them with the patient's reason, also within the freeze: the slot is free, nothing is counted (%s)",
    async (inactiveBecause) => {
      await switchOff({ changes: { active: false, inactiveBecause } });
      for (const [appointmentId, slotId] of [
        [soon, soonSlot],
        [later, laterSlot],
      ] as const) {
        const reason = { by: "patient", code: "deceased", note: null } as const;
        const input = { appointmentId, versions: [1], patientId: null, reason, override: null };
        expect(await cancel(db, actOf(staff), input)).toMatchObject({ kind: "done" });
        expect(await rowOf(appointmentId)).toEqual({
          status: "cancelled",
          slot: null,
          by: "patient",
          code: "deceased",
        });
        expect(await isFree(slotId)).toBe(true);
      }
      const { rows } = await admin.query("select change_times from patients where id = $1", [patient.id]);
      expect(rows).toEqual([{ change_times: [] }]);
    },
  );

  test("Staff give them to another patient, and mark who came", async () => {
    await switchOff();
    const to = { appointmentId: later, versions: [1], recipientId: other.id, override: null };
    expect(await transfer(db, actOf(staff), to)).toMatchObject({ kind: "done", result: { patientId: other.id } });
    await admin.query("update appointments set starts_at = now() - interval '1 hour', ends_at = now() where id = $1", [
      soon,
    ]);
    expect(await attend(db, actOf(staff), { appointmentId: soon, versions: [1], status: "no-show" })).toMatchObject({
      kind: "done",
    });
  });

  test.each<[string, (holdId: string, freeId: string) => Promise<unknown>]>([
    ["hold a time", (_, slotId) => hold(db, actOf(staff), patient.id, { slotId })],
    ["hold the first free time", () => hold(db, actOf(staff), patient.id, { doctorId: doctor.id })],
    ["keep a hold for longer", (holdId) => extendHold(db, actOf(staff), holdId)],
    ["confirm a hold", (holdId) => confirm(db, actOf(staff), { holdId, patientId: null, reason: null })],
    ["confirm a hold, named", (holdId) => confirm(db, actOf(staff), { holdId, patientId: patient.id, reason: null })],
    [
      "move an appointment",
      (holdId) =>
        reschedule(db, actOf(staff), { appointmentId: later, versions: [1], patientId: null, holdId, override: null }),
    ],
    [
      "agree to a move",
      async () => {
        await admin.query(
          `update appointments set status = 'moved', moved_at = now(), moved_from = jsonb_build_object('doctorId', doctor_id,
             'locationId', location_id, 'startsAt', 0, 'endsAt', 1) where id = $1`,
          [later],
        );
        return accept(db, actOf(staff), { appointmentId: later, versions: [1], patientId: null });
      },
    ],
  ])("No verb can %s for them, and the refusal says that the record is switched off", async (_, verb) => {
    const [heldSlot, freeSlot] = (await addSlots(admin, doctor, location, [6 * DAY, 7 * DAY])) as [string, string];
    const holdId = await holdSlot(db, patient, heldSlot);
    await switchOff();
    expect(await verb(holdId, freeSlot)).toMatchObject(inactive);
  });

  test("A merged record says that it was merged", async () => {
    await admin.query("update patients set active = false, merged_into = $2 where id = $1", [patient.id, other.id]);
    expect(await hold(db, actOf(staff), patient.id, { slotId: laterSlot })).toMatchObject({
      why: { code: "wrong-state", current: "patient-merged" },
    });
  });
});

describe("switching a patient's record off", () => {
  test("Switching a patient off frees their holds, and names the appointments still booked, also in later reads", async () => {
    const [slotId] = (await addSlots(admin, doctor, location, [6 * DAY])) as [string];
    await holdSlot(db, patient, slotId);
    const { result } = await switchOff();
    expect(result.stillBooked?.map(({ id }) => id)).toEqual([soon, later]);
    expect(result).toMatchObject({ active: false, inactiveBecause: "died" });
    expect(await hold(db, actOf(other), null, { slotId })).toMatchObject({ kind: "done" });
    const { item } = await findPatient(db, staff.caller, patient.id, "r");
    expect(item?.stillBooked?.map(({ id }) => id)).toEqual([soon, later]);
    expect((await findPatient(db, staff.caller, other.id, "r")).item?.stillBooked).toBeNull();
  });

  test.each([
    ["died", "deceased"],
    ["moved-away", "elsewhere"],
    [undefined, "other"],
  ] as const)("cancels what is still booked if staff ask for it (%s: %s)", async (inactiveBecause, code) => {
    const changes = { active: false, ...(inactiveBecause ? { inactiveBecause } : {}) };
    const done = await switchOff({ changes, cancels: true });
    expect(done.result.stillBooked).toEqual([]);
    expect(done.dueAt).toEqual(expect.any(Number));
    for (const [id, slotId] of [
      [soon, soonSlot],
      [later, laterSlot],
    ] as const) {
      expect(await rowOf(id)).toEqual({ status: "cancelled", slot: null, by: "patient", code });
      expect(await isFree(slotId)).toBe(true);
    }
    const { rows } = await admin.query(
      "select count(*)::int as n from audit where action = 'appointment.cancel' and patient_id = $1 and actor_id = $2",
      [patient.id, staff.personId],
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  test("can be followed by cancelling what is still booked, which is done once", async () => {
    await switchOff();
    const again = await switchOff({ changes: { active: false }, cancels: true });
    expect(again.result.stillBooked).toEqual([]);
    const { version } = again.result;
    expect((await switchOff({ changes: { active: false }, cancels: true })).result.version).toBe(version);
  });

  test("does not cancel anything of an active record", async () => {
    await switchOff({ changes: { name: "Still here" }, cancels: true });
    expect(await rowOf(later)).toMatchObject({ status: "booked" });
  });

  test("is undone without a trace of why", async () => {
    await switchOff();
    const { result } = await switchOff({ changes: { active: true } });
    expect(result).toMatchObject({ active: true, inactiveBecause: null, stillBooked: null });
  });

  test("marks their notifications, so that none is sent (notify.ts)", async () => {
    await switchOff({ changes: { active: false, inactiveBecause: "died" }, cancels: true });
    await admin.query("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [later]);
    const { claims } = await claimDue(db, { appointmentId: later });
    expect(claims.map(({ particulars }) => particulars.patient.inactive)).toEqual([true]);
  });
});

test("An absence moves no appointment of a patient whose record is switched off: a person decides, in the preview too", async () => {
  const { rows: dates } = await admin.query<{ today: string }>(
    "select (now() at time zone 'Europe/Dublin')::date::text as today",
  );
  const day = (ahead: number): string => addDays(dates[0]!.today, ahead);
  const [away] = (await hire(admin, "doctor", 1)) as [Person];
  await admin.query("update doctors set specialty = 'of their own' where id = $1", [away.id]);
  await offer(admin, [away], location, [day(20)], 2);
  const ids = await bookOn(admin, [patient, other], day(20));
  await offer(admin, [away], location, [day(21)], 4);
  await switchOff();
  const exception = { kind: "absence", fromDate: day(20), toDate: day(20) } as const;
  const what = { kind: "exception-add", doctorId: away.id, exception, note: null } as const;
  const seen = await previewChange(db, staff.caller, what);
  expect(seen).toMatchObject({
    impact: {
      reassigned: [{ appointmentId: ids[1] }],
      toPlace: [{ appointmentId: ids[0], why: { code: "patient-inactive" } }],
    },
  });
  const { operationId } = await applyChange(db, staff, what);
  await runOnce({ db, queue: still.queue, log: () => {} }, { operationId });
  expect(await endsOf(desk, operationId)).toEqual({ moved: 1, "to-place": 1 });
  const { rows } = await admin.query("select why from cases where appointment_id = $1", [ids[0]]);
  expect(rows).toEqual([{ why: { code: "patient-inactive" } }]);
});
