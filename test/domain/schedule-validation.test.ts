import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validSlotMinutes } from "#domain/schedule/issue.ts";
import type { ScheduleException, Session } from "#domain/schedule/model.ts";
import { readSession } from "#domain/schedule/occurrence.ts";
import { firstOverlap } from "#domain/schedule/overlap.ts";
import { MAX_EXCEPTIONS, MAX_SESSIONS, validateExceptions, validateTemplate } from "#domain/schedule/validate.ts";
import { caseCount, hours, report } from "./generated-cases.ts";
import { naiveDate, naiveDay, naiveWeekday, wallClock } from "./naive-schedule.ts";

const rules = {
  locations: new Map([
    ["main", { zone: "Europe/London" }],
    ["branch", { zone: "Europe/London" }],
    ["abroad", { zone: "America/New_York" }],
    ["lost", { zone: "Europe/Nowhere" }],
  ]),
  policySlotMinutes: 15,
};

function session(weekday: number, from: string, to: string, more: Partial<Session> = {}): Session {
  return { weekday, from, to, validFrom: "2026-01-01", locationId: "main", ...more };
}

function codes(sessions: Session[], own = rules): string[] {
  return validateTemplate(sessions, own).map(({ pointer, code }) => `${pointer} ${code}`);
}

describe("valid templates", () => {
  test("A template may have touching sessions, nights, whole days and successive validity ranges", () => {
    const sound = [
      session(1, "09:00", "13:00"),
      session(1, "13:00", "17:00", { locationId: "branch" }),
      session(1, "22:00", "06:00"),
      session(2, "06:00", "07:00"),
      session(3, "00:00", "24:00"),
      session(5, "09:00", "12:00", { validTo: "2026-06-01" }),
      session(5, "10:00", "13:00", { validFrom: "2026-06-01" }),
      session(7, "20:00", "24:00"),
    ];
    expect(validateTemplate(sound, rules)).toEqual([]);
    expect(validateTemplate([], rules)).toEqual([]);
  });
});

