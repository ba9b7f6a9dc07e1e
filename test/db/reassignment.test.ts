import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { listCases } from "#db/queries/cases.ts";
import { planNext } from "#operations/plan-reassignment.ts";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { hold } from "#db/verbs/holds.ts";
import { previewChange } from "#operations/preview-change.ts";
import { leaseOperation, releaseOperation } from "#db/verbs/reassignment.ts";
import { moveAppointments, takeStock } from "#db/verbs/reassignment.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { runOnce } from "#jobs/reassign.ts";
import { runOnce as sweep } from "#jobs/sweep.ts";
import { book } from "#test/support/booking.ts";
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
  locationId = await foundClinic(desk.admin);
  [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
  still = await openStillQueue();
  const { rows } = await desk.admin.query<{ today: string }>(
    "select (now() at time zone 'Europe/Dublin')::date::text as today",
  );
  today = rows[0]!.today;
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

const day = (ahead: number): string => addDays(today, ahead);
const run = (operationId?: string) =>
  runOnce({ db: desk.db, queue: still.queue, log: () => {} }, operationId === undefined ? {} : { operationId });
const nothing = { changing: new Set<string>(), made: [], taken: new Set<string>() };

/** A specialty of its own with a number of doctors. Each has a number of quarter hours on some days. */
async function practice(doctors: number, days: readonly number[], perDay: number): Promise<Person[]> {
  const hired = await hire(desk.admin, "doctor", doctors);
  const ids = hired.map(({ id }) => id);
  await desk.admin.query("update doctors set specialty = $2 where id = any($1)", [ids, crypto.randomUUID()]);
  await offer(desk.admin, hired, locationId, days.map(day), perDay);
  return hired;
}

/** A day of a doctor that is closed, with its booked patients. */
function dayOff(doctor: Person, ahead: number, days = 1): CalendarChange {
  const exception = { kind: "absence" as const, fromDate: day(ahead), toDate: day(ahead + days - 1) };
  return { kind: "exception-add", doctorId: doctor.id, exception, note: null };
}

/** Books patients with a doctor on a date; answers the appointments by their start. */
async function visits(doctor: Person, ahead: number, patients: readonly Person[]): Promise<string[]> {
  // Only this doctor's slots are there to be had on that date.
  await desk.admin.query(
    "update slots set status = 'closed', closed_by = 'staff' where clinic_date = $1 and doctor_id <> $2 and status = 'open'",
    [day(ahead), doctor.id],
  );
  await bookOn(desk.admin, patients, day(ahead));
  const { rows } = await desk.admin.query<{ id: string }>(
    "select id from appointments where doctor_id = $1 and patient_id = any($2) order by starts_at",
    [doctor.id, patients.map(({ id }) => id)],
  );
  return rows.map(({ id }) => id);
}

async function versionOf(appointmentId: string): Promise<number> {
  const { rows } = await desk.admin.query("select version from appointments where id = $1", [appointmentId]);
  return rows[0].version;
}

interface Audited {
  audit: string;
}

async function digest(): Promise<unknown> {
  const { rows } = await desk.admin.query(
    `select (select md5(string_agg(t::text, '|' order by t.id)) from slots t) as slots,
       (select md5(string_agg(t::text, '|' order by t.id)) from appointments t) as appointments,
       (select md5(string_agg(t::text, '|' order by t.id)) from exceptions t) as exceptions,
       (select md5(string_agg(t::text, '|' order by t.id)) from cases t) as cases,
       (select md5(string_agg(t::text, '|' order by t.operation_id, t.appointment_id)) from operation_items t) as items,
       (select count(*) from operations) as operations, (select count(*) from audit) as audit,
       (select md5(string_agg(t::text, '|' order by t.appointment_id)) from outbox t) as outbox`,
  );
  return rows[0];
}

describe("an absence", () => {
  test("An absence moves its patients as the preview said, keeps their old times, and notifies and audits each once", async () => {
    const [doctor] = (await practice(1, [10, 11, 12], 8)) as [Person];
    const patients = await hire(desk.admin, "patient", 6);
    const ids = await visits(doctor, 10, patients);
    const { operationId, impact } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    expect(impact).toMatchObject({ affected: 6, unchanged: 0, toPlace: [] });
    expect(impact.reassigned.map(({ appointmentId }) => appointmentId)).toEqual(ids);
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 6 });
    expect(await faultsOf(desk, operationId)).toEqual({});

    const { rows } = await desk.admin.query(
      `select a.id, a.status, a.slot_id, a.moved_from ->> 'doctorId' as "wasWith",
         (a.moved_from ->> 'startsAt')::bigint::float8 as "wasAt", a.moved_at is not null as moved,
         k.status as "case", o.version as told, i.explanation
       from appointments a join cases k on k.appointment_id = a.id join outbox o on o.appointment_id = a.id
         join operation_items i on i.appointment_id = a.id where a.id = any($1) order by a.starts_at`,
      [ids],
    );
    expect(rows).toEqual(
      impact.reassigned.map((planned) => ({
        id: planned.appointmentId,
        status: "moved",
        slot_id: planned.to.id,
        wasWith: doctor.id,
        wasAt: planned.startsAt,
        moved: true,
        case: "placed",
        told: 2,
        explanation: planned.why,
      })),
    );
    // Each a day later at the same time: that is the optimum, and it is proved.
    expect(impact.reassigned.every(({ why }) => why.daysMoved === 1 && why.minutesMoved === 0)).toBe(true);
    const [kept] = (await desk.admin.query("select preview, proof from operations where id = $1", [operationId])).rows;
    expect(kept.proof).toEqual({ placed: 6, cost: 6 * 60 * 60, bound: 6 * 60 * 60 });
    expect(kept.preview).toEqual(JSON.parse(JSON.stringify(impact)));
  });

  test("An absence within the freeze makes a case for each patient, with the reason", async () => {
    const [doctor] = (await practice(1, [1, 2, 3], 8)) as [Person];
    await desk.admin.query("update policy set freeze_hours = 336");
    try {
      const byStart = await visits(doctor, 2, await hire(desk.admin, "patient", 3));
      const { operationId, impact } = await applyChange(desk.db, staff, dayOff(doctor, 2));
      expect(impact.toPlace.map(({ why }) => why)).toEqual([
        { code: "frozen" },
        { code: "frozen" },
        { code: "frozen" },
      ]);
      await run(operationId);
      expect(await endsOf(desk, operationId)).toEqual({ "to-place": 3 });
      expect(await faultsOf(desk, operationId)).toEqual({});
      const { rows } = await desk.admin.query("select status, why from cases where operation_id = $1", [operationId]);
      expect(rows).toEqual(Array.from({ length: 3 }, () => ({ status: "open", why: { code: "frozen" } })));
      const queue = (await listCases(desk.db, staff.caller, { mine: false, limit: 100 }, "test")).item;
      const places = queue?.items.map(({ appointmentId }) => appointmentId).filter((id) => byStart.includes(id));
      expect(places, "whose appointment is soonest is called first").toEqual(byStart);
    } finally {
      await desk.admin.query("update policy set freeze_hours = 24");
    }
  });

  test("With fewer slots than patients the cheapest plan is applied, and the others have cases that say so", async () => {
    const [doctor, colleague] = (await practice(2, [10], 4)) as [Person, Person];
    await offer(desk.admin, [colleague], locationId, [day(11)], 2);
    await visits(doctor, 10, await hire(desk.admin, "patient", 4));
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 2, "to-place": 2 });
    expect(await faultsOf(desk, operationId)).toEqual({});
    const { rows } = await desk.admin.query("select why from cases where operation_id = $1 and status = 'open'", [
      operationId,
    ]);
    expect(rows).toEqual([{ why: { code: "outbid", possible: 2 } }, { why: { code: "outbid", possible: 2 } }]);
  });

  test("A schedule that moves by five minutes moves its patients into its own new slots", async () => {
    const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
    await desk.admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
    const sessions = (from: string, to: string) =>
      [1, 2, 3, 4, 5, 6, 7].map((weekday) => {
        return { weekday, from, to, slotMinutes: 15, validFrom: day(1), validTo: null, locationId };
      });
    const schedule = (from: string, to: string): CalendarChange => {
      return { kind: "schedule", doctorId: doctor.id, sessions: sessions(from, to) };
    };
    await applyChange(desk.db, staff, schedule("09:00", "10:00"));
    await visits(doctor, 20, await hire(desk.admin, "patient", 4));
    const { operationId, impact } = await applyChange(desk.db, staff, schedule("09:05", "10:05"));
    expect(impact).toMatchObject({ affected: 4, toPlace: [] });
    expect(impact.reassigned.map(({ to, why }) => [to.id, why.daysMoved, why.minutesMoved])).toEqual(
      Array.from({ length: 4 }, () => [null, 0, 5]),
    );
    await run(operationId);
    expect(await faultsOf(desk, operationId)).toEqual({});
    const { rows } = await desk.admin.query(
      "select distinct explanation -> 'minutesMoved' as later from operation_items where operation_id = $1",
      [operationId],
    );
    expect(rows).toEqual([{ later: 5 }]);
  });
});

