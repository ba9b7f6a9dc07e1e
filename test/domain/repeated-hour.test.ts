import fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedMark } from "#domain/repeated-hour.ts";
import { instantsOfWall, offsetAt } from "#domain/zone-offsets.ts";
import { ZONES } from "./zones.ts";

test.each([
  ["Europe/Dublin", "2027-10-30T23:59:00Z", null],
  ["Europe/Dublin", "2027-10-31T00:00:00Z", "UTC+1"],
  ["Europe/Dublin", "2027-10-31T00:30:00Z", "UTC+1"],
  ["Europe/Dublin", "2027-10-31T01:30:00Z", "UTC+0"],
  ["Europe/Dublin", "2027-10-31T02:00:00Z", null],
  ["Europe/Dublin", "2027-03-28T01:00:00Z", null],
  ["Europe/Dublin", "2027-06-01T01:00:00Z", null],
  ["Australia/Lord_Howe", "2027-04-03T14:29:00Z", null],
  ["Australia/Lord_Howe", "2027-04-03T14:30:00Z", "UTC+11"],
  ["Australia/Lord_Howe", "2027-04-03T15:00:00Z", "UTC+10:30"],
  ["Australia/Lord_Howe", "2027-04-03T15:30:00Z", null],
  ["America/St_Johns", "2027-11-07T04:00:00Z", "UTC-2:30"],
  ["UTC", "2027-10-31T01:30:00Z", null],
])("In %s the time at %s is marked: %s", (zone, instant, mark) => {
  expect(repeatedMark(Date.parse(instant), zone)).toBe(mark);
});

test("In every zone exactly the times that come twice have a mark, and the two have different ones", () => {
  const anyMinute = fc.integer({ min: Date.UTC(2025, 0) / 60_000, max: Date.UTC(2036, 0) / 60_000 });
  const count = { marked: 0 };
  const check = (minute: number, zone: string) => {
    const at = minute * 60_000;
    const wall = at + offsetAt(at, zone);
    const same = instantsOfWall({ start: wall, end: wall + 1 }, zone).map(({ start }) => start);
    const marks = same.map((instant) => repeatedMark(instant, zone));
    if (same.length > 1) count.marked += 1;
    const expected = same.length > 1 ? [2, false] : [1, true];
    expect([zone, at, new Set(marks).size, marks.includes(null)]).toEqual([zone, at, ...expected]);
  };
  fc.assert(fc.property(anyMinute, fc.constantFrom(...ZONES), check), { numRuns: 2000 });
  // Every quarter of an hour around each clock change of three years.
  for (const zone of ZONES) {
    for (let hour = Date.UTC(2026, 0) / 3_600_000; hour < Date.UTC(2029, 0) / 3_600_000; hour += 6) {
      if (offsetAt(hour * 3_600_000, zone) <= offsetAt((hour + 6) * 3_600_000, zone)) continue;
      for (let minute = (hour - 3) * 60; minute < (hour + 9) * 60; minute += 15) check(minute, zone);
    }
  }
  expect(count.marked).toBeGreaterThan(200);
});
