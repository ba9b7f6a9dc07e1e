import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accept, cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { type UndoPreview, previewUndo, undoOperation } from "#operations/undo-operation.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import type { Session } from "#domain/schedule/model.ts";
import { runOnce } from "#jobs/reassign.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { applyChange, bookOn, endsOf, faultsOf, offer, openStillQueue } from "#test/support/reassigning.ts";
import { type Desk, type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });

let desk: Desk;
let locationId: string;
let staff: Person;
let today: string;
let still: Awaited<ReturnType<typeof openStillQueue>>;

beforeAll(async () => {
  desk = openDesk(database);
  locationId = await foundClinic(desk.admin, { min_notice_minutes: 0 });
  [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
  still = await openStillQueue();
  const { rows } = await desk.admin.query("select (now() at time zone 'Europe/Dublin')::date::text as today");
  today = rows[0].today;
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

const day = (ahead: number): string => addDays(today, ahead);

/** Doctors of a specialty of their own, with a number of quarter hours on each of some days. */
async function practice(doctors: number, days: readonly number[], perDay: number): Promise<Person[]> {
  const hired = await hire(desk.admin, "doctor", doctors);
  await desk.admin.query("update doctors set specialty = $2 where id = any($1)", [
    hired.map(({ id }) => id),
    crypto.randomUUID(),
  ]);
  await offer(desk.admin, hired, locationId, days.map(day), perDay);
  return hired;
}

/** Books a number of new patients with a doctor on a date. Returns them by their start. */
async function visits(doctor: Person, ahead: number, count: number) {
  const patients = await hire(desk.admin, "patient", count);
  const others = "clinic_date = $1 and doctor_id <> $2 and status = 'open' and appointment_id is null";
  await desk.admin.query(`update slots set status = 'closed', closed_by = 'staff' where ${others}`, [
    day(ahead),
    doctor.id,
  ]);
  await bookOn(desk.admin, patients, day(ahead));
  const { rows } = await desk.admin.query<{ id: string; patient: string; slot: string }>(
    `select id, patient_id as patient, slot_id as slot from appointments
     where doctor_id = $1 and patient_id = any($2) order by starts_at`,
    [doctor.id, patients.map(({ id }) => id)],
  );
  return rows.map((row) => ({ ...row, who: patients.find(({ id }) => id === row.patient)! }));
}

const dayOff = (doctor: Person, ahead: number): CalendarChange => ({
  kind: "exception-add",
  doctorId: doctor.id,
  exception: { kind: "absence", fromDate: day(ahead), toDate: day(ahead) },
  note: null,
});

/** Applies a change and runs its reassignment to the end. */
async function operate(what: CalendarChange): Promise<string> {
  const { operationId } = await applyChange(desk.db, staff, what);
  await runOnce({ db: desk.db, queue: still.queue, log: () => {} }, { operationId });
  return operationId;
}

async function look(operationId: string): Promise<UndoPreview> {
  const seen = await previewUndo(desk.db, staff.caller, operationId);
  if (!seen || !("preview" in seen)) throw new Error(`no preview: ${JSON.stringify(seen)}`);
  return seen.preview;
}

async function undo(operationId: string): Promise<string> {
  const { token } = await look(operationId);
  const outcome = await undoOperation(desk.db, actOf(staff), { operationId, previewToken: token });
  if (outcome.kind !== "done") throw new Error(`not undone: ${JSON.stringify(outcome)}`);
  return outcome.result.operationId;
}

const stateOf = async (id: string) =>
  (
    await desk.admin.query(
      `select a.status, a.slot_id as slot, a.version, a.moved_from as "movedFrom",
         (select k.status from cases k where k.appointment_id = a.id order by k.created_at desc limit 1) as "case"
       from appointments a where a.id = $1`,
      [id],
    )
  ).rows[0];

/** The slots of a doctor and their patients, without the rows' ids. */
const offered = async (doctor: Person) =>
  (
    await desk.admin.query(
      `select starts_at, ends_at, appointment_id from slots where doctor_id = $1 and status = 'open' order by starts_at`,
      [doctor.id],
    )
  ).rows;

describe("undoing an operation", () => {
  test("Appointments as the operation left them go back. Those whose patient agreed, chose or cancelled stay, with the reason", async () => {
    const [doctor] = (await practice(1, [10, 12], 5)) as [Person];
    const [stands, agrees, chooses, cancels, waits] = await visits(doctor, 10, 5);
    // Room for four of the five.
    const spare = "select id from slots where doctor_id = $1 and clinic_date = $2 order by starts_at limit 1";
    const { rows } = await desk.admin.query(spare, [doctor.id, day(12)]);
    await desk.admin.query(
      "update slots set status = 'closed', closed_by = 'staff', by_hand = 'closed' where id = $1",
      [rows[0].id],
    );
    const operationId = await operate(dayOff(doctor, 10));
    expect(await endsOf(desk, operationId)).toEqual({ moved: 4, "to-place": 1 });
    const left = await desk.admin.query<{ id: string }>(
      "select appointment_id as id from operation_items where operation_id = $1 and state = 'to-place'",
      [operationId],
    );
    // The patient who was left out waits. The parts are given to the other four.
    const all = [stands!, agrees!, chooses!, cancels!, waits!];
    const waiting = all.find(({ id }) => id === left.rows[0]!.id)!;
    const [one, two, three, four] = all.filter((visit) => visit !== waiting);
    const subject = async (id: string) => ({
      appointmentId: id,
      versions: [(await stateOf(id)).version],
      patientId: null,
    });

    expect(await accept(desk.db, actOf(two!.who), await subject(two!.id))).toMatchObject({ kind: "done" });
    const [far] = await desk.admin
      .query(
        "insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin) select doctor_id, location_id, starts_at + interval '20 days', ends_at + interval '20 days', clinic_date + 20, 'staff' from slots where id = $1 returning id",
        [rows[0].id],
      )
      .then((found) => found.rows);
    const held = await hold(desk.db, actOf(three!.who), null, { slotId: far.id });
    if (held.kind !== "done") throw new Error(JSON.stringify(held));
    const chosen = { ...(await subject(three!.id)), holdId: held.result.id, override: null };
    expect(await reschedule(desk.db, actOf(three!.who), chosen)).toMatchObject({ kind: "done" });
    const reason = { by: "patient" as const, code: "elsewhere", note: null };
    expect(
      await cancel(desk.db, actOf(four!.who), { ...(await subject(four!.id)), reason, override: null }),
    ).toMatchObject({ kind: "done" });

    const seen = await look(operationId);
    expect(seen.back.map(({ item }) => item.appointmentId).toSorted()).toEqual([one!.id, waiting.id].toSorted());
    expect(Object.fromEntries(seen.kept.map(({ item, why }) => [item.appointmentId, why.code]))).toEqual({
      [two!.id]: "accepted",
      [three!.id]: "changed",
      [four!.id]: "cancelled",
    });
    const { slot: reassigned } = await stateOf(one!.id);
    const undoId = await undo(operationId);
    expect(await stateOf(one!.id)).toMatchObject({ status: "booked", slot: one!.slot, movedFrom: null });
    expect(await stateOf(waiting.id)).toMatchObject({ status: "booked", slot: waiting.slot, case: "placed" });
    expect(await stateOf(two!.id)).toMatchObject({ status: "booked" });
    expect((await stateOf(two!.id)).slot).not.toBe(two!.slot);
    expect(await stateOf(three!.id)).toMatchObject({ status: "booked", slot: far.id });
    expect(await endsOf(desk, undoId)).toEqual({ moved: 2, kept: 3 });
    expect(await faultsOf(desk, undoId)).toEqual({ undecided: 3 });
    const { rows: free } = await desk.admin.query(
      `select (select appointment_id is null and status = 'open' from slots where id = $1) as freed,
         (select undo_of from operations where id = $2) as "undoOf", (select phase from operations where id = $2) as phase,
         (select count(*)::int from exceptions where doctor_id = $3) as absences,
         (select count(*)::int from audit where action = 'appointment.restore' and after ->> 'operationId' = $2::text) as audited,
         (select before ->> 'slotId' from audit where action = 'appointment.restore' and entity_id = $4) as before`,
      [reassigned, undoId, doctor.id, one!.id],
    );
    expect(free).toEqual([
      { freed: true, undoOf: operationId, phase: "done", absences: 0, audited: 2, before: reassigned },
    ]);
  });

  test("An undo is done once under one key, and not while the operation still moves patients", async () => {
    const [doctor] = (await practice(1, [14, 15], 3)) as [Person];
    const [visit] = await visits(doctor, 14, 1);
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 14));
    const refused = (current: string) => ({ kind: "refused", why: { code: "wrong-state", current } });
    const early = { operationId, previewToken: "x" };
    expect(await undoOperation(desk.db, actOf(staff), early)).toMatchObject(refused("reassigning"));
    expect(await previewUndo(desk.db, staff.caller, operationId)).toMatchObject({ why: { current: "reassigning" } });
    await runOnce({ db: desk.db, queue: still.queue, log: () => {} }, { operationId });
    const { token } = await look(operationId);
    const stale = { operationId, previewToken: "x" };
    expect(await undoOperation(desk.db, actOf(staff), stale)).toMatchObject({ why: { code: "preview-stale" } });

    const input = { operationId, previewToken: token };
    const first = await undoOperation(desk.db, actOf(staff, "key-1"), input);
    expect(first).toMatchObject({ kind: "done", replayed: false });
    const again = await undoOperation(desk.db, actOf(staff, "key-1"), input);
    expect(again).toMatchObject({ kind: "done", replayed: true });
    const undoId = first.kind === "done" ? first.result.operationId : "";
    expect(again).toMatchObject({ result: { operationId: undoId } });
    expect(await undoOperation(desk.db, actOf(staff), input)).toMatchObject(refused("undone"));
    expect(await undoOperation(desk.db, actOf(staff), { operationId: undoId, previewToken: token })).toMatchObject(
      refused("undo"),
    );
    const nothing = { operationId: crypto.randomUUID(), previewToken: token };
    expect(await undoOperation(desk.db, actOf(staff), nothing)).toMatchObject({ why: { code: "not-found" } });
    expect(await stateOf(visit!.id)).toMatchObject({ status: "booked", slot: visit!.slot });
  });

  test("Of two undos at once one is done, and no patient is moved twice", async () => {
    const [doctor] = (await practice(1, [16, 17], 3)) as [Person];
    const [visit] = await visits(doctor, 16, 1);
    const operationId = await operate(dayOff(doctor, 16));
    const { version } = await stateOf(visit!.id);
    const { token } = await look(operationId);
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => undoOperation(desk.db, actOf(staff), { operationId, previewToken: token })),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["done", "refused", "refused"]);
    expect(await stateOf(visit!.id)).toMatchObject({ slot: visit!.slot, version: version + 1 });
  });

  test("preview-stale: The preview of an undo is out of date after a patient's answer", async () => {
    const [doctor] = (await practice(1, [18, 19], 3)) as [Person];
    const [visit] = await visits(doctor, 18, 1);
    const operationId = await operate(dayOff(doctor, 18));
    const { token } = await look(operationId);
    const { version } = await stateOf(visit!.id);
    await accept(desk.db, actOf(visit!.who), { appointmentId: visit!.id, versions: [version], patientId: null });
    expect(await undoOperation(desk.db, actOf(staff), { operationId, previewToken: token })).toMatchObject({
      kind: "refused",
      why: { code: "preview-stale" },
    });
  });

  test("An undo never moves into the freeze or out of it, nor onto another appointment of the patient", async () => {
    const [doctor] = (await practice(1, [9, 10, 11, 13], 2)) as [Person];
    const [frozen] = await visits(doctor, 9, 1);
    const operationId = await operate(dayOff(doctor, 9));
    await desk.admin.query("update policy set freeze_hours = 240");
    try {
      expect((await look(operationId)).kept.map(({ why }) => why.code)).toEqual(["frozen"]);
    } finally {
      await desk.admin.query("update policy set freeze_hours = 24");
    }
    const [colleague] = (await practice(1, [9], 1)) as [Person];
    await desk.admin.query(
      `with s as (select * from slots where doctor_id = $1),
         a as (insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
           select $2, doctor_id, location_id, id, starts_at, ends_at from s returning id, slot_id)
       update slots set appointment_id = a.id from a where slots.id = a.slot_id`,
      [colleague.id, frozen!.patient],
    );
    expect((await look(operationId)).kept.map(({ why }) => why.code)).toEqual(["busy"]);
    const undoId = await undo(operationId);
    expect(await endsOf(desk, undoId)).toEqual({ kept: 1 });
    expect(await stateOf(frozen!.id)).toMatchObject({ status: "moved" });
  });

  test("A slot that an undo opens again is kept for a patient who waits for one", async () => {
    const [doctor] = (await practice(1, [3, 4], 1)) as [Person];
    const [visit] = await visits(doctor, 3, 1);
    await desk.admin.query("update policy set freeze_hours = 96");
    const operationId = await operate(dayOff(doctor, 3));
    expect(await endsOf(desk, operationId)).toEqual({ "to-place": 1 });
    const undoId = await undo(operationId);
    await desk.admin.query("update policy set freeze_hours = default");
    expect(await endsOf(desk, undoId)).toEqual({ kept: 1 });
    const { rows } = await desk.admin.query(
      "select status, late_opening as late, offered_until > now() as offered from slots where id = $1",
      [visit!.slot],
    );
    expect(rows).toEqual([{ status: "open", late: true, offered: true }]);
    const [rival] = (await hire(desk.admin, "patient", 1)) as [Person];
    expect(await hold(desk.db, actOf(rival), null, { slotId: visit!.slot })).toMatchObject({ kind: "refused" });
  });

  test("A patient who goes back to an unanswered move is asked again", async () => {
    const [doctor] = (await practice(1, [73, 74, 75], 1)) as [Person];
    const [visit] = await visits(doctor, 73, 1);
    await operate(dayOff(doctor, 73));
    const asked = await stateOf(visit!.id);
    expect(asked).toMatchObject({ status: "moved" });
    const second = await operate(dayOff(doctor, 74));
    expect((await stateOf(visit!.id)).slot).not.toBe(asked.slot);
    await undo(second);
    expect(await stateOf(visit!.id)).toMatchObject({ status: "moved", slot: asked.slot, movedFrom: asked.movedFrom });
  });

  test("Undone in reverse order, several operations move a patient back step by step", async () => {
    const [doctor] = (await practice(1, [76, 77, 78, 79], 1)) as [Person];
    const [visit] = await visits(doctor, 76, 1);
    const states = [await stateOf(visit!.id)];
    const { rows } = await desk.admin.query(
      `select json_build_object('doctorId', doctor_id, 'locationId', location_id,
         'startsAt', (extract(epoch from starts_at) * 1000)::float8, 'endsAt', (extract(epoch from ends_at) * 1000)::float8)
         as agreed from appointments where id = $1`,
      [visit!.id],
    );
    const { agreed } = rows[0];
    const operations: string[] = [];
    for (const ahead of [76, 77, 78]) {
      operations.push(await operate(dayOff(doctor, ahead)));
      states.push(await stateOf(visit!.id));
    }
    expect(new Set(states.map(({ slot }) => slot)).size).toBe(4);
    // After any number of moves by the clinic the patient is asked about the place they had agreed to.
    expect(states.map(({ movedFrom }) => movedFrom)).toEqual([null, ...Array.from({ length: 3 }, () => agreed)]);
    // Out of order they stay, and it is said why.
    for (const early of operations.slice(0, 2)) {
      expect((await look(early)).kept.map(({ why }) => why.code)).toEqual(["displaced"]);
    }
    for (const [n, operationId] of [...operations.entries()].toReversed()) {
      const undoId = await undo(operationId);
      expect(await endsOf(desk, undoId)).toEqual({ moved: 1 });
      const { status, slot, movedFrom } = states[n]!;
      expect({ n, ...(await stateOf(visit!.id)) }).toMatchObject({ n, status, slot, movedFrom });
    }
    expect(await stateOf(visit!.id)).toMatchObject({ status: "booked", slot: visit!.slot, movedFrom: null });
  });

  test("An appointment that could not go back from a later operation is `stayed`, not waiting for it", async () => {
    const [doctor] = (await practice(1, [85, 86, 87, 88], 1)) as [Person];
    const [visit] = await visits(doctor, 85, 1);
    const operations: string[] = [];
    for (const ahead of [85, 86, 87]) operations.push(await operate(dayOff(doctor, ahead)));
    const [first, second, third] = operations as [string, string, string];
    const reasons = async (operationId: string) => (await look(operationId)).kept.map(({ why }) => why.code);
    expect([await reasons(second), await reasons(first)]).toEqual([["displaced"], ["displaced"]]);
    const { slot } = await stateOf(visit!.id);
    // Another appointment of the patient's is where the third would put them back.
    const [colleague] = (await practice(1, [87], 1)) as [Person];
    await desk.admin.query(
      `with s as (select * from slots where doctor_id = $1),
         a as (insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
           select $2, doctor_id, location_id, id, starts_at, ends_at from s returning id, slot_id)
       update slots set appointment_id = a.id from a where slots.id = a.slot_id`,
      [colleague.id, visit!.patient],
    );
    expect(await reasons(third)).toEqual(["busy"]);
    await undo(third);
    for (const operationId of [second, first]) {
      expect(await reasons(operationId)).toEqual(["stayed"]);
      await undo(operationId);
      expect(await stateOf(visit!.id)).toMatchObject({ status: "moved", slot });
    }
  });

  test("A patient who had agreed to the first move goes back to it from the second, and stays there", async () => {
    const [doctor] = (await practice(1, [81, 82, 83], 1)) as [Person];
    const [visit] = await visits(doctor, 81, 1);
    const first = await operate(dayOff(doctor, 81));
    const { version, slot } = await stateOf(visit!.id);
    const subject = { appointmentId: visit!.id, versions: [version], patientId: null };
    expect(await accept(desk.db, actOf(visit!.who), subject)).toMatchObject({ kind: "done" });
    await undo(await operate(dayOff(doctor, 82)));
    expect(await stateOf(visit!.id)).toMatchObject({ status: "booked", slot });
    expect((await look(first)).kept.map(({ why }) => why.code)).toEqual(["accepted"]);
  });

  test("An undo restores two overlapping appointments that staff had allowed", async () => {
    const doctors = await practice(2, [70, 71], 2);
    const [both] = (await hire(desk.admin, "patient", 1)) as [Person];
    const { rows: at } = await desk.admin.query<{ slot: string }>(
      "select id as slot from slots where doctor_id = any($1) and clinic_date = $2 order by starts_at limit 2",
      [doctors.map(({ id }) => id), day(70)],
    );
    const book = async (slotId: string, override: { reason: string } | null) => {
      const held = await hold(desk.db, actOf(staff), both.id, { slotId });
      if (held.kind !== "done") throw new Error(JSON.stringify(held));
      const input = { holdId: held.result.id, patientId: both.id, reason: null, override };
      const booked = await confirm(desk.db, actOf(staff), input);
      if (booked.kind !== "done") throw new Error(JSON.stringify(booked));
      return booked.result.id;
    };
    const ids = [await book(at[0]!.slot, null), await book(at[1]!.slot, { reason: "one for each child" })];
    const days = [{ date: day(70), name: "Closed" }];
    const operationId = await operate({ kind: "holidays-add", locationId, country: null, days, source: "staff" });
    expect(await endsOf(desk, operationId)).toEqual({ moved: 2 });
    const undoId = await undo(operationId);
    expect(await endsOf(desk, undoId)).toEqual({ moved: 2 });
    for (const [n, id] of ids.entries())
      expect(await stateOf(id)).toMatchObject({ status: "booked", slot: at[n]!.slot });
  });

  test("An undo is refused if others would lose their slots, and after another change of the same", async () => {
    const [doctor] = (await practice(1, [21], 2)) as [Person];
    const days = [{ date: day(21), name: "Fair" }];
    const { rows: before } = await desk.admin.query("select id from slots where clinic_date = $1", [day(21)]);
    expect(before.length).toBeGreaterThan(0);
    await operate({ kind: "holidays-add", locationId, country: null, days, source: "staff" });
    const { rows } = await desk.admin.query("select id from holidays where date = $1", [day(21)]);
    const off = { holidayId: rows[0].id, locationId, date: day(21) };
    const operationId = await operate({ kind: "holiday-remove", days: [off] });
    const [visit] = await visits(doctor, 21, 1);
    expect(await previewUndo(desk.db, staff.caller, operationId)).toEqual({ why: { code: "displaces", displaced: 1 } });
    expect(await undoOperation(desk.db, actOf(staff), { operationId, previewToken: "x" })).toMatchObject({
      why: { code: "displaces", displaced: 1 },
    });
    expect(await stateOf(visit!.id)).toMatchObject({ status: "booked", slot: visit!.slot });

    const leaves = (from: string | null): CalendarChange => ({ kind: "doctor-left", doctorId: doctor.id, from });
    const first = await operate(leaves(day(60)));
    await operate(leaves(day(50)));
    expect(await previewUndo(desk.db, staff.caller, first)).toMatchObject({ why: { current: "changed-since" } });
  });
});

