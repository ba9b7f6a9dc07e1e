import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readAvailability } from "#db/queries/availability.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { extendCalendar } from "#operations/extend-calendar.ts";
import { hold } from "#db/verbs/holds.ts";
import { previewChange } from "#operations/preview-change.ts";
import { failureOf } from "#db/errors.ts";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import type { Session } from "#domain/schedule/model.ts";
import { book } from "#test/support/booking.ts";
import { createTestDatabase } from "../support/database.ts";
import { actOf, type Desk, foundClinic, hire, openDesk, type Person } from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });

let desk: Desk;
let locationId: string;
let staff: Person;
let patients: Person[];
let today: string;

beforeAll(async () => {
  desk = openDesk(database);
  locationId = await foundClinic(desk.admin, { horizon_days: 30, min_notice_minutes: 0, quiet_seconds: 0 });
  [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
  patients = await hire(desk.admin, "patient", 12);
  const { rows } = await desk.admin.query<{ today: string }>(
    "select (now() at time zone 'Europe/Dublin')::date::text as today",
  );
  today = rows[0]!.today;
});
afterAll(() => desk.close());

const day = (ahead: number): string => addDays(today, ahead);
const everyDay = (from: string, to: string, more: Partial<Session> = {}): Session[] =>
  [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    weekday,
    from,
    to,
    slotMinutes: null,
    validFrom: day(1),
    validTo: null,
    locationId,
    ...more,
  }));

interface Row {
  id: string;
  date: string;
  time: string;
  state: string;
  appointment: string | null;
}

async function slotsOf(doctor: Person): Promise<Row[]> {
  const { rows } = await desk.admin.query<Row>(
    `select id, clinic_date::text as date, to_char(starts_at at time zone 'Europe/Dublin', 'HH24:MI') as time,
       coalesce(closed_by, 'open') as state, appointment_id as appointment
     from slots where doctor_id = $1 order by starts_at, id`,
    [doctor.id],
  );
  return rows;
}

async function slotAt(doctor: Person, date: string, time: string): Promise<Row> {
  const found = (await slotsOf(doctor)).find((slot) => slot.date === date && slot.time === time);
  if (!found) throw new Error(`there is no slot at ${date} ${time}`);
  return found;
}

/** Previews and applies. */
async function change(what: CalendarChange, versions: number[] | null = null) {
  const seen = await previewChange(desk.db, staff.caller, what);
  if (!seen || !("impact" in seen)) throw new Error(`no preview: ${JSON.stringify(seen)}`);
  const agreed = { previewToken: seen.impact.token, versions };
  const started = performance.now();
  const outcome = await changeCalendar<{ id: string; version: number }>(desk.db, actOf(staff), what, agreed);
  const durationMs = Math.round(performance.now() - started);
  expect(outcome).toMatchObject({ kind: "done" });
  return { impact: seen.impact, results: outcome.kind === "done" ? outcome.result.results : [], durationMs };
}

async function hireWith(sessions: Session[]): Promise<Person> {
  const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
  await change({ kind: "schedule", doctorId: doctor.id, sessions });
  return doctor;
}

async function digest(): Promise<unknown> {
  const { rows } = await desk.admin.query(
    `select (select md5(string_agg(t::text, '|' order by t.id)) from slots t) as slots,
       (select md5(string_agg(t::text, '|' order by t.id)) from appointments t) as appointments,
       (select md5(string_agg(t::text, '|' order by t.id)) from schedules t) as schedules,
       (select md5(string_agg(t::text, '|' order by t.id)) from exceptions t) as exceptions,
       (select md5(string_agg(t::text, '|' order by t.id)) from holidays t) as holidays,
       (select count(*) from cases) as cases, (select count(*) from audit) as audit,
       (select md5(string_agg(t::text, '|' order by t.appointment_id)) from outbox t) as outbox`,
  );
  return rows[0];
}

