import { i18n } from "@lingui/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROBLEM_CODES } from "#contract/problem.ts";
import { Problem } from "#kit/api/problem.ts";
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
      expect(timesOf(slot, "Europe/Dublin")).toBe("01:45–01:15");
      expect(timeOf("2026-03-29T01:00:00Z", "Europe/Dublin")).toBe("02:00");
      expect(timeOf("2026-03-29T00:59:00Z", "Europe/Dublin")).toBe("00:59");
      // Half an hour before midnight in summer is another date in UTC's favour, not the clinic's.
      expect(dayOf(dateOf("2026-10-24T23:30:00Z", "Europe/Dublin"))).toBe("Sunday 25 October");
      expect(dayOf(dateOf("2026-10-25T23:30:00Z", "Europe/Dublin"))).toBe("Sunday 25 October");
      expect(asWritten("2026-10-25T23:30:00+00:00")).toBe("Sunday 25 October, 23:30");
    },
  );

  test("Dates, times and durations follow the language", async () => {
    const said = () => [
      asWritten("2026-12-03T10:15:00+00:00"),
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
