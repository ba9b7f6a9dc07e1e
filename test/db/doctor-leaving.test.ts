import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeDoctor } from "#db/verbs/doctors.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { extendCalendar } from "#operations/extend-calendar.ts";
import { previewChange } from "#operations/preview-change.ts";
import { retireDoctors } from "#db/verbs/clinic-calendar.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { book } from "#test/support/booking.ts";
import { createTestDatabase } from "../support/database.ts";
import { actOf, type Desk, foundClinic, hire, openDesk, type Person } from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });

let desk: Desk;
let locationId: string;
let staff: Person;
let today: string;

beforeAll(async () => {
  desk = openDesk(database);
  locationId = await foundClinic(desk.admin, { horizon_days: 20, min_notice_minutes: 0, quiet_seconds: 0 });
  [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
  const { rows } = await desk.admin.query("select (now() at time zone 'Europe/Dublin')::date::text as today");
  today = rows[0].today;
});
afterAll(() => desk.close());

const day = (ahead: number): string => addDays(today, ahead);

async function apply(what: CalendarChange) {
  const seen = await previewChange(desk.db, staff.caller, what);
  if (!seen || !("impact" in seen)) throw new Error(`no preview: ${JSON.stringify(seen)}`);
  const agreed = { previewToken: seen.impact.token, versions: null };
  return { impact: seen.impact, outcome: await changeCalendar(desk.db, actOf(staff), what, agreed) };
}

/** Works every day from nine to ten, from tomorrow on. */
async function hireDoctor(): Promise<Person> {
  const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
  const sessions = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    weekday,
    from: "09:00",
    to: "10:00",
    slotMinutes: 30,
    validFrom: day(1),
    validTo: null,
    locationId,
  }));
  expect((await apply({ kind: "schedule", doctorId: doctor.id, sessions })).outcome).toMatchObject({ kind: "done" });
  return doctor;
}

async function bookSomebody(doctor: Person, date: string): Promise<string> {
  const [patient] = (await hire(desk.admin, "patient", 1)) as [Person];
  const { rows } = await desk.admin.query(
    "select id from slots where doctor_id = $1 and clinic_date = $2 and status = 'open' and appointment_id is null order by starts_at limit 1",
    [doctor.id, date],
  );
  return book(desk.db, patient, rows[0].id);
}

/** Dates with open slots, and how many slots there are in all. */
async function openDates(doctor: Person) {
  const { rows } = await desk.admin.query(
    `select coalesce(array_agg(distinct clinic_date::text order by clinic_date::text)
         filter (where status = 'open'), '{}') as open, count(*)::int as slots from slots where doctor_id = $1`,
    [doctor.id],
  );
  return rows[0] as { open: string[]; slots: number };
}

const left = (doctor: Person, from: string | null): CalendarChange => ({
  kind: "doctor-left",
  doctorId: doctor.id,
  from,
});
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => day(from + at));