describe("a weekly schedule", () => {
  test("A weekly schedule becomes slots to the end of the horizon, and the same schedule again changes nothing", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const slots = await slotsOf(doctor);
    expect(slots).toHaveLength(29 * 4);
    expect(slots.at(-1)).toMatchObject({ date: day(29), time: "09:45", state: "open" });
    const before = await digest();
    await change({ kind: "schedule", doctorId: doctor.id, sessions: everyDay("09:00", "10:00") });
    expect(await digest()).toEqual(before);
  });

  test("A changed schedule keeps every slot that still fits, and displaces the patients of the others and frees their holds", async () => {
    const doctor = await hireWith(everyDay("09:00", "11:00"));
    const before = await slotsOf(doctor);
    const [stays, goes, heldSlot] = [
      await slotAt(doctor, day(3), "09:15"),
      await slotAt(doctor, day(3), "10:15"),
      await slotAt(doctor, day(3), "10:30"),
    ];
    const [one, two, three] = patients as [Person, Person, Person];
    const kept = await book(desk.db, one, stays.id);
    const lost = await book(desk.db, two, goes.id);
    const held = await hold(desk.db, actOf(three), null, { slotId: heldSlot.id });
    expect(held.kind).toBe("done");

    const { impact } = await change({ kind: "schedule", doctorId: doctor.id, sessions: everyDay("08:00", "10:00") });
    expect(impact).toMatchObject({ affected: 1, unchanged: 1, reassigned: [{ appointmentId: lost }] });
    const after = await slotsOf(doctor);
    const ids = new Set(after.map(({ id }) => id));
    expect(before.filter(({ time }) => time < "10:00").every(({ id }) => ids.has(id))).toBe(true);
    expect(before.filter(({ time }) => time >= "10:00").some(({ id }) => ids.has(id))).toBe(false);
    expect(after).toHaveLength(29 * 8);

    const { rows } = await desk.admin.query(
      `select a.status, a.slot_id, k.reason, k.status as "case", o.due_at is not null as told,
         (select count(*)::int from audit u where u.entity_id = a.id and u.action = 'appointment.displace') as audited
       from appointments a left join cases k on k.appointment_id = a.id left join outbox o on o.appointment_id = a.id
       where a.id = any($1) order by a.status`,
      [[kept, lost]],
    );
    expect(rows[0]).toMatchObject({ status: "booked", slot_id: stays.id, reason: null, audited: 0 });
    expect(rows[1]).toMatchObject({
      status: "to-place",
      slot_id: null,
      reason: "schedule",
      case: "open",
      told: true,
      audited: 1,
    });
    if (held.kind === "done") {
      const late = await confirm(desk.db, actOf(three), { holdId: held.result.id, patientId: null, reason: null });
      expect(late.kind).toBe("refused");
    }
    const trail = await desk.admin.query(
      "select after -> 'impact' as impact from audit where entity_id = $1 and action = 'schedule.change' order by at desc limit 1",
      [doctor.id],
    );
    expect(trail.rows).toEqual([
      { impact: { slots: { added: 116, closed: 0, opened: 0, removed: 116 }, displaced: 1, holdsReleased: 1 } },
    ]);
  });

  test("version-conflict: A schedule is not changed over another change", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const what: CalendarChange = { kind: "schedule", doctorId: doctor.id, sessions: [] };
    const before = await digest();
    const agreed = { previewToken: null, versions: [1] };
    expect(await changeCalendar(desk.db, actOf(staff), what, agreed)).toMatchObject({
      kind: "refused",
      why: { code: "version-conflict", changedBy: expect.stringMatching(/^Staff/), changedAt: expect.any(Number) },
    });
    expect(await digest()).toEqual(before);
    expect(await changeCalendar(desk.db, actOf(staff), what, { ...agreed, versions: [2] })).toMatchObject({
      kind: "done",
    });
    expect(await slotsOf(doctor)).toEqual([]);
  });

  test("A changed schedule leaves slots that staff changed by hand and those whose patient has arrived", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const [closed, moved, gone, arrived] = await Promise.all(
      ["09:00", "09:15", "09:30", "09:45"].map((time) => slotAt(doctor, day(2), time)),
    );
    const start = Date.parse(
      (await desk.admin.query("select starts_at from slots where id = $1", [moved!.id])).rows[0].starts_at,
    );
    await change({ kind: "slot-change", slotId: closed!.id, status: "closed" });
    await change({ kind: "slot-change", slotId: moved!.id, startsAt: start + 5 * 3_600_000 });
    await change({ kind: "slot-remove", slotId: gone!.id });
    const visit = await book(desk.db, patients[3]!, arrived!.id);
    await desk.admin.query("update appointments set status = 'arrived' where id = $1", [visit]);

    const { impact } = await change({
      kind: "schedule",
      doctorId: doctor.id,
      sessions: everyDay("09:00", "10:00", { slotMinutes: 30 }),
    });
    expect(impact).toMatchObject({ affected: 0 });
    const left = (await slotsOf(doctor)).filter(({ date }) => date === day(2));
    expect(left.map(({ time, state }) => `${time} ${state}`)).toEqual([
      "09:00 staff",
      "09:15 removed",
      "09:30 removed",
      "09:45 open",
      "14:15 open",
    ]);
    expect(left[3]).toMatchObject({ id: arrived!.id, appointment: visit });
  });
});

