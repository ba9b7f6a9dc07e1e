import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  clinicDateOf,
  clinicDates,
  epochDay,
  formatInstant,
  minuteOfDay,
  parseInstant,
  parseZone,
  startOfClinicDate,
  weekdayOf,
} from "#domain/clinic-time.ts";
import { caseCount, report } from "./generated-cases.ts";
import { wallClock, wallMinute } from "./naive-schedule.ts";
import { dateOf, daysOfChange, END_DAY, FIRST_DAY, ZONES } from "./zones.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);

/** RFC 3339 as Intl would write it. */
function intlInstant(epochMs: number, zone: string): string {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "longOffset",
  });
  const part = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
  const offset = part["timeZoneName"] === "GMT" ? "+00:00" : part["timeZoneName"]!.slice(3);
  const fraction = part["fractionalSecond"] === "000" ? "" : `.${part["fractionalSecond"]}`;
  return `${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}:${part["second"]}${fraction}${offset}`;
}

const changes = new Map(ZONES.map((zone) => [zone as string, daysOfChange(zone)]));

/** The instant, within a UTC day, at which a zone's clocks change. */
function changeOn(zone: string, day: number): number {
  const offset = (minute: number) => wallMinute(zone, minute) - minute;
  let low = day * 1440;
  let high = low + 1440;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (offset(middle) === offset(low)) low = middle;
    else high = middle;
  }
  return high * MINUTE;
}

/** Instants from 2025 to 2035, half of them within three seconds of a clock change. */
const instantIn = fc.constantFrom<string>(...ZONES).chain((zone) => {
  const days = changes.get(zone)!;
  const anywhen = fc.integer({ min: FIRST_DAY * DAY, max: END_DAY * DAY });
  if (days.length === 0) return fc.record({ zone: fc.constant(zone), epochMs: anywhen });
  const near = fc
    .tuple(fc.constantFrom(...days), fc.integer({ min: -3_000, max: 3_000 }))
    .map(([day, ms]) => changeOn(zone, day) + ms);
  return fc.record({ zone: fc.constant(zone), epochMs: fc.oneof(anywhen, near) });
});

describe("instants", () => {
  test("An instant is written with the zone's offset at that instant", () => {
    expect(formatInstant(at("2026-12-03T10:15:00Z"), "Europe/Dublin")).toBe("2026-12-03T10:15:00+00:00");
    expect(formatInstant(at("2026-07-03T09:15:00Z"), "Europe/Dublin")).toBe("2026-07-03T10:15:00+01:00");
    expect(formatInstant(at("2026-07-03T09:15:00Z"), "America/St_Johns")).toBe("2026-07-03T06:45:00-02:30");
    expect(formatInstant(at("2026-07-03T09:15:00Z"), "Asia/Kathmandu")).toBe("2026-07-03T15:00:00+05:45");
    expect(formatInstant(at("2026-07-03T09:15:00.250Z"), "UTC")).toBe("2026-07-03T09:15:00.250+00:00");
  });

  test("The two passes of a repeated hour have different texts", () => {
    expect(formatInstant(at("2026-10-25T00:30:00Z"), "Europe/Dublin")).toBe("2026-10-25T01:30:00+01:00");
    expect(formatInstant(at("2026-10-25T01:30:00Z"), "Europe/Dublin")).toBe("2026-10-25T01:30:00+00:00");
  });

  test("Instants agree with Intl and can be read back, in all zones and around all kinds of clock changes", () => {
    const numRuns = Math.min(20_000, caseCount(2_000));
    fc.assert(
      fc.property(instantIn, ({ zone, epochMs }) => {
        const text = formatInstant(epochMs, zone);
        expect(text).toBe(intlInstant(epochMs, zone));
        expect(parseInstant(text)).toBe(epochMs);
        expect(clinicDateOf(epochMs, zone)).toBe(text.slice(0, 10));
      }),
      { numRuns },
    );
    report("instants against Intl", { cases: numRuns });
  });

  test("An instant with a fraction of a millisecond, or with an offset in seconds, is refused", () => {
    expect(() => formatInstant(0.5, "UTC")).toThrow(RangeError);
    expect(() => formatInstant(Number.NaN, "UTC")).toThrow(RangeError);
    expect(() => formatInstant(0, "Europe/Nowhere")).toThrow(RangeError);
    expect(() => formatInstant(at("1900-06-01T00:00:00Z"), "Africa/Monrovia")).toThrow(/whole number of minutes/);
  });

  test("Only a complete RFC 3339 instant can be read", () => {
    expect(parseInstant("2026-12-03T10:15:00Z")).toBe(at("2026-12-03T10:15:00Z"));
    expect(parseInstant("2026-12-03T10:15:00.123456+05:45")).toBe(at("2026-12-03T04:30:00.123Z"));
    for (const wrong of [
      "2026-12-03",
      "2026-12-03T10:15:00",
      "2026-12-03 10:15:00Z",
      "2026-12-03T10:15Z",
      "2026-12-03t10:15:00z",
      "2026-02-29T10:15:00Z",
      "2026-12-03T24:00:00Z",
      "2026-12-03T10:15:60Z",
      "2026-12-03T10:15:00+0100",
      "2026-12-03T10:15:00+00:00[Europe/Dublin]",
      " 2026-12-03T10:15:00Z",
      "",
    ]) {
      expect(() => parseInstant(wrong)).toThrow(RangeError);
    }
  });
});

