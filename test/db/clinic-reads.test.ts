import { afterAll, expect, test } from "vitest";
import { listActiveDoctors, listDoctors, readClinic, readReadiness } from "#db/queries/clinic.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;

test("A clinic that is not set up cannot be read", async () => {
  await expect(readClinic(db)).rejects.toThrow("not set up");
});

test("Anyone reads the clinic with its locations, and its active doctors", async () => {
  const location = await foundClinic(admin);
  expect(await readClinic(db)).toEqual({
    name: "Test Clinic",
    phone: "+353 1 555 0199",
    timeZone: "Europe/Dublin",
    locales: ["en", "de"],
    apiKeyIds: {},
    holdSeconds: 300,
    freezeHours: 24,
    locations: [
      { id: location, name: "Quay", address: "1 Quay", timeZone: "Europe/Dublin", country: "IE", region: null },
    ],
  });

  const [working, retired, ears] = (await hire(admin, "doctor", 3)) as [Person, Person, Person];
  await admin.query("update doctors set active = false, specialty = 'Eyes' where id = $1", [retired.id]);
  await admin.query("update doctors set specialty = 'Ears', slot_minutes = 20 where id = $1", [ears.id]);
  await admin.query(
    `insert into schedules (doctor_id, location_id, weekday, from_time, to_time, valid_from)
     select $1, $2, day, '09:00', '12:00', '2026-01-01' from generate_series(1, 2) day`,
    [ears.id, location],
  );
  const { items, specialties } = await listActiveDoctors(db, undefined);
  expect(items.map(({ id }) => id)).toEqual([working.id, ears.id]);
  // Of active doctors only: only they have free times.
  expect(specialties).not.toContain("Eyes");
  expect(await listActiveDoctors(db, "Ears")).toEqual({
    items: [
      {
        id: ears.id,
        name: expect.any(String),
        specialty: "Ears",
        slotMinutes: 20,
        active: true,
        locationIds: [location],
      },
    ],
    specialties,
  });

  const [staff] = (await hire(admin, "staff", 1)) as [Person];
  const idsOf = async (status: "inactive" | "all") =>
    (await listDoctors(db, staff.caller, { status, specialty: undefined })).item?.items.map(({ id }) => id);
  expect(await idsOf("inactive")).toEqual([retired.id]);
  expect(await idsOf("all")).toEqual([working.id, retired.id, ears.id]);
  const stranger = { ...staff.caller, subject: "test|nobody" };
  expect(await listDoctors(db, stranger, { status: "all", specialty: undefined })).toEqual({
    known: false,
    item: null,
  });
});

test("A place with a time zone that this database does not know is refused. So is a malformed country", async () => {
  for (const zone of ["Europe/Dublln", "UTC+3", "+01:00", ""]) {
    await expect(admin.query("update locations set time_zone = $1", [zone])).rejects.toThrow("locations_time_zone");
    await expect(admin.query("update clinic set time_zone = $1", [zone])).rejects.toThrow("clinic_time_zone");
  }
  await expect(admin.query("update locations set country = 'Ireland'")).rejects.toThrow("locations_country");
});

test("Readiness names the oldest entry that is not sealed, and each zone's offset month by month", async () => {
  expect(await readReadiness(db, 1)).toMatchObject({ overdueSince: null, unsealedSince: null });
  await admin.query(
    "insert into audit (action, entity, entity_id, request_id, at) values ('seed', 'clinic', uuidv7(), 'seed', '2026-01-02T03:04:05Z')",
  );
  const { now, unsealedSince, offsets } = await readReadiness(db, 12);
  expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  expect(unsealedSince).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  expect(offsets.map(({ zone }) => zone)).toEqual(Array.from({ length: 12 }, () => "Europe/Dublin"));
  // On the first of each month at midnight UTC: summer time from April to October.
  for (const { at, offset } of offsets) {
    const month = new Date(at).getUTCMonth() + 1;
    expect([month, offset]).toEqual([month, month >= 4 && month <= 10 ? 3_600_000 : 0]);
  }
});