describe("a preview", () => {
  test("A preview is needed if patients are affected, and is out of date after any change that matters", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    await book(desk.db, patients[4]!, (await slotAt(doctor, day(4), "09:00")).id);
    const what: CalendarChange = {
      kind: "exception-add",
      doctorId: doctor.id,
      exception: { kind: "absence", fromDate: day(4), toDate: day(4), from: null, to: null, locationId: null },
      note: null,
    };
    const seen = await previewChange(desk.db, staff.caller, what);
    if (!seen || !("impact" in seen)) throw new Error("no preview");
    expect(seen.impact).toMatchObject({ affected: 1, unchanged: 0 });
    const before = await digest();
    const apply = (previewToken: string | null) =>
      changeCalendar<{ id: string }>(desk.db, actOf(staff), what, { previewToken, versions: null });
    expect(await apply(null)).toMatchObject({ kind: "refused", why: { code: "precondition-required", affected: 1 } });
    expect(await apply("x")).toMatchObject({ kind: "refused", why: { code: "preview-stale", affected: 1 } });
    expect(await digest()).toEqual(before);

    await book(desk.db, patients[5]!, (await slotAt(doctor, day(4), "09:30")).id);
    const moved = await digest();
    expect(await apply(seen.impact.token)).toMatchObject({ why: { code: "preview-stale", affected: 2 } });
    expect(await digest()).toEqual(moved);
    const again = await previewChange(desk.db, staff.caller, what);
    if (!again || !("impact" in again)) throw new Error("no preview");
    expect(await apply(again.impact.token)).toMatchObject({ kind: "done" });
  });

  test("A preview is one statement, and forbidden for an unknown caller", async () => {
    const stranger = { subject: "test|nobody", role: "staff" as const, sessionVersion: null };
    expect(await previewChange(desk.db, stranger, { kind: "slot-remove", slotId: crypto.randomUUID() })).toBeNull();
    expect(await previewChange(desk.db, staff.caller, { kind: "slot-remove", slotId: crypto.randomUUID() })).toEqual({
      fault: { code: "not-found" },
    });
  });
});