describe("a preview", () => {
  test("A preview writes nothing in the calendar, is kept for the apply, and is recorded with the patients shown", async () => {
    const [doctor] = (await practice(1, [10, 11], 8)) as [Person];
    await visits(doctor, 10, await hire(desk.admin, "patient", 5));
    const before = await digest();
    const seen = await previewChange(desk.db, staff.caller, dayOff(doctor, 10));
    if (!seen || !("impact" in seen)) throw new Error("no preview");
    expect(seen.impact.reassigned).toHaveLength(5);
    const recorded = await desk.admin.query<{ shown: string[] }>(
      `select after -> 'patientIds' as shown from audit where action = 'operation.preview' and actor_id = $1 order by id`,
      [staff.personId],
    );
    expect(recorded.rows.at(-1)?.shown).toEqual(seen.impact.reassigned.map(({ patientId }) => patientId).sort());
    expect(await digest()).toEqual({ ...(before as object), audit: String(Number((before as Audited).audit) + 1) });
    const { rows } = await desk.admin.query("select actor_id, shown from previews where token = $1", [
      seen.impact.token,
    ]);
    expect(rows).toEqual([{ actor_id: staff.personId, shown: JSON.parse(JSON.stringify(seen.impact)) }]);
  });

  test("A preview is deleted after a week", async () => {
    await desk.admin.query(
      `insert into previews (token, actor_id, shown, created_at)
       select n || ' days old', $1, '{}', now() - make_interval(days => n) from unnest(array[1, 6, 8, 30]) n`,
      [staff.personId],
    );
    await sweep({ db: desk.db, log: () => {} });
    const { rows } = await desk.admin.query("select token from previews where token like '% days old' order by 1");
    expect(rows).toEqual([{ token: "1 days old" }, { token: "6 days old" }]);
  });

  test("A preview stays valid when a patient takes one of its slots. It does not when one of its patients changes anything", async () => {
    const [doctor] = (await practice(1, [10, 11, 12], 8)) as [Person];
    const patients = await hire(desk.admin, "patient", 3);
    const [first] = (await visits(doctor, 10, patients)) as [string];
    const what = dayOff(doctor, 10);
    const look = async () => {
      const seen = await previewChange(desk.db, staff.caller, what);
      if (!seen || !("impact" in seen)) throw new Error("no preview");
      return seen.impact;
    };
    const shown = await look();
    const [rival] = (await hire(desk.admin, "patient", 1)) as [Person];
    await book(desk.db, rival, shown.reassigned[0]!.to.id!);
    const again = await look();
    expect(again.token.split(".")[0]).toBe(shown.token.split(".")[0]);
    expect(again.reassigned[0]!.to.id).not.toBe(shown.reassigned[0]!.to.id);

    const gone = await cancel(desk.db, actOf(patients[0]!), {
      appointmentId: first,
      versions: [await versionOf(first)],
      reason: { by: "patient", code: "better", note: null },
      patientId: null,
      override: null,
    });
    expect(gone.kind).toBe("done");
    const before = await digest();
    const stale = await changeCalendar(desk.db, actOf(staff), what, { previewToken: again.token, versions: null });
    expect(stale).toMatchObject({ kind: "refused", why: { code: "preview-stale", affected: 2 } });
    expect(await digest()).toEqual(before);
    const { token } = await look();
    const done = await changeCalendar(desk.db, actOf(staff), what, { previewToken: token, versions: null });
    if (done.kind !== "done") throw new Error(JSON.stringify(done));
    await run(done.result.operationId!);
    expect(await endsOf(desk, done.result.operationId!)).toEqual({ moved: 2 });
    expect(await faultsOf(desk, done.result.operationId!)).toEqual({});
  });
});

