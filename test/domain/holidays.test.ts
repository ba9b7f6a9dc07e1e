import { describe, expect, test } from "vitest";
import {
  HOLIDAY_SOURCE,
  holidayCountries,
  holidayRegions,
  holidaysFor,
  otherDaysFor,
  UnknownHolidays,
} from "#dev/holidays/holidays.ts";

function dates(country: string, year: number, region?: string): string[] {
  return holidaysFor({ country, year, ...(region === undefined ? {} : { region }) }).map(({ date }) => date);
}

describe("public holidays", () => {
  test("Ireland has ten holidays in 2026 and a substitute, with St Brigid's Day on the Monday and without Good Friday", () => {
    const ireland = holidaysFor({ country: "IE", year: 2026 });
    expect(ireland.map(({ date }) => date)).toEqual([
      "2026-01-01",
      "2026-02-02",
      "2026-03-17",
      "2026-04-06",
      "2026-05-04",
      "2026-06-01",
      "2026-08-03",
      "2026-10-26",
      "2026-12-25",
      "2026-12-26",
      "2026-12-28",
    ]);
    expect(ireland[1]).toEqual({
      date: "2026-02-02",
      name: "St. Brigid’s Day",
      kind: "public",
      source: HOLIDAY_SOURCE,
    });
    // 1 February itself where it is a Friday, as the law of 2022 says; and not before 2023.
    expect(dates("IE", 2030)).toContain("2030-02-01");
    expect(dates("IE", 2022).filter((date) => date.startsWith("2022-02"))).toEqual([]);
  });

  test("England has substitutes for holidays on a weekend, and Scotland has other holidays", () => {
    const boxingDays = holidaysFor({ country: "GB", region: "ENG", year: 2026 }).filter(
      ({ date }) => date > "2026-12-25",
    );
    expect(boxingDays.map(({ date, substitute }) => [date, substitute])).toEqual([
      ["2026-12-26", undefined],
      ["2026-12-28", true],
    ]);
    expect(dates("GB", 2027, "ENG").filter((date) => date > "2027-12")).toEqual([
      "2027-12-25",
      "2027-12-26",
      "2027-12-27",
      "2027-12-28",
    ]);
    expect(dates("GB", 2026, "ENG")).toContain("2026-08-31");
    expect(dates("GB", 2026, "SCT")).not.toContain("2026-08-31");
    expect(dates("GB", 2026, "SCT")).toContain("2026-11-30");
    // One-off: the coronation.
    expect(dates("GB", 2023, "ENG")).toContain("2023-05-08");
  });

  test("German states and cities have the holidays of their laws", () => {
    const bavaria = dates("DE", 2026, "BY");
    const berlin = dates("DE", 2026, "BE");
    for (const date of ["2026-01-06", "2026-06-04", "2026-11-01"]) {
      expect(bavaria).toContain(date);
      expect(berlin).not.toContain(date);
    }
    expect(berlin).toContain("2026-03-08");
    expect(bavaria).not.toContain("2026-03-08");
    expect(dates("DE", 2026, "BY-A")).toContain("2026-08-08");
    expect(bavaria).not.toContain("2026-08-08");
  });

  test("The United States observe holidays on the nearest weekday, also in the year before", () => {
    const observed = (year: number) =>
      holidaysFor({ country: "US", year })
        .filter(({ substitute }) => substitute)
        .map(({ date }) => date);
    expect(observed(2026)).toEqual(["2026-07-03"]);
    // New Year's Day of 2028 is a Saturday.
    expect(observed(2027)).toEqual(["2027-06-18", "2027-07-05", "2027-12-24", "2027-12-31"]);
  });

  test("A substitute is a day off, also where the source calls it a bank holiday; the day itself stays one", () => {
    expect(dates("US", 2028)).toEqual(expect.arrayContaining(["2028-11-10", "2028-11-11"]));
    expect(dates("IE", 2027).filter((date) => date > "2027-12-01")).toEqual(["2027-12-25", "2027-12-26", "2027-12-27"]);
  });

  test.each([
    ["CA", "BC", "2027-09-30", "observance", "National Day for Truth and Reconciliation"],
    ["CA", "NT", "2027-09-30", "observance", "National Day for Truth and Reconciliation"],
    ["LI", undefined, "2027-08-15", "observance", "Staatsfeiertag"],
    ["IE", undefined, "2027-03-26", "bank", "Good Friday"],
    ["HR", undefined, "2027-01-07", "optional", "Orthodox Christmas"],
  ])("%s %s: %s is left out, with its reason: %s", (country, region, date, reason, name) => {
    const query = { country, year: Number(date.slice(0, 4)), ...(region === undefined ? {} : { region }) };
    expect(otherDaysFor(query)).toContainEqual({ date, name, reason });
    expect(holidaysFor(query).map((day) => day.date)).not.toContain(date);
  });

  test("A holiday of several days has an entry for each, and one from noon on has its start", () => {
    expect(dates("AE", 2026)).toEqual(expect.arrayContaining(["2026-05-27", "2026-05-28", "2026-05-29"]));
    expect(holidaysFor({ country: "IS", year: 2026 }).filter(({ fromTime }) => fromTime)).toMatchObject([
      { date: "2026-12-24", fromTime: "13:00" },
      { date: "2026-12-31", fromTime: "13:00" },
    ]);
  });

  test("Each date of the year has one entry, in order, for all countries and the regions of some", () => {
    let places = 0;
    for (const { country } of holidayCountries()) {
      const regions = ["CH", "DE", "ES", "GB"].includes(country) ? holidayRegions(country) : [];
      for (const region of [undefined, ...regions.map((one) => one.region)]) {
        const found = dates(country, 2027, region);
        expect(found).toEqual([...new Set(found)].sort());
        for (const date of found) expect(date).toMatch(/^2027-\d\d-\d\d$/);
        places++;
      }
    }
    expect(places).toBeGreaterThan(250);
  });

  test("An unknown country, region or year is refused, and the message names the known ones", () => {
    expect(() => holidaysFor({ country: "XX", year: 2026 })).toThrow(UnknownHolidays);
    expect(() => holidaysFor({ country: "ie", year: 2026 })).toThrow(/country "ie"/);
    expect(() => holidaysFor({ country: "toString", year: 2026 })).toThrow(UnknownHolidays);
    expect(() => holidaysFor({ country: "GB", region: "ZZ", year: 2026 })).toThrow(
      /region "ZZ" of GB. There are: ALD, ENG, NIR, SCT, WLS/,
    );
    expect(() => holidaysFor({ country: "DE", region: "BY-ZZ", year: 2026 })).toThrow(/BY-A/);
    expect(() => holidaysFor({ country: "DE", region: "BY-A-A", year: 2026 })).toThrow(UnknownHolidays);
    expect(() => holidaysFor({ country: "IE", region: "", year: 2026 })).toThrow(/has no regions/);
    for (const year of [1999, 2077, 2026.5, Number.NaN]) {
      expect(() => holidaysFor({ country: "IE", year })).toThrow(/2000 to 2076/);
    }
  });
});
