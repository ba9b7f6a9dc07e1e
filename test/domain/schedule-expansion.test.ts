import { describe, expect, test } from "vitest";
import { formatInstant } from "#domain/clinic-time.ts";
import { type ExpansionInput, expandSchedule } from "#domain/schedule/expand.ts";
import type { ScheduleException, Session } from "#domain/schedule/model.ts";

const MONDAY = "2026-11-23";
const TUESDAY = "2026-11-24";

function session(weekday: number, from: string, to: string, more: Partial<Session> = {}): Session {
  return { weekday, from, to, validFrom: "2025-01-01", locationId: "main", ...more };
}

function expand(sessions: Session[], from: string, to: string, more: Partial<ExpansionInput> & { zone?: string } = {}) {
  const { zone = "Europe/Dublin", ...rest } = more;
  const locations = new Map([["main", { zone, holidays: new Set<string>() }]]);
  return expandSchedule({ sessions, exceptions: [], locations, policySlotMinutes: 30, from, to, ...rest });
}

/** Starts as `HH:MM+offset`, with a mark where closed. */
function starts(result: ReturnType<typeof expandSchedule>, zone = "Europe/Dublin"): string[] {
  return result.slots.map((slot) => {
    const text = formatInstant(slot.startsAt, zone);
    return text.slice(11, 16) + text.slice(19) + (slot.closedBy ? ` ${slot.closedBy}` : "");
  });
}