describe("closing and opening", () => {
  test("A deleted holiday opens exactly the slots that it alone had closed", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const date = day(6);
    const byStaff = await slotAt(doctor, date, "09:00");
    await change({ kind: "slot-change", slotId: byStaff.id, status: "closed" });
    const absence = {
      kind: "absence" as const,
      fromDate: date,
      toDate: date,
      from: "09:30",
      to: "09:45",
      locationId: null,
    };
    const away = await change({ kind: "exception-add", doctorId: doctor.id, exception: absence, note: "Dentist" });
    const states = async () => (await slotsOf(doctor)).filter((slot) => slot.date === date).map(({ state }) => state);
    expect(await states()).toEqual(["staff", "open", "absence", "open"]);

    const add = {
      kind: "holidays-add" as const,
      locationId,
      country: null,
      days: [{ date, name: "Fair" }],
      source: "staff",
    };
    const { results } = await change(add);
    expect(await states()).toEqual(["staff", "holiday", "holiday", "holiday"]);
    const remove = (holidayId: string) => ({
      kind: "holiday-remove" as const,
      days: [{ holidayId, locationId, date }],
    });
    await change(remove(results[0]!.id));
    expect(await states()).toEqual(["staff", "open", "absence", "open"]);

    const again = await change(add);
    await change({ kind: "exception-remove", doctorId: doctor.id, exceptionId: away.results[0]!.id });
    expect(await states()).toEqual(["staff", "holiday", "holiday", "holiday"]);
    await change(remove(again.results[0]!.id));
    expect(await states()).toEqual(["staff", "open", "open", "open"]);
    await change({ kind: "slot-change", slotId: byStaff.id, status: "open" });
    expect(await states()).toEqual(["open", "open", "open", "open"]);
  });

  test("An extra session adds its slots, and its end removes them", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const extra = { kind: "extra" as const, date: day(8), from: "18:00", to: "19:00", slotMinutes: 20, locationId };
    const { results } = await change({ kind: "exception-add", doctorId: doctor.id, exception: extra, note: null });
    const evening = (await slotsOf(doctor)).filter(({ time }) => time >= "18:00");
    expect(evening.map(({ date, time }) => `${date} ${time}`)).toEqual([
      `${day(8)} 18:00`,
      `${day(8)} 18:20`,
      `${day(8)} 18:40`,
    ]);
    const visit = await book(desk.db, patients[6]!, evening[1]!.id);
    const { impact } = await change({ kind: "exception-remove", doctorId: doctor.id, exceptionId: results[0]!.id });
    expect(impact).toMatchObject({ affected: 1, unchanged: 0, reassigned: [{ appointmentId: visit }] });
    expect((await slotsOf(doctor)).filter(({ time }) => time >= "18:00")).toEqual([]);
  });

  test("An empty day says why: closed and by what, full, or no reason if all its slots were deleted", async () => {
    const doctor = await hireWith(everyDay("09:00", "09:15"));
    const slots = await slotsOf(doctor);
    const [holiday, absent, full, deleted] = slots.slice(11, 15) as [Row, Row, Row, Row];
    const days = [{ date: holiday.date, name: "Fair" }];
    const { results } = await change({ kind: "holidays-add", locationId, country: null, days, source: "staff" });
    const away = { kind: "absence" as const, fromDate: absent.date, toDate: absent.date };
    await change({ kind: "exception-add", doctorId: doctor.id, exception: away, note: null });
    await book(desk.db, patients[7]!, full.id);
    await change({ kind: "slot-remove", slotId: deleted.id });
    const window = { doctorId: doctor.id, from: holiday.date, to: addDays(deleted.date, 1) };
    const { empty, slots: offered } = await readAvailability(desk.db, null, { ...window, limit: 10 });
    expect(empty).toEqual([
      { date: holiday.date, reason: "holiday" },
      { date: absent.date, reason: "absent" },
      { date: full.date, reason: "full" },
      { date: deleted.date, reason: null },
    ]);
    expect(offered.map(({ id }) => id)).toEqual([slots[15]!.id]);
    const off = { holidayId: results[0]!.id, locationId, date: holiday.date };
    await change({ kind: "holiday-remove", days: [off] });
  });

  test("A placement case ends when its appointment is placed or cancelled, by any function", async () => {
    const { rows } = await desk.admin.query<{ id: string; appointment_id: string }>(
      "select id, appointment_id from cases where status = 'open' order by id limit 1",
    );
    const [open] = rows;
    await desk.admin.query(
      "update appointments set status = 'cancelled', cancelled_by = 'clinic', cancel_code = 'other' where id = $1",
      [open!.appointment_id],
    );
    const after = await desk.admin.query("select status, closed_at is not null as closed from cases where id = $1", [
      open!.id,
    ]);
    expect(after.rows).toEqual([{ status: "cancelled", closed: true }]);
  });
});

