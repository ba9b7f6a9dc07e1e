import { i18n } from "@lingui/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "#contract/answers/clinic.ts";
import { PROBLEM_CODES } from "#contract/problem.ts";
import { Problem } from "#kit/api/problem.ts";
import { fullWhenOf, spanOf, startOf, whenOf } from "#kit/appointments/words.ts";
import { copyOf } from "#kit/api/problem-copy.ts";
import {
  asWritten,
  dateOf,
  dayOf,
  durationOf,
  fullDayOf,
  shortDayOf,
  timeOf,
  timesOf,
  zoneWords,
} from "#kit/time/format.ts";

import { CATALOGUES } from "../../web/patient/language/catalogues.ts";

const PHONE = "+353 1 555 0100";

describe("texts for users", () => {
  const zone = process.env["TZ"];
  const speak = async (locale: "en" | "de") =>
    i18n.loadAndActivate({ locale, messages: (await CATALOGUES[locale]()).messages });
  beforeAll(() => speak("en"));
  afterAll(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  describe.each(["de", "en"] as const)("in %s", (language) => {
    beforeAll(() => speak(language));
    test.each(PROBLEM_CODES)("%s has a text, with and without the problem's members", (code) => {
      const members = { resetsAt: "2026-12-03T10:15:00+00:00", phone: PHONE, changedBy: "the clinic", per: "patient" };
      for (const extra of [{}, members, { ...members, what: "slot" }, { resetsAt: null, changedBy: null }]) {
        const { title, text } = copyOf(new Problem({ code, ...extra }, 409, undefined), PHONE);
        for (const words of [title, text]) {
          expect(words).toMatch(/^[A-Z].{8,}/);
          expect(words).not.toMatch(/undefined|null|NaN|Invalid|\{|T\d\d:/);
          if (language === "de") expect(words).not.toMatch(/ (the|and|has|have|is|of|you|we) /i);
        }
        expect(title).not.toMatch(/\.$/);
        expect(text).toMatch(/\.$/);
      }
    });
  });

  test("A code of a newer server still has a text", () => {
    const { title, text } = copyOf(new Problem({ code: "brand-new" as never }, 409, undefined), PHONE);
    expect([title, text]).toEqual([
      "Something went wrong",
      // A number to call stays on one line.
      "Try again in a moment. If it keeps happening, call +353\u00a01\u00a0555\u00a00100.",
    ]);
  });

  test.each(["Europe/Dublin", "America/New_York", "Asia/Kolkata"])(
    "on the days the clocks change the clinic's times are said alike on a device in %s",
    (device) => {
      process.env["TZ"] = device;
      const slot = { startsAt: "2026-10-25T00:45:00Z", endsAt: "2026-10-25T01:15:00Z" };
      expect(timesOf(slot, "Europe/Dublin")).toBe("01:45\u00a0UTC+1–01:15\u00a0UTC+0");
      expect(timeOf("2026-03-29T01:00:00Z", "Europe/Dublin")).toBe("02:00");
      expect(timeOf("2026-03-29T00:59:00Z", "Europe/Dublin")).toBe("00:59");
      // Half an hour before midnight in summer is another date in UTC's favour, not the clinic's.
      expect(dayOf(dateOf("2026-10-24T23:30:00Z", "Europe/Dublin"))).toBe("Sunday 25 October");
      expect(dayOf(dateOf("2026-10-25T23:30:00Z", "Europe/Dublin"))).toBe("Sunday 25 October");
      expect(asWritten("2026-10-25T23:30:00+00:00", ["Europe/Dublin"])).toBe("Sunday 25 October, 23:30");
      expect(asWritten("2026-10-25T01:30:00+01:00", ["Asia/Tokyo", "Europe/Dublin"])).toBe(
        "Sunday 25 October, 01:30\u00a0UTC+1 (Dublin time)",
      );
      expect(asWritten("2026-10-25T01:30:00+00:00", [])).toBe("Sunday 25 October, 01:30");
    },
  );

  const config = (...zones: string[]) =>
    ({
      clinic: { timeZone: zones[0] },
      locations: zones.map((timeZone, n) => ({
        id: `l${n}`,
        name: `Place ${n}`,
        address: "",
        timeZone,
        country: "IE",
        region: null,
      })),
    }) as unknown as Config;

  test.each([
    ["en", "2027-10-31T00:30:00Z", "Sunday 31 October, 01:30\u00a0UTC+1"],
    ["en", "2027-10-31T01:30:00Z", "Sunday 31 October, 01:30\u00a0UTC+0"],
    ["en", "2027-10-31T02:30:00Z", "Sunday 31 October, 02:30"],
    ["de", "2027-10-31T00:30:00Z", "Sonntag, 31. Oktober, 01:30 Uhr\u00a0UTC+1"],
  ] as const)(
    "In %s a list tells %s from the other time with the same reading: %s",
    async (language, startsAt, words) => {
      await speak(language);
      expect(whenOf({ startsAt, locationId: "l0" }, config("Europe/Dublin"))).toBe(words);
      await speak("en");
    },
  );

  test("A time names its zone in lists if the clinic's locations lie in several, and only then", async () => {
    const [startsAt, there] = ["2026-12-03T10:15:00Z", { startsAt: "2026-12-03T10:15:00Z", locationId: "l1" }];
    expect(startOf({ startsAt, locationId: "l0" }, config("Europe/Dublin", "Europe/Dublin"))).toBe("10:15");
    const two = config("Europe/Dublin", "Europe/Vienna");
    expect(startOf({ startsAt, locationId: "l0" }, two)).toBe("10:15 (Dublin time)");
    expect(spanOf({ ...there, endsAt: "2026-12-03T10:30:00Z" }, two)).toBe("11:15–11:30 (Vienna time)");
    expect(whenOf(there, two)).toBe("Thursday 3 December, 11:15 (Vienna time)");
    expect(fullWhenOf(there, two)).toBe("Thursday 3 December 2026, 11:15 (Vienna time)");
    await speak("de");
    expect(whenOf(there, two)).toBe("Donnerstag, 3. Dezember, 11:15 Uhr (Ortszeit Wien)");
    await speak("en");
  });

  test("Dates, times and durations follow the language", async () => {
    const said = () => [
      asWritten("2026-12-03T10:15:00+00:00", ["Europe/Dublin"]),
      fullDayOf("2026-12-03"),
      shortDayOf("2026-12-03"),
      zoneWords("Europe/Vienna"),
      ...[1, 20, 60, 300].map(durationOf),
    ];
    const english = ["Thursday 3 December, 10:15", "Thursday 3 December 2026", "3 December", "Vienna time"];
    expect(said()).toEqual([...english, "1 second", "20 seconds", "1 minute", "5 minutes"]);
    await speak("de");
    const german = [
      "Donnerstag, 3. Dezember, 10:15 Uhr",
      "Donnerstag, 3. Dezember 2026",
      "3. Dezember",
      "Ortszeit Wien",
    ];
    expect(said()).toEqual([...german, "1 Sekunde", "20 Sekunden", "1 Minute", "5 Minuten"]);
  });
});
