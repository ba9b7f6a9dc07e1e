import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { holidayFile } from "#dev/holidays/generate.ts";
import { HOLIDAY_SOURCE, holidaysFor, otherDaysFor } from "#dev/holidays/holidays.ts";
import { type HolidayFile, holidaysIn, leftOutIn } from "#domain/holiday-file.ts";
import { whenReassigned } from "../support/reassigning.ts";
import { freeSlots, type TestStack, useStack } from "../support/stack.ts";

const FOLDER = new URL("../../web/public/holidays/", import.meta.url);
const fileOf = (country: string): HolidayFile =>
  JSON.parse(readFileSync(new URL(`${country}.json`, FOLDER), "utf8")) as HolidayFile;

describe("prepared holidays", () => {
  test("The prepared file has what the library says today, for every country in it", () => {
    const countries = readdirSync(FOLDER).map((name) => name.replace(".json", ""));
    expect(countries.length).toBeGreaterThan(40);
    for (const country of countries) {
      expect(fileOf(country)).toMatchObject({ country, source: HOLIDAY_SOURCE, years: [2025, 2035] });
    }
    for (const country of ["IE", "JP"]) expect(holidayFile(country)).toEqual(fileOf(country));
  });

  test.each([
    ["IE", null],
    ["DE", null],
    ["DE", "BY"],
    ["DE", "BY-A"],
    ["GB", "SCT"],
    ["CH", "TI"],
    ["US", null],
  ])("%s %s reads back as the library has it, year by year", (country, region) => {
    for (let year = 2025; year <= 2035; year++) {
      const query = { country, year, ...(region === null ? {} : { region }) };
      const known = holidaysFor(query)
        .filter(({ fromTime }) => fromTime === undefined)
        .map(({ date, name }) => ({ date, name }));
      expect(holidaysIn(fileOf(country), region, year)).toEqual(known);
      const others = leftOutIn(fileOf(country), region, year)?.filter(({ reason }) => reason !== "part-of-day");
      expect(others).toEqual(otherDaysFor(query));
    }
    expect(holidaysIn(fileOf(country), "XX", 2027)).toBeNull();
    expect(holidaysIn(fileOf(country), region, 2024)).toBeNull();
  });
});

const stack = useStack();

describe("createHoliday, previewHoliday, deleteHoliday, previewDeleteHoliday and listHolidays", () => {
  test("A holiday needs a preview and displaces its patients. Its day is not offered, and is open again when the holiday is deleted", async () => {
    const staff = await stack().as("staff1");
    const call = await stack().as("patient191");
    const [slot] = await freeSlots(stack(), 1);
    const [at] = await stack().sql<{ date: string; location: string }>(
      "select clinic_date::text as date, location_id as location from slots where id = $1",
      [slot?.id],
    );
    const date = at?.date ?? "";
    const locationId = at?.location ?? "";
    const held = await call("POST", "/holds", { slotId: slot?.id });
    await call("POST", "/appointments", { holdId: held.body.id });
    const statuses = () =>
      stack().sql<{ id: string; status: string; closed_by: string | null }>(
        "select id, status, closed_by from slots where clinic_date = $1 order by id",
        [date],
      );
    const before = await statuses();
    const body = { date, name: "Founders' Day", locationId };
    const expected = await stack().sql<{ n: number }>(
      "select count(*)::int as n from slots where clinic_date = $1 and location_id = $2 and appointment_id is not null",
      [date, locationId],
    );
    expect(await staff("POST", "/holidays", body)).toMatchObject({ status: 428, body: { affected: expected[0]?.n } });
    const seen = await staff("POST", "/holidays/preview", body);
    expect(seen.body).toMatchObject({ affected: expected[0]?.n });
    const made = await staff("POST", "/holidays", { ...body, previewToken: seen.body.token });
    expect(made).toMatchObject({
      status: 201,
      body: { items: [{ date, locationId, name: "Founders' Day", source: "staff" }] },
    });
    await whenReassigned(stack(), made);
    const there = await stack().sql<{ open: number; booked: number }>(
      `select count(*) filter (where status = 'open')::int as open, count(appointment_id)::int as booked
       from slots where clinic_date = $1 and location_id = $2`,
      [date, locationId],
    );
    expect(there).toEqual([{ open: 0, booked: 0 }]);
    expect((await call("POST", "/holds", { slotId: slot?.id })).body.code).toBe("slot-taken");
    const [elsewhere] = await stack().sql<{ id: string; doctor_id: string; date: string }>(
      `select s.id, s.doctor_id, s.clinic_date::text as date from slots s where clinic_date = $1 and location_id = $2
       and not exists (select from slots o where o.doctor_id = s.doctor_id and o.clinic_date = s.clinic_date and o.location_id <> $2) limit 1`,
      [date, locationId],
    );
    const day = await stack().nobody("GET", `/availability?doctorId=${elsewhere?.doctor_id}&from=${date}&to=${date}`);
    expect(day.body.days).toEqual([{ date, slots: [], reason: "holiday" }]);
    const reopen = await staff("PATCH", `/slots/${slot?.id}`, { status: "open" });
    expect(reopen).toMatchObject({ status: 409, body: { code: "wrong-state", current: "closed" } });

    const renamed = await staff("POST", "/holidays", { ...body, name: "Founders' Feast" });
    expect(renamed.body.items).toMatchObject([{ id: made.body.items[0].id, name: "Founders' Feast" }]);
    const gone = `/holidays/${made.body.items[0].id}`;
    expect((await staff("POST", `${gone}/preview`)).body).toMatchObject({ affected: 0 });
    expect((await staff("DELETE", gone)).status).toBe(204);
    expect((await staff("DELETE", gone)).status).toBe(404);
    expect(await statuses()).toEqual(before);
    expect((await call("POST", "/holds", { slotId: slot?.id })).status).toBe(201);
    const trail = await stack().sql<{ action: string }>("select action from audit where entity_id = $1 order by at", [
      made.body.items[0].id,
    ]);
    expect(trail.map(({ action }) => action)).toEqual(["holiday.add", "holiday.add", "holiday.remove"]);
  });
});