describe("clinic dates", () => {
  test("Only YYYY-MM-DD and only existing days can be read", () => {
    expect(epochDay("1970-01-01")).toBe(0);
    expect(epochDay("2028-02-29")).toBe(at("2028-02-29") / DAY);
    for (const wrong of [
      "2026-2-3",
      "2026-02-29",
      "2026-13-01",
      "2026-00-10",
      "2026-04-31",
      "20260203",
      " 2026-02-03",
    ]) {
      expect(() => epochDay(wrong)).toThrow(RangeError);
    }
    for (const wrong of ["2026-02-03T00:00", "+002026-02-03", "", "0050-01-01"]) {
      expect(() => epochDay(wrong)).toThrow(RangeError);
    }
  });

  test("A date has its ISO weekday, also before 1970", () => {
    expect(weekdayOf("2026-11-23")).toBe(1);
    expect(weekdayOf("2026-11-29")).toBe(7);
    expect(weekdayOf("1970-01-01")).toBe(4);
    expect(weekdayOf("1969-12-28")).toBe(7);
  });

  test("Days are counted across months and years", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
    expect(clinicDates("2026-02-27", "2026-03-02", 31)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(clinicDates("2026-02-27", "2026-02-27", 31)).toEqual([]);
  });

  test("A range of dates that is inverted or longer than allowed is refused", () => {
    expect(() => clinicDates("2026-03-02", "2026-03-01", 31)).toThrow(/inverted/);
    expect(clinicDates("2026-03-01", "2026-04-01", 31)).toHaveLength(31);
    expect(() => clinicDates("2026-03-01", "2026-04-02", 31)).toThrow(/at most 31/);
  });

  test("A date starts when the wall clock first shows it, also where midnight is skipped", () => {
    expect(startOfClinicDate("2026-07-03", "Europe/Dublin")).toBe(at("2026-07-02T23:00:00Z"));
    // Cairo goes from 23:59:59 on 23 April 2026 to 01:00:00.
    expect(formatInstant(startOfClinicDate("2026-04-24", "Africa/Cairo"), "Africa/Cairo")).toBe(
      "2026-04-24T01:00:00+03:00",
    );
    // Samoa had no 30 December 2011.
    expect(startOfClinicDate("2011-12-30", "Pacific/Apia")).toBe(startOfClinicDate("2011-12-31", "Pacific/Apia"));
    for (const zone of ZONES) {
      for (const day of changes.get(zone)!.slice(0, 6)) {
        for (const date of [day, day + 1].map(dateOf)) {
          const clock = wallClock(zone, day - 2, day + 3);
          const index = clock.findIndex((wall) => dateOf(Math.floor(wall / 1440)) === date);
          expect(startOfClinicDate(date, zone)).toBe(((day - 2) * 1440 + index) * MINUTE);
        }
      }
    }
  });
});

describe("wall times", () => {
  test("A wall time is HH:MM, and 24:00 is the end of the day", () => {
    expect(minuteOfDay("00:00")).toBe(0);
    expect(minuteOfDay("09:05")).toBe(545);
    expect(minuteOfDay("23:59")).toBe(1439);
    expect(minuteOfDay("24:00")).toBe(1440);
    for (const wrong of ["9:05", "24:01", "25:00", "09:60", "09:05:00", "0905", " 09:05", ""]) {
      expect(() => minuteOfDay(wrong)).toThrow(RangeError);
    }
  });
});

describe("time zones", () => {
  test("A time zone is an IANA name in the database's spelling", () => {
    expect(parseZone("Europe/Dublin")).toBe("Europe/Dublin");
    expect(parseZone("europe/dublin")).toBe("Europe/Dublin");
    expect(parseZone("America/Argentina/Buenos_Aires")).toBe("America/Argentina/Buenos_Aires");
    for (const wrong of [
      "",
      "Europe/Nowhere",
      "+01:00",
      "2026-01-01T00:00Z[Europe/Paris]",
      " UTC",
      "Europe/",
      "UTC+1",
    ]) {
      expect(() => parseZone(wrong)).toThrow(RangeError);
    }
  });
});