describe("extending the horizon", () => {
  test("Extending the horizon adds missing slots once, even if it runs twice, twice at once, or after half were deleted", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const run = () => extendCalendar(desk.db, [doctor.id], "test-extend");
    expect(await run()).toBe(0);
    await desk.admin.query("update policy set horizon_days = 40");
    try {
      const added = await Promise.all([run(), run()]);
      expect(added.sort((a, b) => a - b)).toEqual([0, 40]);
      const whole = (await slotsOf(doctor)).map(({ date, time }) => `${date} ${time}`);
      expect(whole).toHaveLength(39 * 4);
      await desk.admin.query("delete from slots where doctor_id = $1 and clinic_date > $2::date", [doctor.id, day(35)]);
      expect(await run()).toBe(16);
      expect((await slotsOf(doctor)).map(({ date, time }) => `${date} ${time}`)).toEqual(whole);
      expect(await run()).toBe(0);
      const trail = await desk.admin.query(
        "select actor_id, after ->> 'added' as added from audit where entity_id = $1 and action = 'schedule.extend' order by at",
        [doctor.id],
      );
      expect(trail.rows).toEqual([
        { actor_id: null, added: "40" },
        { actor_id: null, added: "16" },
      ]);
    } finally {
      await desk.admin.query("update policy set horizon_days = 30");
    }
  });

  test("Extending the horizon never adds a slot over an existing one, with any policy", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const before = await slotsOf(doctor);
    await desk.admin.query("update policy set slot_minutes = 20");
    try {
      expect(await extendCalendar(desk.db, [doctor.id], "test-extend")).toBe(0);
      expect(await slotsOf(doctor)).toEqual(before);
    } finally {
      await desk.admin.query("update policy set slot_minutes = 15");
    }
  });
});

