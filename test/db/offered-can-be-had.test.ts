import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findAppointment } from "#db/queries/appointments.ts";
import { readAvailability } from "#db/queries/availability.ts";
import { findCase } from "#db/queries/cases.ts";
import { listLateOpenings } from "#db/queries/late-openings.ts";
import { readOpenings } from "#db/queries/openings.ts";
import { reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { claimCase } from "#db/verbs/placement.ts";
import { book } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, { min_notice_minutes: 0, hold_minutes_per_day: 14_400 });
const [staff, colleague] = (await hire(admin, "staff", 2)) as [Person, Person];
const DAY = 24 * 60;
const CANCEL = `with gone as (update appointments set status = 'cancelled', slot_id = null, cancelled_by = 'patient',
    cancel_code = 'other' where id = $1 returning id)
  update slots s set appointment_id = null from gone g where s.appointment_id = g.id`;

let patient: Person;
let rival: Person;
let doctor: Person;
/** The patient's appointment with another doctor, at the time of `during`; `taken` is a rival's, just before it. */
let appointmentId: string;
let taken: string;
let during: string;
let after: string;

beforeEach(async () => {
  await admin.query("update slots set status = 'closed', closed_by = 'staff' where status = 'open'");
  const doctors = (await hire(admin, "doctor", 2)) as [Person, Person];
  [doctor] = doctors;
  [patient, rival] = (await hire(admin, "patient", 2)) as [Person, Person];
  await admin.query("update doctors set specialty = $2 where id = any($1)", [
    doctors.map(({ id }) => id),
    crypto.randomUUID(),
  ]);
  const [own] = (await addSlots(admin, doctors[1], location, [5 * DAY])) as [string];
  appointmentId = await book(db, patient, own);
  [taken, during, after] = (await addSlots(admin, doctor, location, [5 * DAY - 20, 5 * DAY + 5, 5 * DAY + 30])) as [
    string,
    string,
    string,
  ];
  await book(db, rival, taken);
});

const window = async () => {
  const { rows } = await admin.query<{ from: string; to: string }>(
    "select min(clinic_date)::text as from, max(clinic_date)::text as to from slots where doctor_id = $1",
    [doctor.id],
  );
  return { doctorId: doctor.id, ...rows[0]!, limit: 50 };
};
const idsOf = (slots: readonly { id: string }[]): string[] => slots.map(({ id }) => id);
const alternatives = async (caller: Person, moving?: string) => {
  const outcome = await hold(db, actOf(caller), caller === staff ? patient.id : null, {
    slotId: taken,
    appointmentId: moving,
  });
  if (outcome.kind !== "refused" || outcome.why.code !== "slot-taken") throw new Error(JSON.stringify(outcome));
  return idsOf(outcome.why.alternatives);
};
const firstFree = async (caller: Person, moving?: string) => {
  const target = { doctorId: doctor.id, appointmentId: moving };
  const outcome = await hold(db, actOf(caller), caller === staff ? patient.id : null, target);
  if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
  return [outcome.result.slot.id];
};
/** The app's offer after a hold has expired: for a booking, or for a move. */
const afterExpiry = async (caller: Person, moving?: string) => {
  const holdId = crypto.randomUUID();
  await admin.query(
    "update slots set hold_id = $2, held_by = $3, hold_expires_at = now() - interval '1 s' where id = $1",
    [during, holdId, patient.id],
  );
  const input = { appointmentId, versions: [1], patientId: null, holdId, override: null };
  const outcome = moving
    ? await reschedule(db, actOf(caller), input)
    : await confirm(db, actOf(caller), { holdId, patientId: null, reason: null });
  if (outcome.kind !== "refused" || outcome.why.code !== "hold-expired") throw new Error(JSON.stringify(outcome));
  return outcome.why.slotFree ? [during] : idsOf(outcome.why.alternatives ?? []);
};

type Offers = (caller: Person, moving?: string) => Promise<string[]>;
const OFFERS: Record<string, Offers> = {
  availability: async (caller, moving) => {
    const patientId = caller === staff ? patient.id : undefined;
    const filter = { ...(await window()), patientId, appointmentId: moving };
    return idsOf((await readAvailability(db, caller.caller, filter)).slots);
  },
  "the alternatives to a taken time": alternatives,
  "the first free time": firstFree,
};

describe.each(Object.entries(OFFERS))("%s", (name, offers) => {
  test.each(["patient", "staff"] as const)("has no time of the patient's other appointments (%s)", async (who) => {
    const offered = await offers(who === "staff" ? staff : patient);
    expect(offered).not.toContain(during);
    expect(offered).toContain(after);
  });

  test("has the time of the appointment that is moved", async () => {
    expect(await offers(patient, appointmentId)).toContain(during);
  });

  test("takes an appointment of another patient for none", async () => {
    const { rows } = await admin.query<{ id: string }>("select id from appointments where patient_id = $1", [rival.id]);
    if (name === "availability") expect(await offers(patient, rows[0]!.id)).toEqual([after]);
    else expect(await offers(staff, rows[0]!.id)).not.toContain(during);
  });
});