describe("refused templates", () => {
  test("A session that is not a multiple of its slot length is refused, with the lengths that fit", () => {
    const [issue] = validateTemplate([session(1, "09:00", "10:40")], rules);
    expect(issue).toEqual({
      pointer: "/0/slotMinutes",
      code: "not-a-multiple",
      message: "09:00 to 10:40 is 100 minutes, no multiple of 15. Slot lengths that fit: 5, 10, 20, 25, 50, 100.",
      validSlotMinutes: [5, 10, 20, 25, 50, 100],
    });
    expect(codes([session(1, "09:00", "09:30")], { ...rules, policySlotMinutes: 20 })).toEqual([
      "/0/slotMinutes not-a-multiple",
    ]);
    expect(validateTemplate([session(1, "09:00", "09:03")], rules)[0]!.message).toMatch(/No slot length fits/);
    expect(validSlotMinutes(1440).at(-1)).toBe(120);
  });

  test("An invalid time, weekday, slot length, date or location is refused", () => {
    expect(codes([session(8, "09:00", "10:00")])).toEqual(["/0/weekday bad-weekday"]);
    expect(codes([session(1.5, "09:00", "10:00")])).toEqual(["/0/weekday bad-weekday"]);
    expect(codes([session(1, "9:00", "10:00")])).toEqual(["/0/from bad-time"]);
    expect(codes([session(1, "24:00", "24:00")])).toEqual(["/0/from bad-time"]);
    expect(codes([session(1, "09:00", "24:30")])).toEqual(["/0/to bad-time"]);
    for (const slotMinutes of [4, 121, 7.5, Number.NaN, 0, -15]) {
      expect(codes([session(1, "09:00", "10:00", { slotMinutes })])).toEqual(["/0/slotMinutes bad-slot-length"]);
    }
    expect(codes([session(1, "09:00", "10:00", { validFrom: "2026-02-29" })])).toEqual(["/0/validFrom bad-date"]);
    expect(codes([session(1, "09:00", "10:00", { validFrom: "01/01/2026" })])).toEqual(["/0/validFrom bad-date"]);
    expect(codes([session(1, "09:00", "10:00", { validFrom: "1926-01-01" })])).toEqual([
      "/0/validFrom date-out-of-bounds",
    ]);
    expect(codes([session(1, "09:00", "10:00", { validTo: "2226-01-01" })])).toEqual(["/0/validTo date-out-of-bounds"]);
    expect(codes([session(1, "09:00", "10:00", { locationId: "moon" })])).toEqual(["/0/locationId unknown-location"]);
    expect(codes([session(1, "09:00", "10:00", { locationId: "lost" })])).toEqual(["/0/locationId unknown-zone"]);
  });

  test("An empty session, a night longer than any shift, and an inverted validity are refused", () => {
    expect(codes([session(1, "09:00", "09:00")])).toEqual(["/0/to inverted"]);
    expect(codes([session(1, "13:00", "09:00")])).toEqual(["/0/to inverted"]);
    expect(codes([session(1, "17:00", "09:00")])).toEqual([]);
    expect(codes([session(1, "09:00", "10:00", { validTo: "2026-01-01" })])).toEqual(["/0/validTo inverted"]);
  });

  test.each([
    ["no such weekday in its validity", 1, "09:00", "10:00", "2026-01-06", "2026-01-12"],
    ["only in the hour that the clocks skip", 7, "01:00", "02:00", "2026-03-29", "2026-04-05"],
  ])("A session that never takes place is refused: %s", (_, weekday, from, to, validFrom, validTo) => {
    expect(codes([session(weekday, from, to, { validFrom, validTo })])).toEqual(["/0/validTo never"]);
    const [year, month, day] = validTo.split("-").map(Number) as [number, number, number];
    const later = new Date(Date.UTC(year, month - 1, day + 1)).toISOString().slice(0, 10);
    expect(codes([session(weekday, from, to, { validFrom, validTo: weekday === 7 ? "2026-04-06" : later })])).toEqual(
      [],
    );
  });

  test("Overlapping sessions are refused, also across locations and from Sunday to Monday", () => {
    expect(codes([session(1, "09:00", "12:00"), session(1, "11:45", "13:00", { locationId: "branch" })])).toEqual([
      "/1 overlap",
    ]);
    expect(codes([session(7, "22:00", "06:00"), session(1, "05:45", "07:00")])).toEqual(["/1 overlap"]);
    expect(codes([session(1, "05:45", "07:00"), session(7, "22:00", "06:00")])).toEqual(["/1 overlap"]);
    const [issue] = validateTemplate(
      [
        session(5, "09:00", "12:00", { validTo: "2026-06-06" }),
        session(5, "10:00", "13:00", { validFrom: "2026-05-30" }),
      ],
      rules,
    );
    expect(issue!.message).toBe("10:00 to 13:00 overlaps the session at /0 (09:00 to 12:00), first on 2026-06-05.");
  });

  test("Sessions in two zones that overlap only between their clock changes are refused", () => {
    // New York is usually five hours behind London, but four from 8 to 29 March 2026.
    const pair = [session(3, "12:00", "14:00"), session(3, "09:00", "10:00", { locationId: "abroad" })];
    expect(validateTemplate(pair, rules)[0]!.message).toMatch(/first on 2026-03-11/);
    expect(codes(pair.map((one) => ({ ...one, validFrom: "2026-04-01", validTo: "2026-10-20" })))).toEqual([]);
  });

  test("Too many sessions are refused without reading any", () => {
    const many = Array.from({ length: MAX_SESSIONS + 1 }, () => session(9, "", ""));
    expect(codes(many)).toEqual([" too-many"]);
    const absences = Array.from(
      { length: MAX_EXCEPTIONS + 1 },
      () => ({ kind: "absence", fromDate: "", toDate: "" }) as const,
    );
    expect(validateExceptions(absences, [], rules).map(({ code }) => code)).toEqual(["too-many"]);
  });
});

describe("exceptions", () => {
  const template = [session(1, "09:00", "12:00")];
  const found = (exceptions: ScheduleException[]) =>
    validateExceptions(exceptions, template, rules).map(({ pointer, code }) => `${pointer} ${code}`);
  const extra = (from: string, to: string, more: object = {}): ScheduleException => ({
    kind: "extra",
    date: "2026-11-23",
    from,
    to,
    locationId: "branch",
    ...more,
  });
  const absence = (more: object = {}): ScheduleException => ({
    kind: "absence",
    fromDate: "2026-11-23",
    toDate: "2026-11-23",
    ...more,
  });

  test("Valid exceptions are accepted, and absences may overlap everything", () => {
    expect(found([extra("12:00", "13:00"), absence(), absence({ from: "22:00", to: "02:00" })])).toEqual([]);
    expect(found([extra("09:00", "10:00", { date: "2026-11-24" }), absence({ locationId: "main" })])).toEqual([]);
  });

  test("An extra session that overlaps the template or another one is refused, with its name", () => {
    expect(found([extra("11:45", "13:00")])).toEqual(["/0 overlap"]);
    expect(found([extra("14:00", "15:00"), extra("14:30", "15:30")])).toEqual(["/1 overlap"]);
    expect(validateExceptions([extra("11:45", "13:00")], template, rules)[0]!.message).toBe(
      "11:45 to 13:00 overlaps the session of the weekly schedule (09:00 to 12:00), first on 2026-11-23.",
    );
  });

  test("Malformed, inverted or incomplete dates and hours are refused", () => {
    expect(found([extra("14:00", "15:00", { date: "2026-02-30" })])).toEqual(["/0/date bad-date"]);
    expect(found([absence({ toDate: "2026-11-22" })])).toEqual(["/0/toDate inverted"]);
    expect(found([absence({ fromDate: "x", toDate: "y" })])).toEqual(["/0/fromDate bad-date", "/0/toDate bad-date"]);
    expect(found([absence({ from: "09:00" })])).toEqual(["/0/to bad-time"]);
    expect(found([absence({ from: "13:00", to: "09:00" })])).toEqual(["/0/to inverted"]);
    expect(found([absence({ locationId: "moon" })])).toEqual(["/0/locationId unknown-location"]);
    expect(found([extra("14:00", "15:00", { slotMinutes: 7 })])).toEqual(["/0/slotMinutes not-a-multiple"]);
  });
});

