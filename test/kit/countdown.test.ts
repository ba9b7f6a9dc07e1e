import { i18n } from "@lingui/core";
import { beforeAll, describe, expect, test } from "vitest";
import { addDays, asWritten, countdownOf, durationOf, hourOf, nearDayOf } from "#kit/time/format.ts";
import { CATALOGUES } from "../../web/patient/language/catalogues.ts";

beforeAll(async () => i18n.loadAndActivate({ locale: "en", messages: (await CATALOGUES.en()).messages }));

describe("the countdown of a hold", () => {
  test.each([
    [300_000, "5:00"],
    [299_999, "5:00"],
    [299_000, "4:59"],
    [245_000, "4:05"],
    [60_001, "1:01"],
    [60_000, "1:00"],
    [59_999, "1:00"],
    [59_000, "0:59"],
    [9_000, "0:09"],
    [1_000, "0:01"],
    [1, "0:01"],
    [0, "0:00"],
    [-1, "0:00"],
    [-90_000, "0:00"],
    [3_600_000, "60:00"],
  ])("with %i ms left is %s: a second that has begun counts, and only the end is 0:00", (ms, shown) => {
    expect(countdownOf(ms)).toBe(shown);
  });
});

describe("durations in words", () => {
  test.each([
    [1, "1 second"],
    [59, "59 seconds"],
    [60, "1 minute"],
    [89, "1 minute"],
    [90, "2 minutes"],
    [300, "5 minutes"],
  ])("%i s are %s", (seconds, words) => {
    expect(durationOf(seconds)).toBe(words);
  });
});

describe("days of the clinic", () => {
  test("today and tomorrow are named, also over the end of a month and of a year; no other day is", () => {
    expect(nearDayOf("2026-12-31", "2026-12-31")).toBe("today");
    expect(nearDayOf("2027-01-01", "2026-12-31")).toBe("tomorrow");
    expect(nearDayOf("2027-01-02", "2026-12-31")).toBeUndefined();
    expect(nearDayOf("2026-12-30", "2026-12-31")).toBeUndefined();
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2027-02-28", 1)).toBe("2027-03-01");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  test("an instant is read as it is written, in the clinic's zone; its hour is by the given zone", () => {
    expect(asWritten("2026-12-03T23:45:00-10:00", ["Pacific/Honolulu"])).toBe("Thursday 3 December, 23:45");
    expect(hourOf("2026-12-03T23:45:00-10:00", "Pacific/Honolulu")).toBe(23);
    expect(hourOf("2026-12-03T23:45:00-10:00", "UTC")).toBe(9);
  });
});