test("The next openings have no time of the patient's other appointments", async () => {
  const { item } = await readOpenings(db, patient.caller, { doctorId: doctor.id });
  expect(item?.map(({ slot }) => slot.id)).toEqual([after]);
});

test("After a hold has expired its time is offered for the move of that appointment, and another for a booking", async () => {
  expect(await afterExpiry(patient, appointmentId)).toEqual([during]);
  await expect(afterExpiry(patient)).rejects.toThrow("overlaps-own-appointment");
});

test("No other times are offered for a move that the patient can no longer change, nor for a record that is switched off", async () => {
  await admin.query(
    `update appointments set status = 'moved', moved_at = now(), moved_from = jsonb_build_object('doctorId', doctor_id,
       'locationId', location_id, 'startsAt', extract(epoch from starts_at) * 1000, 'endsAt', 1) where id = $1`,
    [appointmentId],
  );
  const offered = async () => (await findAppointment(db, staff.caller, appointmentId, "r")).alternatives ?? [];
  expect(idsOf(await offered())).toContain(after);
  await admin.query("update policy set freeze_hours = 200");
  expect(await offered()).toEqual([]);
  await admin.query("update policy set freeze_hours = 24");
  await admin.query("update patients set active = false where id = $1", [patient.id]);
  expect(await offered()).toEqual([]);
});

describe("a patient holds nothing that confirming would refuse, and staff may", () => {
  const holds = [
    ["a named slot", () => ({ slotId: after })],
    ["the first free one", () => ({ doctorId: doctor.id })],
  ] as const;
  const cases = [
    ["frozen", { what: "appointment" }, "update policy set freeze_hours = 200", "update policy set freeze_hours = 24"],
    ["change-budget-spent", { per: "appointment" }, "update appointments set changes_used = 200 where id = $1", null],
    ["wrong-state", { current: "cancelled" }, CANCEL, null],
  ] as const;
  test.each(
    cases.flatMap(([code, says, before, restore]) =>
      holds.map(([what, target]) => ({ code, says, before, restore, what, target })),
    ),
  )("$code: A hold of $what for the move", async ({ code, says, before, restore, target }) => {
    await admin.query(before, before.includes("$1") ? [appointmentId] : []);
    try {
      const wanted = { ...target(), appointmentId };
      expect(await hold(db, actOf(patient), null, wanted)).toMatchObject({ kind: "refused", why: { code, ...says } });
      expect(await hold(db, actOf(staff), patient.id, wanted)).toMatchObject({ kind: "done" });
    } finally {
      if (restore) await admin.query(restore);
    }
  });
});

describe("candidates", () => {
  /** The patient's appointment must be placed; answers its case. */
  async function displaced(): Promise<string> {
    const { rows } = await admin.query<{ id: string }>(
      `with gone as (
         update appointments a set status = 'to-place', slot_id = null where a.id = $1 returning a.id, a.starts_at),
       freed as (
         update slots s set appointment_id = null, status = 'closed', closed_by = 'staff'
         from gone g where s.appointment_id = g.id)
       insert into cases (appointment_id, reason, request_id, due_at)
       select g.id, 'slot-closed', 'r', g.starts_at from gone g returning id`,
      [appointmentId],
    );
    return rows[0]!.id;
  }

  test("A case has no candidate at the time of another appointment, and none for a record that is switched off", async () => {
    const placement = await displaced();
    const candidates = async () =>
      (await findCase(db, staff.caller, placement, "r")).item!.candidates.map(({ slotId }) => slotId);
    expect(await candidates()).toEqual(expect.arrayContaining([during, after]));
    await admin.query("update patients set active = false where id = $1", [patient.id]);
    expect(await candidates()).toEqual([]);
  });

  test("A late opening names no appointment that another person works on", async () => {
    const placement = await displaced();
    await admin.query("update slots set late_opening = true where id = $1", [after]);
    const named = async (caller: Person) => {
      const { item } = await listLateOpenings(db, caller.caller, { doctorId: doctor.id, limit: 5 }, "r");
      return item?.flatMap(({ candidates }) => candidates.map((one) => one.appointmentId));
    };
    expect(await named(staff)).toEqual([appointmentId]);
    expect(await claimCase(db, actOf(colleague), { caseId: placement, versions: [1] })).toMatchObject({
      kind: "done",
    });
    expect(await named(staff)).toEqual([]);
    expect(await named(colleague)).toEqual([appointmentId]);
  });
});