describe("importHolidays and previewImportHolidays", () => {
  test("A year is imported once from the prepared file, and holidays that exist stay as they are", async () => {
    const staff = await stack().as("staff1");
    const known = await staff("GET", "/holidays?year=2029");
    expect(known.body.items).toEqual([]);
    await staff("POST", "/holidays", { date: "2029-12-25", name: "Closed for Christmas" });
    const seen = await staff("POST", "/holidays/import/preview", { country: "IE", year: 2029 });
    expect(seen.body).toMatchObject({ affected: 0 });
    const made = await staff("POST", "/holidays/import", { country: "IE", year: 2029, previewToken: seen.body.token });
    expect(made.status).toBe(201);
    const days = holidaysFor({ country: "IE", year: 2029 });
    expect(made.body.items).toHaveLength((days.length - 1) * 3);
    const { body } = await staff("GET", "/holidays?year=2029");
    expect(body.items).toHaveLength(days.length * 3);
    const names = new Set(
      body.items.map(({ name, source }: { name: string; source: string }) => `${name} (${source})`),
    );
    expect(names).toContain("Closed for Christmas (staff)");
    expect(names).toContain(`Easter Monday (${HOLIDAY_SOURCE})`);
    const again = await staff("POST", "/holidays/import", { country: "IE", year: 2029 });
    expect(again.body.items).toEqual([]);
    // Nothing that could be taken back.
    expect([made.headers.get("Link") !== null, again.headers.get("Link")]).toEqual([true, null]);
    const [location] = body.items as { locationId: string }[];
    const bavaria = { country: "DE", region: "BY", year: 2030, locationId: location?.locationId };
    // Christmas Eve is no public holiday there. The clinic has it because staff say so.
    const munich = await staff("POST", "/holidays/import", { ...bavaria, also: ["2030-12-24"] });
    const imported = munich.body.items.map(({ date, name }: { date: string; name: string }) => `${date} ${name}`);
    expect(imported).toEqual(expect.arrayContaining(["2030-01-06 Epiphany", "2030-12-24 Christmas Eve"]));
    expect(imported.join()).not.toContain("2030-12-31");
  });
});

describe("createHoliday and importHolidays", () => {
  test.each<[string, string, object, string]>([
    ["an unknown country", "/holidays/import", { country: "ZZ", year: 2027 }, "/country"],
    ["a country that is no code", "/holidays/import", { country: "../x", year: 2027 }, "/country"],
    ["an unknown region", "/holidays/import", { country: "DE", region: "QQ", year: 2027 }, "/region"],
    ["a year before all", "/holidays/import", { country: "IE", year: 1999 }, "/year"],
    ["a year after all", "/holidays/import", { country: "IE", year: 2036 }, "/year"],
    [
      "a day that the list does not have",
      "/holidays/import",
      { country: "IE", year: 2027, also: ["2027-06-15"] },
      "/also/0",
    ],
    [
      "a public holiday as another day",
      "/holidays/import",
      { country: "IE", year: 2027, also: ["2027-12-25"] },
      "/also/0",
    ],
    ["a country where the clinic is not", "/holidays/import", { country: "FR", year: 2027 }, "/country"],
    ["a date that is none", "/holidays", { date: "2027-02-29", name: "x" }, "/date"],
    ["a date out of bounds", "/holidays", { date: "1970-01-01", name: "x" }, "/date"],
    ["a day without a name", "/holidays", { date: "2027-03-01", name: " " }, "/name"],
    [
      "a place that is none",
      "/holidays",
      { date: "2027-03-01", name: "x", locationId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11" },
      "/locationId",
    ],
  ])("400 invalid-request: %s is refused, and changes nothing", async (_, path, body, pointer) => {
    const staff = await stack().as("staff1");
    const before = await fingerprint(stack());
    for (const reply of [await staff("POST", path, body), await staff("POST", `${path}/preview`, body)]) {
      expect(reply).toMatchObject({ status: 400, body: { code: "invalid-request" } });
      expect(reply.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
    }
    expect(await fingerprint(stack())).toEqual(before);
  });
});

async function fingerprint(stack: TestStack) {
  return stack.sql(
    `select (select md5(string_agg(t::text, '|' order by t.id)) from slots t) as slots,
       (select md5(string_agg(t::text, '|' order by t.id)) from holidays t) as holidays,
       (select count(*) from audit where action ~ '^holiday') as audit`,
  );
}
