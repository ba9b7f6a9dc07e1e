import { afterAll, describe, expect, test } from "vitest";
import { readFunctions } from "#dev/functions.ts";
import type { CandidateSlot, DisplacedAppointment } from "#domain/reassignment/model.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { seat } from "#test/support/placement.ts";
import { type Person, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { admin } = desk;
const location = await foundClinic(admin, { min_notice_minutes: 60, horizon_days: 30, reassign_days: 9 });
const [doctor, colleague, other] = (await hire(admin, "doctor", 3)) as [Person, Person, Person];
const [ada, ben] = (await hire(admin, "patient", 2)) as [Person, Person];
await admin.query("update doctors set specialty = 'Dermatology' where id = $1", [other.id]);
const HOUR = 60;
const DAY = 24 * HOUR;

/** A query that names functions of src/db/functions/lib, which only other functions may call. */
async function inside<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = await admin.connect();
  try {
    await client.query("begin");
    await client.query(`set local search_path = ${readFunctions().schema}, public`);
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** The free slots of general practice between two clinic dates, as staff or patients may have them. */
async function candidates(staff: boolean, from = "-infinity", to = "infinity"): Promise<CandidateSlot[]> {
  const rows = await inside<{ slot: CandidateSlot }>(
    `select candidate_json(s, d.specialty, l.time_zone) as slot
     from candidate_slots(free_rules_for($1, null), array['General practice'], $2::date, $3::date) s
       join doctors d on d.id = s.doctor_id join locations l on l.id = s.location_id`,
    [staff, from, to],
  );
  return rows.map(({ slot }) => slot);
}

describe("candidate slots", () => {
  test("Candidates are the free slots of the specialty's active doctors, with local day and minute", async () => {
    const [free, , held, closed] = (await addSlots(admin, doctor, location, [
      3 * DAY,
      -HOUR,
      3 * DAY + HOUR,
      3 * DAY + 2 * HOUR,
    ])) as [string, string, string, string];
    const [theirs] = (await addSlots(admin, colleague, location, [4 * DAY])) as [string];
    await addSlots(admin, other, location, [4 * DAY]);
    await admin.query(
      "update slots set hold_id = uuidv7(), held_by = $2, hold_expires_at = now() + interval '1 hour' where id = $1",
      [held, ada.id],
    );
    await admin.query("update slots set status = 'closed', closed_by = 'staff' where id = $1", [closed]);
    const rows = await candidates(true);
    expect(rows.map(({ slotId }) => slotId).sort()).toEqual([free, theirs].sort());
    const found = rows.find(({ slotId }) => slotId === free)!;
    const wall = Object.fromEntries(
      new Intl.DateTimeFormat("en-CA", {
        timeZone: "Europe/Dublin",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      })
        .formatToParts(found.startsAt)
        .map(({ type, value }) => [type, value]),
    );
    expect(found).toEqual({
      slotId: free,
      doctorId: doctor.id,
      specialty: "General practice",
      locationId: location,
      startsAt: found.startsAt,
      endsAt: found.startsAt + 15 * 60_000,
      day: Date.parse(`${wall["year"]}-${wall["month"]}-${wall["day"]}T00:00:00Z`) / 86_400_000,
      minute: Number(wall["hour"]) * 60 + Number(wall["minute"]),
    });
    const { rows: dates } = await admin.query<{ date: string }>(
      "select clinic_date::text as date from slots where id = $1",
      [theirs],
    );
    const oneDay = await candidates(true, dates[0]!.date, dates[0]!.date);
    expect(oneDay.map(({ slotId }) => slotId)).toEqual([theirs]);
    await admin.query("update doctors set active = false where id = $1", [colleague.id]);
    expect((await candidates(true)).map(({ slotId }) => slotId)).toEqual([free]);
    await admin.query("update doctors set active = true where id = $1", [colleague.id]);
  });

  test("Staff see slots that patients are not offered: late openings, short notice, and those kept for the queue", async () => {
    const [late, soon, kept] = (await addSlots(admin, doctor, location, [5 * HOUR, 30, 6 * DAY])) as [
      string,
      string,
      string,
    ];
    await admin.query("update slots set late_opening = true where id = $1", [late]);
    await admin.query("update slots set offered_until = now() + interval '1 hour' where id = $1", [kept]);
    const ids = async (staff: boolean) => (await candidates(staff)).map(({ slotId }) => slotId);
    expect(await ids(true)).toEqual(expect.arrayContaining([late, soon, kept]));
    const automatic = await ids(false);
    for (const id of [late, soon, kept]) expect(automatic).not.toContain(id);
  });
});

test("A displaced appointment has its location, and the times of the patient's other appointments", async () => {
  const [mine, second, past, theirs] = (await addSlots(admin, doctor, location, [
    7 * DAY,
    8 * DAY,
    -2 * DAY,
    9 * DAY,
  ])) as [string, string, string, string];
  const id = await seat(admin, ada, mine);
  const also = await seat(admin, ada, second);
  await seat(admin, ada, past);
  await seat(admin, ben, theirs);
  const read = async (except?: string) => {
    const [row] = await inside<{ found: DisplacedAppointment }>(
      "select found from displaced_appointments($1, $2) found",
      [[id], except === undefined ? [] : [except]],
    );
    return row!.found;
  };
  const found = await read();
  const { rows: times } = await admin.query<{ at: Date }>(
    "select starts_at as at from slots where id = any($1) order by 1",
    [[mine, second]],
  );
  const [at, busyAt] = times.map((row) => row.at.getTime()) as [number, number];
  expect(found).toMatchObject({
    appointmentId: id,
    patientId: ada.id,
    doctorId: doctor.id,
    specialty: "General practice",
    locationId: location,
    keepsLocation: false,
    startsAt: at,
    endsAt: at + 900_000,
    busy: [{ startsAt: busyAt, endsAt: busyAt + 900_000 }],
  });
  const [slot] = await candidates(true);
  expect(typeof slot!.day).toBe("number");
  expect((await read(also)).busy).toEqual([]);
});

test("The limits are the policy's, by the database clock", async () => {
  const [row] = await inside<{ rules: { weights: unknown; limits: { now: number; lastDay: number } } }>(
    "select reassignment_rules(clock_timestamp()) as rules",
  );
  const { weights, limits } = row!.rules;
  expect(weights).toEqual({ dayPoints: 60, hourPoints: 12, earlierPoints: 90, doctorPoints: 120, locationPoints: 180 });
  expect(limits).toMatchObject({ freezeHours: 24, minNoticeMinutes: 60, reassignDays: 9 });
  expect(Math.abs(limits.now - Date.now())).toBeLessThan(60_000);
  const today = Math.floor(Date.now() / 86_400_000);
  expect(Math.abs(limits.lastDay - (today + 29))).toBeLessThanOrEqual(1);
});
