import { afterAll, describe, expect, test } from "vitest";
import { readAvailability, readAvailableDays } from "#db/queries/availability.ts";
import { attend } from "#db/verbs/appointment-changes.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { hold } from "#db/verbs/holds.ts";
import { previewChange } from "#operations/preview-change.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays, clinicDateOf, startOfClinicDate } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { seat } from "#test/support/placement.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

/** At any instant it is another date in one of these than in UTC. */
const ZONES = ["Pacific/Honolulu", "Pacific/Kiritimati", "America/Los_Angeles", "Pacific/Auckland"];
const HOUR = 3_600_000;

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
await foundClinic(admin, { min_notice_minutes: 0 });
await admin.query("delete from locations");
const [staff] = (await hire(admin, "staff", 1)) as [Person];

/** A location in a zone, and a doctor there with a specialty of their own. */
async function placeIn(zone: string) {
  const { rows } = await admin.query<{ id: string }>(
    `insert into locations (name, address, time_zone, country) values ($1, '1 Far Street', $1, 'US')
     on conflict (name) do update set address = excluded.address returning id`,
    [zone],
  );
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  const specialty = crypto.randomUUID();
  await admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, specialty]);
  return { zone, locationId: rows[0]!.id, doctor, specialty };
}

/** Adds a slot by hand as staff do, through the calendar. */
async function add(where: Awaited<ReturnType<typeof placeIn>>, startsAt: number): Promise<string> {
  const { doctor, locationId } = where;
  const what: CalendarChange = {
    kind: "slot-add",
    doctorId: doctor.id,
    locationId,
    startsAt,
    endsAt: startsAt + HOUR / 4,
  };
  const done = await changeCalendar<{ id: string }>(db, actOf(staff), what, { previewToken: null, versions: null });
  if (done.kind !== "done") throw new Error(JSON.stringify(done));
  return done.result.results[0]!.id;
}

describe.each(ZONES)("at a location in %s", (zone) => {
  /** A date some days ahead there, and its first and last quarter of an hour. */
  const dateAhead = (days: number) => {
    const date = addDays(clinicDateOf(Date.now(), zone), days);
    return {
      date,
      first: startOfClinicDate(date, zone),
      last: startOfClinicDate(addDays(date, 1), zone) - HOUR / 4,
    };
  };

  test("A slot has the local date of its location, from the first to the last quarter of an hour", async () => {
    const where = await placeIn(zone);
    const { date, first, last } = dateAhead(9);
    const ids = [await add(where, first), await add(where, last)];
    const { rows } = await admin.query("select clinic_date::text as date from slots where id = any($1)", [ids]);
    expect(rows).toEqual([{ date }, { date }]);
    const found = await readAvailability(db, null, {
      specialty: where.specialty,
      from: addDays(date, -1),
      to: addDays(date, 1),
      limit: 10,
    });
    expect(found.slots.map((slot) => ({ id: slot.id, date: slot.date }))).toEqual(ids.map((id) => ({ id, date })));
  });

  test("The parts of a day are those of the location's clock: noon begins the afternoon, and 17:00 the evening", async () => {
    const where = await placeIn(zone);
    const { date } = dateAhead(9);
    // By the wall clock, since the clocks may change on that day.
    const { rows } = await admin.query<{ at: number }>(
      `select (extract(epoch from ($1::date + t) at time zone $2) * 1000)::float8 as at
       from unnest('{00:00, 11:45, 12:00, 16:45, 17:00, 23:45}'::time[]) t`,
      [date, zone],
    );
    const ids: string[] = [];
    for (const { at } of rows) ids.push(await add(where, at));
    const day = { specialty: where.specialty, from: date, to: date };
    const ofPart = async (partOfDay: "morning" | "afternoon" | "evening") => {
      const { slots } = await readAvailability(db, null, { ...day, partOfDay, limit: 10 });
      const { counts } = await readAvailableDays(db, null, { ...day, partOfDay });
      expect(counts).toEqual({ [date]: slots.length });
      return slots.map(({ id }) => id);
    };
    expect(await ofPart("morning")).toEqual(ids.slice(0, 2));
    expect(await ofPart("afternoon")).toEqual(ids.slice(2, 4));
    expect(await ofPart("evening")).toEqual(ids.slice(4));
  });

  test("The first free time from a date on is of the local date, not of the date in UTC", async () => {
    const where = await placeIn(zone);
    const [before, on] = [dateAhead(9), dateAhead(10)];
    await add(where, before.last);
    const wanted = await add(where, on.first);
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    const target = { specialty: where.specialty, from: on.date, to: on.date };
    const held = await hold(db, actOf(patient), null, target);
    expect(held).toMatchObject({ kind: "done", result: { slot: { id: wanted, zone } } });
  });

  test("A holiday closes the slots of its local date, and none of the evening before or the morning after", async () => {
    const where = await placeIn(zone);
    const { date, first, last } = dateAhead(20);
    const slots = [first - HOUR / 4, first, last, last + HOUR / 4];
    const ids = [];
    for (const startsAt of slots) ids.push(await add(where, startsAt));
    const what: CalendarChange = {
      kind: "holidays-add",
      locationId: where.locationId,
      country: null,
      days: [{ date, name: "Far Day" }],
      source: "staff",
    };
    const seen = await previewChange(db, staff.caller, what);
    const previewToken = seen && "impact" in seen ? seen.impact.token : null;
    const done = await changeCalendar(db, actOf(staff), what, { previewToken, versions: null });
    expect(done.kind).toBe("done");
    const { rows } = await admin.query("select status from slots where id = any($1) order by starts_at", [ids]);
    expect(rows.map(({ status }) => status)).toEqual(["open", "closed", "closed", "open"]);
  });

  test("A patient can arrive from local midnight on, and not on the evening before", async () => {
    const where = await placeIn(zone);
    const today = clinicDateOf(Date.now(), zone);
    const arrive = async (startsAt: number) => {
      const [patient] = (await hire(admin, "patient", 1)) as [Person];
      const { rows } = await admin.query<{ id: string }>(
        `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
         select $1, $2, to_timestamp($3::float8 / 1000), to_timestamp($3::float8 / 1000) + interval '15 minutes',
           $4::date, 'staff' returning id`,
        [where.doctor.id, where.locationId, startsAt, clinicDateOf(startsAt, zone)],
      );
      const appointmentId = await seat(admin, patient, rows[0]!.id);
      const outcome = await attend(db, actOf(staff), { appointmentId, versions: [1], status: "arrived" });
      return outcome.kind === "refused" ? outcome.why : outcome.kind;
    };
    const tomorrow = startOfClinicDate(addDays(today, 1), zone);
    expect(await arrive(startOfClinicDate(today, zone))).toBe("done");
    expect(await arrive(tomorrow - HOUR / 4)).toBe("done");
    expect(await arrive(tomorrow)).toMatchObject({ code: "wrong-state", possibleFrom: tomorrow });
  });
});

test("A search over all locations finds free times of today at the location whose clock is furthest behind", async () => {
  const behind = await placeIn("Pacific/Honolulu");
  await placeIn("Pacific/Kiritimati");
  const [patient] = (await hire(admin, "patient", 1)) as [Person];
  // Kiritimati is a whole day ahead of Honolulu.
  const soon = Math.ceil((Date.now() + HOUR / 2) / 60_000) * 60_000;
  const wanted = await add(behind, soon);
  expect(await hold(db, actOf(patient), null, {})).toMatchObject({
    kind: "done",
    result: { slot: { id: wanted, zone: "Pacific/Honolulu" } },
  });
});