describe("each kind of change, taken back", () => {
  /** Works every day from nine to ten by a schedule. */
  const everyDay = (from: string, to: string): Session[] =>
    [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      from,
      to,
      slotMinutes: 30,
      validFrom: day(1),
      validTo: null,
      locationId,
    }));

  test("Each kind of change, undone, leaves the offered times and their patients as they were", async () => {
    await desk.admin.query("update policy set horizon_days = 40");
    const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
    await desk.admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
    await operate({ kind: "schedule", doctorId: doctor.id, sessions: everyDay("09:00", "10:00") });
    const extra = { kind: "extra" as const, date: day(33), from: "18:00", to: "19:00", slotMinutes: 30, locationId };
    await operate({ kind: "exception-add", doctorId: doctor.id, exception: extra, note: "Evening" });
    const visit = async (ahead: number) => (await visits(doctor, ahead, 1))[0]!;
    const [a, b, c] = [await visit(31), await visit(32), await visit(33)];
    const { rows } = await desk.admin.query(
      `select id, starts_at from slots where doctor_id = $1 and clinic_date = $2 order by starts_at`,
      [doctor.id, day(31)],
    );
    const start = Date.parse(rows[0].starts_at);
    const { rows: extras } = await desk.admin.query("select id from exceptions where doctor_id = $1", [doctor.id]);
    const before = await offered(doctor);
    const free = Date.parse(`${day(34)}T20:00:00Z`);
    // A slot that an undo made again is another row.
    const slotOf = async ({ id }: { id: string }): Promise<string> => (await stateOf(id)).slot;
    const changes: [string, CalendarChange | (() => Promise<CalendarChange>), number][] = [
      ["schedule", { kind: "schedule", doctorId: doctor.id, sessions: everyDay("11:00", "12:00") }, 3],
      ["absence", dayOff(doctor, 32), 1],
      ["extra removed", { kind: "exception-remove", doctorId: doctor.id, exceptionId: extras[0].id }, 0],
      [
        "slot added",
        { kind: "slot-add", doctorId: doctor.id, locationId, startsAt: free, endsAt: free + 1_800_000 },
        0,
      ],
      ["slot closed", async () => ({ kind: "slot-change", slotId: await slotOf(a), status: "closed" }), 1],
      [
        "slot moved",
        async () => ({ kind: "slot-change", slotId: await slotOf(b), startsAt: start + 29 * 3_600_000 }),
        1,
      ],
      ["slot removed", async () => ({ kind: "slot-remove", slotId: await slotOf(c) }), 1],
      ["leaves", { kind: "doctor-left", doctorId: doctor.id, from: day(31) }, 3],
      [
        "holidays",
        {
          kind: "holidays-add",
          locationId,
          country: null,
          days: [31, 33].map((ahead) => ({ date: day(ahead), name: "Fair" })),
          source: "staff",
        },
        2,
      ],
    ];
    for (const [name, change, displaced] of changes) {
      const operationId = await operate(typeof change === "function" ? await change() : change);
      const { rows: own } = await desk.admin.query("select displaced from operations where id = $1", [operationId]);
      expect({ name, displaced: own[0].displaced }).toEqual({ name, displaced });
      expect({ name, changed: JSON.stringify(await offered(doctor)) !== JSON.stringify(before) }).toEqual({
        name,
        changed: true,
      });
      const undoId = await undo(operationId);
      expect({ name, offered: await offered(doctor) }).toEqual({ name, offered: before });
      expect({ name, ends: await endsOf(desk, undoId) }).toEqual({
        name,
        ends: displaced > 0 ? { moved: displaced } : {},
      });
      expect({ name, faults: await faultsOf(desk, undoId) }).toEqual({ name, faults: {} });
    }
  });

  test("An undo is refused if a new time that it would remove is in use, and changes nothing", async () => {
    const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
    await desk.admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
    await operate({ kind: "schedule", doctorId: doctor.id, sessions: everyDay("09:00", "10:00") });
    const [visit] = await visits(doctor, 28, 1);
    const operationId = await operate({ kind: "schedule", doctorId: doctor.id, sessions: everyDay("13:00", "14:00") });
    const { version, slot } = await stateOf(visit!.id);
    const subject = { appointmentId: visit!.id, versions: [version], patientId: null };
    expect(await accept(desk.db, actOf(visit!.who), subject)).toMatchObject({ kind: "done" });
    const before = await offered(doctor);
    expect(await previewUndo(desk.db, staff.caller, operationId)).toEqual({ why: { code: "displaces", displaced: 1 } });
    const blind = { operationId, previewToken: "x" };
    expect(await undoOperation(desk.db, actOf(staff), blind)).toMatchObject({ why: { code: "displaces" } });
    expect(await offered(doctor)).toEqual(before);
    expect(await stateOf(visit!.id)).toMatchObject({ status: "booked", slot });
  });

  test("A former time that another patient has taken stays with that patient", async () => {
    const [doctor] = (await practice(1, [29, 30], 2)) as [Person];
    const [visit] = await visits(doctor, 29, 1);
    const operationId = await operate(dayOff(doctor, 29));
    const [rival] = (await hire(desk.admin, "patient", 1)) as [Person];
    // Let in by staff, although the doctor is absent.
    await desk.admin.query(
      `with s as (select * from slots where id = $1),
         a as (insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
           select $2, doctor_id, location_id, id, starts_at, ends_at from s returning id, slot_id)
       update slots set appointment_id = a.id from a where slots.id = a.slot_id`,
      [visit!.slot, rival.id],
    );
    expect((await look(operationId)).kept.map(({ why }) => why.code)).toEqual(["taken"]);
    await undo(operationId);
    expect(await stateOf(visit!.id)).toMatchObject({ status: "moved" });
    const { rows } = await desk.admin.query("select patient_id as who from appointments where slot_id = $1", [
      visit!.slot,
    ]);
    expect(rows).toEqual([{ who: rival.id }]);
  });
});

