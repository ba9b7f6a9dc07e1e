import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listCases } from "#db/queries/cases.ts";
import { type OpeningsFilter, readOpenings } from "#db/queries/openings.ts";
import { type TodayFilter, readToday } from "#db/queries/today.ts";
import { hold } from "#db/verbs/holds.ts";
import { attend } from "#db/verbs/appointment-changes.ts";
import { addDays, clinicDateOf } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const ZONE = "Europe/Dublin";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [sam] = (await hire(admin, "staff", 1)) as [Person];
const [byrne, khan] = (await hire(admin, "doctor", 2)) as [Person, Person];
const [ada, ben, cleo, dan] = (await hire(admin, "patient", 4)) as [Person, Person, Person, Person];
await admin.query("update doctors set specialty = 'Skin' where id = $1", [khan.id]);

const today = clinicDateOf(Date.now(), ZONE);
/** Minutes from now to a time of the clinic's day, a number of days later. */
async function until(days: number, time: string): Promise<number> {
  const { rows } = await admin.query<{ minutes: number }>(
    "select extract(epoch from ($1::date + $2::time) at time zone $3 - now())::float8 / 60 as minutes",
    [addDays(today, days), time, ZONE],
  );
  return rows[0]!.minutes;
}
async function slotAt(doctor: Person, days: number, time: string, place = location): Promise<string> {
  const [id] = (await addSlots(admin, doctor, place, [await until(days, time)])) as [string];
  return id;
}

describe("next openings", () => {
  const slots: Record<string, string> = {};
  let elsewhere = "";
  const openings = async (by: Person, filter: OpeningsFilter = {}) =>
    (await readOpenings(db, by.caller, filter)).item?.map(({ date, slot }) => [date, slot.id]);

  beforeAll(async () => {
    const { rows } = await admin.query<{ id: string }>(
      "insert into locations (name, address, time_zone, country) values ('Hill', '1 Hill', $1, 'IE') returning id",
      [ZONE],
    );
    elsewhere = rows[0]!.id;
    slots["late"] = await slotAt(byrne, 2, "09:00");
    await admin.query("update slots set late_opening = true where id = $1", [slots["late"]]);
    slots["byrne2"] = await slotAt(byrne, 2, "10:00");
    slots["khan3"] = await slotAt(khan, 3, "11:00");
    slots["byrne3"] = await slotAt(byrne, 3, "12:00");
    slots["hill4"] = await slotAt(khan, 4, "09:00", elsewhere);
    slots["taken5"] = await slotAt(byrne, 5, "09:00");
    await seat(admin, ada, slots["taken5"]);
    slots["overlaps5"] = await slotAt(khan, 5, "09:05");
    slots["khan5"] = await slotAt(khan, 5, "15:00");
    for (let days = 6; days < 20; days++) slots[`byrne${days}`] = await slotAt(byrne, days, "09:00");
  });
  const on = (days: number, name: string) => [addDays(today, days), slots[name]];
  const rest = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => on(from + n, `byrne${from + n}`));

  test("Next openings are the first free time of each of the next ten dates with one. Only staff see late openings", async () => {
    const fromThree = [on(3, "khan3"), on(4, "hill4"), on(5, "overlaps5")];
    expect(await openings(sam)).toEqual([on(2, "late"), ...fromThree, ...rest(6, 12)]);
    expect(await openings(ben)).toEqual([on(2, "byrne2"), ...fromThree, ...rest(6, 12)]);
  });

  test("Next openings are narrowed by doctor, specialty, location and first date", async () => {
    expect(await openings(sam, { doctorId: byrne.id })).toEqual([on(2, "late"), on(3, "byrne3"), ...rest(6, 14)]);
    expect(await openings(sam, { specialty: "Skin" })).toEqual([on(3, "khan3"), on(4, "hill4"), on(5, "overlaps5")]);
    expect(await openings(sam, { specialty: "Skin", locationId: elsewhere })).toEqual([on(4, "hill4")]);
    expect(await openings(sam, { locationId: elsewhere })).toEqual([on(4, "hill4")]);
    expect(await openings(sam, { specialty: "Skin", doctorId: byrne.id })).toEqual([]);
    expect(await openings(sam, { from: addDays(today, 18) })).toEqual(rest(18, 20));
    expect(await openings(sam, { from: addDays(today, -300), specialty: "Skin" })).toHaveLength(3);
  });

  test("Next openings leave out times that confirming would refuse, for patients and for staff who ask for a patient", async () => {
    const skin = [on(3, "khan3"), on(4, "hill4"), on(5, "khan5")];
    expect(await openings(ada, { specialty: "Skin" })).toEqual(skin);
    expect(await openings(sam, { specialty: "Skin", patientId: ada.id })).toEqual(skin);
    expect(await openings(ada, { specialty: "Skin", patientId: ada.id })).toEqual(skin);
  });

  test("Next openings are refused for another patient's record and for an unknown one", async () => {
    expect(await readOpenings(db, ada.caller, { patientId: ben.id })).toEqual({ known: true, item: null });
    expect(await readOpenings(db, sam.caller, { patientId: byrne.id })).toEqual({ known: true, item: null });
    const stranger = { ...sam.caller, subject: "test|nobody" };
    expect(await readOpenings(db, stranger, {})).toEqual({ known: false, item: null });
  });

  test("A time that a patient holds is an opening for that patient only", async () => {
    const held = await hold(db, actOf(ben), null, { slotId: slots["khan3"] ?? "" });
    expect(held.kind).toBe("done");
    expect(await openings(ben, { specialty: "Skin" })).toContainEqual(on(3, "khan3"));
    expect(await openings(cleo, { specialty: "Skin" })).not.toContainEqual(on(3, "khan3"));
  });
});