describe("changes during a reassignment", () => {
  test("A slot that a patient takes after the plan stays with that patient, and another is found", async () => {
    const [doctor] = (await practice(1, [10, 11, 12], 8)) as [Person];
    await visits(doctor, 10, await hire(desk.admin, "patient", 4));
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    const lease = (await leaseOperation(desk.db, operationId))!;
    const plan = (await planNext(desk.db, (await takeStock(desk.db, lease))!, nothing))!;
    const [rival] = (await hire(desk.admin, "patient", 1)) as [Person];
    const [wanted] = plan.moves;
    const theirs = await book(desk.db, rival, wanted!.slotId);
    const moved = await moveAppointments(desk.db, lease, plan.moves, { gap: 0, outbid: [] });
    expect([...moved!].sort()).toEqual(
      plan.moves
        .slice(1)
        .map(({ appointmentId }) => appointmentId)
        .sort(),
    );
    await releaseOperation(desk.db, lease);
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 4 });
    expect(await faultsOf(desk, operationId)).toEqual({});
    const { rows } = await desk.admin.query("select slot_id, status from appointments where id = $1", [theirs]);
    expect(rows).toEqual([{ slot_id: wanted!.slotId, status: "booked" }]);
  });

  test("A reassignment does not wait for a locked slot", async () => {
    const [doctor] = (await practice(1, [10, 11], 4)) as [Person];
    await visits(doctor, 10, await hire(desk.admin, "patient", 4));
    const { operationId, impact } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    const locker = await desk.admin.connect();
    try {
      await locker.query("begin");
      await locker.query("select from slots where id = $1 for update", [impact.reassigned[0]!.to.id]);
      await run(operationId);
    } finally {
      await locker.query("rollback");
      locker.release();
    }
    expect(await endsOf(desk, operationId)).toEqual({ moved: 3, "to-place": 1 });
    expect(await faultsOf(desk, operationId)).toEqual({});
  });

  test("A patient who cancels or chooses another time first is not moved", async () => {
    const [doctor] = (await practice(1, [10, 11, 12], 8)) as [Person];
    const patients = await hire(desk.admin, "patient", 3);
    const [one, two] = (await visits(doctor, 10, patients)) as [string, string];
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    const cancelled = await cancel(desk.db, actOf(patients[0]!), {
      appointmentId: one,
      versions: [await versionOf(one)],
      reason: { by: "patient", code: "better", note: null },
      patientId: null,
      override: null,
    });
    expect(cancelled.kind).toBe("done");
    const { rows: slots } = await desk.admin.query<{ id: string }>(
      "select id from slots where doctor_id = $1 and clinic_date = $2 order by starts_at desc limit 1",
      [doctor.id, day(12)],
    );
    const held = await hold(desk.db, actOf(patients[1]!), null, { slotId: slots[0]!.id });
    if (held.kind !== "done") throw new Error(held.kind);
    const chosen = await reschedule(desk.db, actOf(patients[1]!), {
      appointmentId: two,
      versions: [await versionOf(two)],
      holdId: held.result.id,
      patientId: null,
      override: null,
    });
    expect(chosen).toMatchObject({ kind: "done", result: { status: "booked" } });
    await run(operationId);
    const { rows } = await desk.admin.query(
      `select i.appointment_id as id, i.state, i.explanation ->> 'code' as code, i.to_slot_id as slot
       from operation_items i where i.operation_id = $1 order by i.from_starts_at`,
      [operationId],
    );
    expect(rows).toMatchObject([
      { id: one, state: "cancelled", code: "elsewhere", slot: null },
      { id: two, state: "moved", code: "elsewhere", slot: slots[0]!.id },
      { state: "moved", code: null },
    ]);
    expect(await faultsOf(desk, operationId)).toEqual({});
  });

  test("A patient who loses two appointments gets two that do not overlap", async () => {
    const [doctor, colleague] = (await practice(2, [10], 2)) as [Person, Person];
    // The two nearest are at the same time.
    await offer(desk.admin, [doctor, colleague], locationId, [day(11), day(12)], 1);
    const [patient] = (await hire(desk.admin, "patient", 1)) as [Person];
    await visits(doctor, 10, [patient, patient]);
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 2 });
    expect(await faultsOf(desk, operationId)).toEqual({});
    const { rows } = await desk.admin.query<{ date: string }>(
      `select s.clinic_date::text as date from operation_items i join slots s on s.id = i.to_slot_id
       where i.operation_id = $1 order by 1`,
      [operationId],
    );
    expect(rows.map(({ date }) => date)).toEqual([day(11), day(12)]);
  });

  test("A repeated request and further runs change nothing. Of two runs at once one works", async () => {
    const [doctor] = (await practice(1, [10, 11], 8)) as [Person];
    await visits(doctor, 10, await hire(desk.admin, "patient", 5));
    const what = dayOff(doctor, 10);
    const seen = await previewChange(desk.db, staff.caller, what);
    if (!seen || !("impact" in seen)) throw new Error("no preview");
    const act = actOf(staff, crypto.randomUUID());
    const agreed = { previewToken: seen.impact.token, versions: null };
    const first = await changeCalendar(desk.db, act, what, agreed);
    if (first.kind !== "done") throw new Error(first.kind);
    const operationId = first.result.operationId!;
    await Promise.all([run(operationId), run(operationId), run(), run(operationId)]);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 5 });
    const { rows } = await desk.admin.query("select attempts from operations where id = $1", [operationId]);
    expect(rows).toEqual([{ attempts: 1 }]);
    const before = await digest();
    expect(await changeCalendar(desk.db, act, what, agreed)).toMatchObject({ replayed: true, result: first.result });
    await run(operationId);
    await run();
    expect(await digest()).toEqual(before);
    expect(await faultsOf(desk, operationId)).toEqual({});
    expect(await still.published()).toContain("notify");
  });

  test("A run whose time is over schedules the next run, which continues", async () => {
    const [doctor] = (await practice(2, [10, 11, 12, 13, 14, 15], 40)) as [Person, Person];
    // A hundred are one transaction: these are two.
    await visits(doctor, 10, await hire(desk.admin, "patient", 40));
    await visits(doctor, 11, await hire(desk.admin, "patient", 40));
    await visits(doctor, 12, await hire(desk.admin, "patient", 40));
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 10, 3));
    const { now } = Date;
    let passed = 0;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + (passed += 10_000));
    try {
      await run(operationId);
    } finally {
      clock.mockRestore();
    }
    const { moved, pending } = await endsOf(desk, operationId);
    expect([moved, pending]).toEqual([100, 20]);
    expect(await still.published()).toContain("reassign");
    const { rows } = await desk.admin.query("select lease_id from operations where id = $1", [operationId]);
    expect(rows).toEqual([{ lease_id: null }]);
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 120 });
    expect(await faultsOf(desk, operationId)).toEqual({});
  });

  test("A run that was slower than its lease continues, unless another run has taken the operation", async () => {
    const [doctor] = (await practice(1, [10, 11, 12], 4)) as [Person];
    await visits(doctor, 10, await hire(desk.admin, "patient", 2));
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 10));
    const runOut = () =>
      desk.admin.query("update operations set lease_until = clock_timestamp() where id = $1", [operationId]);
    const slow = (await leaseOperation(desk.db, operationId))!;
    const plan = (await planNext(desk.db, (await takeStock(desk.db, slow))!, nothing))!;
    await runOut();
    const [first, second] = plan.moves;
    expect(await moveAppointments(desk.db, slow, [first!], { gap: 0, outbid: [] })).toEqual(
      new Set([first!.appointmentId]),
    );
    // Its work has renewed the lease.
    expect(await leaseOperation(desk.db, operationId)).toBeNull();
    await runOut();
    const other = (await leaseOperation(desk.db, operationId))!;
    expect(await moveAppointments(desk.db, slow, [second!], { gap: 0, outbid: [] })).toBeNull();
    await releaseOperation(desk.db, slow);
    expect(await takeStock(desk.db, other)).toMatchObject({ displaced: [{ appointmentId: second!.appointmentId }] });
    await releaseOperation(desk.db, other);
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 2 });
  });

  test("An appointment that is displaced again while it waits has one result in each operation", async () => {
    const [doctor] = (await practice(1, [10, 11, 12], 4)) as [Person];
    const [patient] = (await hire(desk.admin, "patient", 1)) as [Person];
    const [id] = (await visits(doctor, 10, [patient])) as [string];
    const one = await applyChange(desk.db, staff, dayOff(doctor, 10));
    const { rows: slots } = await desk.admin.query<{ id: string }>(
      "select id from slots where doctor_id = $1 and clinic_date = $2 order by starts_at limit 1",
      [doctor.id, day(11)],
    );
    const held = await hold(desk.db, actOf(patient), null, { slotId: slots[0]!.id });
    if (held.kind !== "done") throw new Error(held.kind);
    const mine = { appointmentId: id, versions: [await versionOf(id)], holdId: held.result.id };
    await reschedule(desk.db, actOf(patient), { ...mine, patientId: null, override: null });
    const two = await applyChange(desk.db, staff, dayOff(doctor, 11));
    await run();
    for (const { operationId } of [one, two]) {
      expect(await endsOf(desk, operationId)).toEqual({ moved: 1 });
    }
    expect(await faultsOf(desk, two.operationId)).toEqual({});
    const { rows } = await desk.admin.query(
      "select count(*)::int as n from audit where entity_id = $1 and action = 'appointment.reassign'",
      [id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

describe("more slots than one plan can have", () => {
  test("Reading day by day outward finds a plan as cheap as reading all, and proves it", async () => {
    const [doctor] = (await practice(6, [8, 9, 10, 11, 12, 13, 14, 15], 8)) as [Person];
    await visits(doctor, 11, await hire(desk.admin, "patient", 8));
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 11));
    const lease = (await leaseOperation(desk.db, operationId))!;
    const stock = (await takeStock(desk.db, lease))!;
    const whole = (await planNext(desk.db, stock, nothing))!;
    expect(whole.moves).toHaveLength(8);
    for (const most of [60, 100, 200]) {
      const part = (await planNext(desk.db, stock, nothing, most))!;
      expect({ most, ...part.proof }).toEqual({ most, ...whole.proof });
    }
    // Too few samples for an estimate, and the answer says so.
    const little = (await planNext(desk.db, stock, nothing, 4))!;
    expect(little.proof.placed).toBe(8);
    expect(little.proof.bound).toBeLessThanOrEqual(whole.proof.cost);
    expect(little.proof.cost).toBeGreaterThanOrEqual(whole.proof.cost);
    await releaseOperation(desk.db, lease);
    await run(operationId);
    expect(await faultsOf(desk, operationId)).toEqual({});
  });

  test("Many days are planned day by day", async () => {
    const [doctor] = (await practice(3, [20, 21, 22, 23, 24, 25, 26], 6)) as [Person];
    for (const ahead of [21, 22, 23]) await visits(doctor, ahead, await hire(desk.admin, "patient", 3));
    const { operationId } = await applyChange(desk.db, staff, dayOff(doctor, 21, 3));
    const lease = (await leaseOperation(desk.db, operationId))!;
    const stock = (await takeStock(desk.db, lease))!;
    expect(stock.displaced).toHaveLength(9);
    const first = (await planNext(desk.db, stock, nothing, 30))!;
    expect(first.moves.map(({ appointmentId }) => appointmentId).sort()).toEqual(
      stock.displaced
        .slice(0, 3)
        .map(({ appointmentId }) => appointmentId)
        .sort(),
    );
    await releaseOperation(desk.db, lease);
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 9 });
    expect(await faultsOf(desk, operationId)).toEqual({});
  });
});