describe("while patients answer", () => {
  test("An undo and answers at the same time leave every appointment in one slot, booked once", async () => {
    const [doctor] = (await practice(1, [35, 36, 37], 12)) as [Person];
    await desk.admin.query("update slots set by_hand = 'open' where doctor_id = $1", [doctor.id]);
    const booked = await visits(doctor, 35, 12);
    const operationId = await operate(dayOff(doctor, 35));
    const { rows: free } = await desk.admin.query<{ id: string }>(
      "select id from slots where doctor_id = $1 and status = 'open' and appointment_id is null order by starts_at",
      [doctor.id],
    );
    expect(free).toHaveLength(12);
    const answers = booked.slice(0, 9).map(async (visit, at) => {
      const { version } = await stateOf(visit.id);
      const subject = { appointmentId: visit.id, versions: [version], patientId: null };
      if (at % 3 === 0) return accept(desk.db, actOf(visit.who), subject);
      const reason = { by: "patient" as const, code: "elsewhere", note: null };
      if (at % 3 === 1) return cancel(desk.db, actOf(visit.who), { ...subject, reason, override: null });
      const held = await hold(desk.db, actOf(visit.who), null, { slotId: free[at]!.id });
      if (held.kind !== "done") return held;
      return reschedule(desk.db, actOf(visit.who), { ...subject, holdId: held.result.id, override: null });
    });
    const back = (async () => {
      for (;;) {
        const { token } = await look(operationId);
        const outcome = await undoOperation(desk.db, actOf(staff), { operationId, previewToken: token });
        if (outcome.kind === "done") return outcome.result.operationId;
        expect(outcome).toMatchObject({ kind: "refused", why: { code: "preview-stale" } });
      }
    })();
    const outcomes = await Promise.all(answers);
    const undoId = await back;
    // Patients who came after the undo got a refusal. Those who came before keep their slots.
    const refused = outcomes.filter(({ kind }) => kind !== "done");
    for (const one of refused) expect(one).toMatchObject({ kind: "refused", why: { code: "version-conflict" } });
    const ends = await endsOf(desk, undoId);
    expect((ends["moved"] ?? 0) + (ends["kept"] ?? 0)).toBe(12);
    expect(ends["kept"] ?? 0).toBe(9 - refused.length);
    expect(await faultsOf(desk, undoId)).toEqual(ends["kept"] ? { undecided: ends["kept"] } : {});
  });
});