describe("today at a glance", () => {
  const read = async (by: Person, filter: Partial<TodayFilter> = {}, requestId = "today") =>
    (await readToday(db, by.caller, { weeks: 0, ...filter }, requestId)).item;

  beforeAll(async () => {
    // No patient arrives before the day or is absent before the start. The first minute of the day is always over.
    const mark = async (patient: Person, doctor: Person, time: string, status?: "arrived" | "no-show") => {
      const appointmentId = await seat(admin, patient, await slotAt(doctor, 0, time));
      if (status)
        expect(await attend(db, actOf(sam), { appointmentId, versions: [1], status })).toMatchObject({ kind: "done" });
    };
    await mark(cleo, byrne, "00:00", "no-show");
    await mark(ben, byrne, "00:20", "arrived");
    await mark(dan, khan, "00:00");
    await admin.query("update appointments set updated_at = now() - interval '12 minutes' where status = 'arrived'");
    await slotAt(byrne, 0, "23:59:59");
  });

  test("Today counts booked, arrived and absent patients and free times, and says how long each patient waits", async () => {
    expect(await read(sam)).toMatchObject({
      date: today,
      booked: 1,
      arrived: 1,
      completed: 0,
      noShow: 1,
      free: 1,
      lateOpenings: 1,
      toPlace: 0,
      unconfirmed: 0,
      waiting: [{ patientId: ben.id, doctorId: byrne.id, waitingMinutes: 12 }],
      weeks: [],
    });
    expect(await read(sam, { doctorId: khan.id })).toMatchObject({ booked: 1, arrived: 0, noShow: 0, free: 0 });
    expect(await read(sam, { locationId: khan.id })).toMatchObject({ booked: 0, arrived: 0, noShow: 0, free: 0 });
  });

  test("A doctor sees their own day, even if they name another doctor", async () => {
    expect(await read(khan, { doctorId: byrne.id })).toMatchObject({ booked: 1, arrived: 0, waiting: [] });
    expect(await read(byrne)).toMatchObject({ booked: 0, arrived: 1, free: 1 });
    expect(await read(ada)).toBeNull();
  });

  test("The waiting patients that were shown are recorded, each once in 5 minutes", async () => {
    await read(sam, {}, "shown");
    const { rows } = await admin.query(
      "select count(*)::int as n from audit where action = 'today.read' and actor_id = $1",
      [sam.personId],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test("Today counts the appointments of the weeks before by their end", async () => {
    const lastWeek = await slotAt(byrne, -7, "12:00");
    const gone = await slotAt(byrne, -7, "13:00");
    await seat(admin, cleo, lastWeek);
    const cancelled = await seat(admin, dan, gone);
    await admin.query("update slots set appointment_id = null where id = $1", [gone]);
    await admin.query(
      "update appointments set status = 'cancelled', slot_id = null, cancelled_by = 'clinic', cancel_code = 'staffing' where id = $1",
      [cancelled],
    );
    await admin.query("update appointments set status = 'completed' where slot_id = $1", [lastWeek]);
    const weeks = (await read(sam, { weeks: 2 }))?.weeks;
    expect(weeks).toHaveLength(3);
    const none = { booked: 0, seen: 0, noShow: 0, cancelledByPatient: 0, cancelledByClinic: 0, offered: 0 };
    expect(weeks?.[0]).toEqual({ ...none, from: expect.any(String) });
    expect(weeks?.[1]).toEqual({
      ...none,
      from: expect.any(String),
      booked: 1,
      seen: 1,
      cancelledByClinic: 1,
      offered: 2,
    });
    expect(weeks?.[2]).toMatchObject({ noShow: 1, seen: 1 });
    expect((await read(khan, { weeks: 1 }))?.weeks[0]).toEqual({ ...none, from: weeks?.[1]?.from });
  });

  test("Today counts patients to place, those out of reach among them, and cases closed since a date", async () => {
    const waits = await seat(admin, cleo, await slotAt(khan, 30, "12:00"));
    const caseId = await displace(admin, waits);
    expect(await read(sam)).toMatchObject({ toPlace: 1 });
    const listed = async () => (await listCases(db, sam.caller, { mine: false, limit: 10 }, "queue")).item;
    const unreachable = async () => (await listed())?.items.map((one) => one.unreachable);
    expect((await listed())?.counts).toEqual({ open: 1, mine: 0 });
    expect(await unreachable()).toEqual([false]);
    await admin.query(
      "insert into suppressions (address, reason) select lower(email), 'bounce' from patients where id = $1",
      [cleo.id],
    );
    expect(await unreachable()).toEqual([true]);
    await admin.query("update patients set phone = '+353 1 555 0101' where id = $1", [cleo.id]);
    expect(await unreachable()).toEqual([false]);

    const closed = async (closedFrom: string) =>
      (await listCases(db, sam.caller, { mine: false, closedFrom, limit: 10 }, "queue")).item?.items.map(
        ({ id }) => id,
      );
    expect(await closed(today)).toEqual([]);
    await admin.query("update cases set status = 'cancelled', closed_at = now() where id = $1", [caseId]);
    expect(await closed(today)).toEqual([caseId]);
    expect(await closed(addDays(today, 1))).toEqual([]);
  });
});