describe("the search for overlapping sessions", () => {
  const start = naiveDay("2026-03-02");
  const validity = fc
    .tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 6, max: 22 }))
    .map(([from, days]) => ({ validFrom: naiveDate(start + from), validTo: naiveDate(start + from + days) }));
  const anySession = fc
    .record({ weekday: fc.integer({ min: 1, max: 7 }), times: fc.integer({ min: 5, max: 120 }).chain(hours), validity })
    .map(({ weekday, times, validity: dates }) => ({ ...session(weekday, times.from, times.to), ...dates }));
  const numRuns = Math.min(50_000, caseCount(3_000));

  /** The dates on which a session starts, each with the minutes at which it is in session. */
  function occurrences(one: Session, clock: Int32Array) {
    const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    const found: { date: string; minutes: Set<number> }[] = [];
    for (let date = one.validFrom; date < one.validTo!; date = naiveDate(naiveDay(date) + 1)) {
      if (naiveWeekday(date) !== one.weekday) continue;
      const opens = naiveDay(date) * 1440 + minutes(one.from);
      const closes = naiveDay(date) * 1440 + minutes(one.to) + (minutes(one.to) < minutes(one.from) ? 1440 : 0);
      const inside = new Set<number>();
      // The clock starts two days before `start`; no wall is a day away from UTC.
      const around = Math.max(0, (naiveDay(date) - start) * 1440);
      for (let index = around; index < around + 5 * 1440; index++) {
        if (opens <= clock[index]! && clock[index]! < closes) inside.add(index);
      }
      found.push({ date, minutes: inside });
    }
    return found;
  }

  function naiveFirst(a: Session, b: Session, clockA: Int32Array, clockB: Int32Array): string | undefined {
    const rivals = occurrences(b, clockB);
    return occurrences(a, clockA).find((one) =>
      rivals.some((rival) => [...one.minutes].some((minute) => rival.minutes.has(minute))),
    )?.date;
  }

  test("In one zone the search finds the first date on which two sessions share a wall-clock minute", () => {
    const wall = Int32Array.from({ length: 45 * 1440 }, (_, minute) => (start - 2) * 1440 + minute);
    let overlapping = 0;
    fc.assert(
      fc.property(anySession, anySession, (a, b) => {
        const expected = naiveFirst(a, b, wall, wall);
        if (expected !== undefined) overlapping++;
        const zone = "Europe/London";
        expect(firstOverlap({ session: readSession(a), zone }, { session: readSession(b), zone })).toBe(expected);
      }),
      { numRuns },
    );
    report("overlaps in one zone", { cases: numRuns, overlapping });
    expect(overlapping).toBeGreaterThan(numRuns / 50);
  });

  test("In two zones the search finds the first date on which they share an instant, also around clock changes", () => {
    const zones = ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"];
    const clocks = new Map(zones.map((zone) => [zone, wallClock(zone, start - 2, start + 42)]));
    let overlapping = 0;
    fc.assert(
      fc.property(fc.shuffledSubarray(zones, { minLength: 2, maxLength: 2 }), anySession, anySession, (pair, a, b) => {
        const [zoneA, zoneB] = pair as [string, string];
        const expected = naiveFirst(a, b, clocks.get(zoneA)!, clocks.get(zoneB)!);
        if (expected !== undefined) overlapping++;
        const found = firstOverlap({ session: readSession(a), zone: zoneA }, { session: readSession(b), zone: zoneB });
        expect(found).toBe(expected);
      }),
      { numRuns },
    );
    report("overlaps in two zones", { cases: numRuns, overlapping });
    expect(overlapping).toBeGreaterThan(numRuns / 50);
  });
});