describe("a weekly template", () => {
  test("Slots have the session's length, else the doctor's, else the policy's", () => {
    const lengths = (doctorSlotMinutes: number | null, slotMinutes: number | null) =>
      expand([session(1, "09:00", "10:00", { slotMinutes })], MONDAY, TUESDAY, { doctorSlotMinutes }).slots.length;
    expect(lengths(null, null)).toBe(2);
    expect(lengths(20, null)).toBe(3);
    expect(lengths(20, 15)).toBe(4);
  });

  test("Breaks are gaps, and slots are on the weekdays and within the validity", () => {
    const sessions = [
      session(1, "09:00", "10:00"),
      session(1, "14:00", "15:00"),
      session(2, "09:00", "10:00", { validFrom: "2026-11-25" }),
      session(1, "16:00", "17:00", { validTo: MONDAY }),
      session(1, "18:00", "19:00", { validFrom: MONDAY, validTo: TUESDAY }),
    ];
    expect(starts(expand(sessions, MONDAY, "2026-11-25"))).toEqual([
      "09:00+00:00",
      "09:30+00:00",
      "14:00+00:00",
      "14:30+00:00",
      "18:00+00:00",
      "18:30+00:00",
    ]);
  });

  test("The slots of a session across midnight belong to the dates on which they start", () => {
    const night = [session(1, "23:00", "01:00")];
    expect(starts(expand(night, MONDAY, TUESDAY))).toEqual(["23:00+00:00", "23:30+00:00"]);
    const after = expand(night, TUESDAY, "2026-11-25");
    expect(starts(after)).toEqual(["00:00+00:00", "00:30+00:00"]);
    expect(after.slots.every((slot) => slot.date === TUESDAY)).toBe(true);
    expect(starts(expand([session(1, "23:00", "24:00")], MONDAY, "2026-11-25"))).toHaveLength(2);
    expect(starts(expand([session(1, "23:00", "00:00")], MONDAY, "2026-11-25"))).toHaveLength(2);
  });

  test("The hour skipped in spring has no slots", () => {
    expect(starts(expand([session(7, "00:00", "03:00")], "2026-03-29", "2026-03-30"))).toEqual([
      "00:00+00:00",
      "00:30+00:00",
      "02:00+01:00",
      "02:30+01:00",
    ]);
    expect(expand([session(7, "01:00", "02:00")], "2026-03-29", "2026-03-30").slots).toEqual([]);
    // A session that would start in the skipped hour starts when it is over.
    expect(starts(expand([session(7, "01:30", "02:30")], "2026-03-29", "2026-03-30"))).toEqual(["02:00+01:00"]);
  });

  test("The hour repeated in autumn has its slots twice", () => {
    expect(starts(expand([session(7, "00:00", "02:30")], "2026-10-25", "2026-10-26"))).toEqual([
      "00:00+01:00",
      "00:30+01:00",
      "01:00+01:00",
      "01:30+01:00",
      "01:00+00:00",
      "01:30+00:00",
      "02:00+00:00",
    ]);
  });

  test("Two sessions that meet within a repeated hour share it without overlap", () => {
    const result = expand([session(7, "00:30", "01:30"), session(7, "01:30", "02:30")], "2026-10-25", "2026-10-26");
    expect(result.conflicts).toEqual([]);
    expect(starts(result)).toEqual([
      "00:30+01:00",
      "01:00+01:00",
      "01:30+01:00",
      "01:00+00:00",
      "01:30+00:00",
      "02:00+00:00",
    ]);
  });

  test("Zones that change by half an hour or two hours, or have an odd offset, are followed", () => {
    const lordHowe = expand([session(7, "01:00", "03:00")], "2026-04-05", "2026-04-06", {
      zone: "Australia/Lord_Howe",
    });
    expect(starts(lordHowe, "Australia/Lord_Howe")).toEqual([
      "01:00+11:00",
      "01:30+11:00",
      "01:30+10:30",
      "02:00+10:30",
      "02:30+10:30",
    ]);
    const troll = expand([session(7, "00:00", "04:00")], "2026-03-29", "2026-03-30", { zone: "Antarctica/Troll" });
    expect(starts(troll, "Antarctica/Troll")).toEqual(["00:00+00:00", "00:30+00:00", "03:00+02:00", "03:30+02:00"]);
    const kathmandu = expand([session(1, "09:00", "10:00")], MONDAY, TUESDAY, { zone: "Asia/Kathmandu" });
    expect(kathmandu.slots[0]!.startsAt).toBe(Date.parse("2026-11-23T03:15:00Z"));
  });

  test("A rest that is too short has no slot", () => {
    expect(starts(expand([session(1, "09:00", "10:15")], MONDAY, TUESDAY))).toEqual(["09:00+00:00", "09:30+00:00"]);
  });

  test("An inverted range, one beyond two years, an unknown location or an impossible slot length is refused", () => {
    expect(() => expand([], TUESDAY, MONDAY)).toThrow(/inverted/);
    expect(() => expand([], "2026-01-01", "2029-01-01")).toThrow(/at most 731/);
    expect(() => expand([session(1, "09:00", "10:00", { locationId: "moon" })], MONDAY, TUESDAY)).toThrow(/moon/);
    expect(() => expand([session(1, "09:00", "10:00", { slotMinutes: 0 })], MONDAY, TUESDAY)).toThrow(/slot length/);
    expect(() => expand([session(1, "09:00", "10:00")], MONDAY, TUESDAY, { zone: "Mars/Base" })).toThrow(RangeError);
  });
});