describe("at the same time", () => {
  test("version-conflict: Of several changes of one schedule at once one is applied, and the others learn whose it was", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const hours = ["11:00", "12:00", "13:00", "14:00"];
    const outcomes = await Promise.all(
      hours.map((to) => {
        const what: CalendarChange = { kind: "schedule", doctorId: doctor.id, sessions: everyDay("09:00", to) };
        return changeCalendar(desk.db, actOf(staff), what, { previewToken: null, versions: [2] });
      }),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["done", "refused", "refused", "refused"]);
    for (const outcome of outcomes) {
      if (outcome.kind === "refused") expect(outcome.why).toMatchObject({ code: "version-conflict" });
    }
    const length = [8, 12, 16, 20][outcomes.findIndex(({ kind }) => kind === "done")]!;
    expect(await slotsOf(doctor)).toHaveLength(29 * length);
  });

  test("A request that is sent twice with one key is done once", async () => {
    const doctor = await hireWith(everyDay("09:00", "10:00"));
    const slot = await slotAt(doctor, day(13), "09:00");
    const what: CalendarChange = { kind: "slot-remove", slotId: slot.id };
    const agreed = { previewToken: null, versions: null };
    const key = crypto.randomUUID();
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map(() => changeCalendar(desk.db, actOf(staff, key), what, agreed)),
    );
    expect(outcomes.filter((outcome) => outcome.kind === "done" && !outcome.replayed)).toHaveLength(1);
    for (const outcome of outcomes) expect(["done", "key-in-flight"]).toContain(outcome.kind);
    expect(await changeCalendar(desk.db, actOf(staff, key), what, agreed)).toMatchObject({
      kind: "done",
      replayed: true,
    });
    const { rows } = await desk.admin.query("select action from audit where entity_id = $1", [slot.id]);
    expect(rows).toEqual([{ action: "slot.remove" }]);
  });

  test("Patients book while an absence is applied, and no confirmed booking is in a closed slot", async () => {
    const doctor = await hireWith(everyDay("08:00", "18:00"));
    const date = day(10);
    const rivals = await hire(desk.admin, "patient", 16);
    const ids = (await slotsOf(doctor)).filter((slot) => slot.date === date).map(({ id }) => id);
    expect(ids).toHaveLength(40);
    const what: CalendarChange = {
      kind: "exception-add",
      doctorId: doctor.id,
      exception: { kind: "absence", fromDate: date, toDate: date, from: null, to: null, locationId: null },
      note: null,
    };
    let applied = false;
    const booked: string[] = [];
    const patientsWork = rivals.map(async (patient, index) => {
      for (const id of ids.slice(index * 2, index * 2 + 2)) {
        const visit = await book(desk.db, patient, id).catch(() => null);
        if (visit) booked.push(visit);
      }
    });
    const staffWork = (async () => {
      for (let attempt = 0; attempt < 30 && !applied; attempt++) {
        const seen = await previewChange(desk.db, staff.caller, what);
        if (!seen || !("impact" in seen)) throw new Error("no preview");
        const agreed = { previewToken: seen.impact.token, versions: null };
        const outcome = await changeCalendar(desk.db, actOf(staff), what, agreed);
        applied = outcome.kind === "done";
        if (!applied) expect(outcome).toMatchObject({ kind: "refused", why: { code: "preview-stale" } });
      }
    })();
    await Promise.all([...patientsWork, staffWork]);
    expect(applied).toBe(true);
    expect(booked.length).toBeGreaterThan(0);
    const { rows } = await desk.admin.query<{ status: string; n: number; cases: number; told: number }>(
      `select a.status, count(*)::int as n, count(k.id)::int as cases, count(o.due_at)::int as told
       from appointments a left join cases k on k.appointment_id = a.id left join outbox o on o.appointment_id = a.id
       where a.id = any($1) group by a.status`,
      [booked],
    );
    expect(rows).toEqual([{ status: "to-place", n: booked.length, cases: booked.length, told: booked.length }]);
    const left = (await slotsOf(doctor)).filter((slot) => slot.date === date);
    expect(left.every(({ state, appointment }) => state === "absence" && appointment === null)).toBe(true);
  });
});

describe("a holiday in a large clinic", () => {
  test("A holiday displaces two thousand patients in one transaction, each with one case, one audit row and one notification", async () => {
    const date = day(20);
    const many = await hire(desk.admin, "patient", 2_000);
    const people = await hire(desk.admin, "doctor", 100);
    const { rows: booked } = await desk.admin.query<{ n: number }>(
      `with place as (
         insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date)
         select d, $2::uuid, ($3::date + time '09:00' + make_interval(mins => n * 15)) at time zone 'Europe/Dublin',
           ($3::date + time '09:15' + make_interval(mins => n * 15)) at time zone 'Europe/Dublin', $3::date
         from unnest($1::uuid[]) d, generate_series(0, 31) n returning *),
       numbered as (select p.*, row_number() over (order by p.id) as n from place p),
       visit as (
         insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
         select t.id, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at
         from numbered s join unnest($4::uuid[]) with ordinality t (id, n) on t.n = s.n returning id)
       select count(*)::int as n from visit`,
      [people.map(({ id }) => id), locationId, date, many.map(({ id }) => id)],
    );
    expect(booked[0]!.n).toBe(2_000);
    await desk.admin.query(
      "update slots s set appointment_id = a.id from appointments a where a.slot_id = s.id and s.appointment_id is null",
    );
    const what: CalendarChange = {
      kind: "holidays-add",
      locationId,
      country: null,
      days: [{ date, name: "Fair" }],
      source: "staff",
    };
    const { impact, durationMs } = await change(what);
    console.log(`2,000 displaced in one transaction: ${durationMs} ms`);
    expect(impact.affected).toBe(2_000);
    const { rows } = await desk.admin.query(
      `select count(*)::int as n, count(distinct k.id)::int as cases, count(distinct u.id)::int as audited,
         count(distinct o.appointment_id)::int as told
       from appointments a join cases k on k.appointment_id = a.id and k.status = 'open'
         join audit u on u.entity_id = a.id and u.action = 'appointment.displace'
         join outbox o on o.appointment_id = a.id and o.due_at is not null
       where a.status = 'to-place' and a.patient_id = any($1)`,
      [many.map(({ id }) => id)],
    );
    expect(rows).toEqual([{ n: 2_000, cases: 2_000, audited: 2_000, told: 2_000 }]);
  });
});