describe("a doctor who leaves", () => {
  test("A doctor who leaves keeps the appointments before that day, and the later ones are displaced with the reason", async () => {
    const doctor = await hireDoctor();
    const [stays, goes] = [await bookSomebody(doctor, day(4)), await bookSomebody(doctor, day(5))];
    const { impact, outcome } = await apply(left(doctor, day(5)));
    expect(impact).toMatchObject({ affected: 1, unchanged: 1 });
    expect(outcome).toMatchObject({
      kind: "done",
      result: { displaced: 1, results: [{ leavesOn: day(5), active: true }] },
    });
    const { rows } = await desk.admin.query(
      `select a.id, a.status, k.reason from appointments a left join cases k on k.appointment_id = a.id
       where a.id = any($1) order by a.status`,
      [[stays, goes]],
    );
    expect(rows).toEqual([
      { id: stays, status: "booked", reason: null },
      { id: goes, status: "to-place", reason: "doctor-left" },
    ]);
    expect((await openDates(doctor)).open).toEqual(days(1, 4));
    const { rows: trail } = await desk.admin.query(
      "select before ->> 'leavesOn' as before, after ->> 'leavesOn' as after from audit where entity_id = $1 and action = 'doctor.leave'",
      [doctor.id],
    );
    expect(trail).toEqual([{ before: null, after: day(5) }]);
  });

  test("A patient booked into a time that an absence had closed is displaced too", async () => {
    const doctor = await hireDoctor();
    const guest = await bookSomebody(doctor, day(6));
    // As after a booking by staff with an override.
    const exception = {
      kind: "absence",
      fromDate: day(6),
      toDate: day(6),
      from: null,
      to: null,
      locationId: null,
    } as const;
    await desk.admin.query(
      "insert into exceptions (doctor_id, kind, from_date, to_date) values ($1, 'absence', $2, $3)",
      [doctor.id, exception.fromDate, exception.toDate],
    );
    await desk.admin.query(
      "update slots set status = 'closed', closed_by = 'absence' where doctor_id = $1 and clinic_date = $2",
      [doctor.id, day(6)],
    );
    const { impact } = await apply(left(doctor, day(5)));
    expect(impact).toMatchObject({ affected: 1 });
    const { rows } = await desk.admin.query("select status from appointments where id = $1", [guest]);
    expect(rows).toEqual([{ status: "to-place" }]);
  });

  test("Neither the nightly run nor staff open a time from that day on, until the day is changed", async () => {
    const doctor = await hireDoctor();
    await apply(left(doctor, day(3)));
    await desk.admin.query("update policy set horizon_days = 25");
    try {
      expect(await extendCalendar(desk.db, [doctor.id], "night")).toBe(0);
      expect(await openDates(doctor)).toEqual({ open: days(1, 2), slots: 38 });
      const startsAt = Date.parse(`${day(4)}T15:00:00Z`);
      const slot = { kind: "slot-add", doctorId: doctor.id, locationId, startsAt, endsAt: startsAt + 900_000 } as const;
      expect(await previewChange(desk.db, staff.caller, slot)).toMatchObject({
        fault: { errors: [{ pointer: "/startsAt", detail: "The doctor is absent at that time." }] },
      });
      const extra = { kind: "extra", date: day(4), from: "15:00", to: "16:00", slotMinutes: null, locationId } as const;
      const session = { kind: "exception-add", doctorId: doctor.id, exception: extra, note: null } as const;
      expect(await previewChange(desk.db, staff.caller, session)).toMatchObject({
        fault: { errors: [{ pointer: "/date", detail: `The doctor leaves on ${day(3)}.` }] },
      });
      await apply(left(doctor, day(8)));
      expect((await openDates(doctor)).open).toEqual(days(1, 7));
      await apply(left(doctor, null));
      expect(await openDates(doctor)).toEqual({ open: days(1, 24), slots: 48 });
    } finally {
      await desk.admin.query("update policy set horizon_days = 20");
    }
  });

  test("A doctor does not leave in the past, and an unknown doctor is not-found", async () => {
    const doctor = await hireDoctor();
    expect(await previewChange(desk.db, staff.caller, left(doctor, day(-1)))).toMatchObject({
      fault: { code: "invalid-request", errors: [{ pointer: "/from" }] },
    });
    const nobody = { kind: "doctor-left", doctorId: crypto.randomUUID(), from: day(1) } as const;
    expect(await previewChange(desk.db, staff.caller, nobody)).toEqual({ fault: { code: "not-found" } });
  });

  test("A doctor is switched off in the night of that day, with the login. Switched on again, they have no last day", async () => {
    const [doctor, later] = [await hireDoctor(), await hireDoctor()];
    await apply(left(doctor, today));
    await apply(left(later, day(1)));
    expect(await retireDoctors(desk.db, "night")).toBe(1);
    expect(await retireDoctors(desk.db, "night")).toBe(0);
    const read = async (one: Person) =>
      (
        await desk.admin.query(
          `select d.active, p.active as login, d.leaves_on::text as "leavesOn", d.version from doctors d
             join people p on p.id = d.person_id where d.id = $1`,
          [one.id],
        )
      ).rows[0];
    expect(await read(doctor)).toMatchObject({ active: false, login: false, leavesOn: today });
    expect(await read(later)).toMatchObject({ active: true, login: true, leavesOn: day(1) });
    const { rows } = await desk.admin.query(
      "select actor_id, before -> 'active' as before, after -> 'active' as after from audit where entity_id = $1 and action = 'doctor.change'",
      [doctor.id],
    );
    expect(rows).toEqual([{ actor_id: null, before: true, after: false }]);
    expect(await previewChange(desk.db, staff.caller, left(doctor, null))).toMatchObject({
      fault: { code: "wrong-state", current: "inactive" },
    });

    const { version } = await read(doctor);
    const again = { doctorId: doctor.id, versions: [version], changes: { active: true } };
    expect(await changeDoctor(desk.db, actOf(staff), again)).toMatchObject({ kind: "done" });
    expect(await read(doctor)).toMatchObject({ active: true, login: true, leavesOn: null });
  });
});