describe("exceptions and holidays", () => {
  const day = [session(1, "09:00", "11:00"), session(2, "09:00", "10:00")];
  const absent = (more: object): ScheduleException => ({
    kind: "absence",
    fromDate: MONDAY,
    toDate: MONDAY,
    ...more,
  });

  test("An absence closes the slots of its days, or only those that its hours overlap", () => {
    expect(starts(expand(day, MONDAY, "2026-11-25", { exceptions: [absent({})] }))).toEqual([
      "09:00+00:00 absence",
      "09:30+00:00 absence",
      "10:00+00:00 absence",
      "10:30+00:00 absence",
      "09:00+00:00",
      "09:30+00:00",
    ]);
    expect(starts(expand(day, MONDAY, TUESDAY, { exceptions: [absent({ from: "09:45", to: "10:00" })] }))).toEqual([
      "09:00+00:00",
      "09:30+00:00 absence",
      "10:00+00:00",
      "10:30+00:00",
    ]);
  });

  test.each([
    [MONDAY, MONDAY, "absence open open"],
    [MONDAY, TUESDAY, "absence absence open"],
    ["2026-11-20", MONDAY, "absence open open"],
    [TUESDAY, "2026-11-25", "open absence absence"],
  ])("An absence from %s to %s closes its last date as well: %s", (fromDate, toDate, expected) => {
    const sessions = [1, 2, 3].map((weekday) => session(weekday, "09:00", "09:30"));
    const { slots } = expand(sessions, MONDAY, "2026-11-26", { exceptions: [absent({ fromDate, toDate })] });
    expect(slots.map(({ closedBy }) => closedBy ?? "open").join(" ")).toBe(expected);
  });

  test("An absence at one location leaves the others open", () => {
    const elsewhere = [absent({ locationId: "branch" })];
    expect(expand(day, MONDAY, TUESDAY, { exceptions: elsewhere }).slots.every(({ status }) => status === "open")).toBe(
      true,
    );
  });

  test("An extra session adds slots on its date, which an absence at the same time closes", () => {
    const extra: ScheduleException = { kind: "extra", date: MONDAY, from: "18:00", to: "19:00", locationId: "main" };
    expect(starts(expand([], MONDAY, "2026-12-10", { exceptions: [extra] }))).toEqual(["18:00+00:00", "18:30+00:00"]);
    const both = [extra, absent({ from: "18:30", to: "19:00" })];
    expect(starts(expand([], MONDAY, TUESDAY, { exceptions: both }))).toEqual(["18:00+00:00", "18:30+00:00 absence"]);
  });

  test("A public holiday closes all slots that start on its date at its location, with or without an absence", () => {
    const sessions = [...day, session(1, "08:00", "09:00", { locationId: "branch" })];
    const locations = new Map([
      ["main", { zone: "Europe/Dublin", holidays: new Set([MONDAY]) }],
      ["branch", { zone: "Europe/London", holidays: new Set<string>() }],
    ]);
    const exceptions = [absent({ from: "09:00", to: "09:30" })];
    expect(starts(expand(sessions, MONDAY, "2026-11-25", { locations, exceptions }))).toEqual([
      "08:00+00:00",
      "08:30+00:00",
      "09:00+00:00 holiday",
      "09:30+00:00 holiday",
      "10:00+00:00 holiday",
      "10:30+00:00 holiday",
      "09:00+00:00",
      "09:30+00:00",
    ]);
  });

  test.each([
    ["Pacific/Auckland", "+13:00"],
    ["America/Los_Angeles", "-08:00"],
  ])("A public holiday in %s closes its date there, also where UTC has another one", (zone, offset) => {
    // On Monday morning in Auckland it is Sunday in UTC, on Monday evening in Los Angeles Tuesday.
    const sessions = [session(1, "09:00", "09:30"), session(1, "20:00", "20:30"), session(2, "09:00", "09:30")];
    const locations = new Map([["main", { zone, holidays: new Set([MONDAY]) }]]);
    expect(starts(expand(sessions, MONDAY, "2026-11-25", { locations }), zone)).toEqual([
      `09:00${offset} holiday`,
      `20:00${offset} holiday`,
      `09:00${offset}`,
    ]);
  });

  test("Colliding sessions never give overlapping slots, and every dropped slot is reported", () => {
    const result = expand([session(1, "09:00", "10:00"), session(1, "09:15", "10:15")], MONDAY, TUESDAY);
    expect(starts(result)).toEqual(["09:00+00:00", "09:30+00:00"]);
    expect(result.conflicts.map(({ startsAt }) => formatInstant(startsAt, "UTC").slice(11, 16))).toEqual([
      "09:15",
      "09:45",
    ]);
  });
});