test("Changes that wait for another change of the calendar longer than a patient would wait are done, each once", async () => {
  const holder = await desk.admin.connect();
  await holder.query("begin");
  await holder.query("select from locations for update");
  const burst = Array.from({ length: 8 }, (_, n) => {
    const days = [{ date: `2031-03-0${n + 1}`, name: "Burst" }];
    const what = { kind: "holidays-add", locationId, country: null, days, source: "staff" } as const;
    return changeCalendar(desk.db, actOf(staff), what, { previewToken: null, versions: null });
  });
  // The role's lock_timeout is one second.
  await holder.query("select pg_sleep(1.3)");
  await holder.query("commit");
  holder.release();
  expect((await Promise.all(burst)).map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => "done"));
  const { rows } = await desk.admin.query("select from holidays where name = 'Burst'");
  expect(rows).toHaveLength(8);
});

test.each(["dropBeforeForward", "dropBeforeReply"] as const)(
  "A change whose COMMIT gets no answer (%s) is made once if it has a key, and without one is unavailable, for it may have been made",
  async (fault) => {
    const proxy = await startNeonProxy({ port: 0, upstream: inject("stack").postgres });
    const through = openDesk({ ...database, wsProxy: proxy.wsProxy }, proxy.httpUrl);
    const exception = { kind: "absence", fromDate: day(3), toDate: day(3) } as const;
    const absent = async (key?: string) => {
      const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
      const what = { kind: "exception-add", doctorId: doctor.id, exception, note: null } as const;
      const made = changeCalendar(through.db, actOf(staff, key), what, { previewToken: null, versions: null });
      const outcome = await made.then(
        ({ kind }) => kind,
        (error) => failureOf(error)?.kind,
      );
      const { rows } = await desk.admin.query("select from exceptions where doctor_id = $1", [doctor.id]);
      return { outcome, absences: rows.length };
    };
    try {
      for (const keyed of [true, false]) {
        proxy.faults.set({});
        expect(await absent(keyed ? crypto.randomUUID() : undefined)).toEqual({ outcome: "done", absences: 1 });
        const commit = proxy.faults.fired().exchanges;
        proxy.faults.set({ [fault]: (turn: number) => turn === commit });
        const after = await absent(keyed ? crypto.randomUUID() : undefined);
        const { droppedBeforeForward, droppedBeforeReply } = proxy.faults.fired();
        const isMade = keyed || fault === "dropBeforeReply";
        expect({ ...after, struck: droppedBeforeForward + droppedBeforeReply }).toEqual({
          outcome: keyed ? "done" : "unavailable",
          absences: isMade ? 1 : 0,
          struck: 1,
        });
      }
    } finally {
      await through.close();
      await proxy.close();
    }
  },
);
