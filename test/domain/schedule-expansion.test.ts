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
  test("becomes slots of the session's, else the doctor's, else the policy's length", () => {
    const lengths = (doctorSlotMinutes: number | null, slotMinutes: number | null) =>
      expand([session(1, "09:00", "10:00", { slotMinutes })], MONDAY, TUESDAY, { doctorSlotMinutes }).slots.length;
    expect(lengths(null, null)).toBe(2);
    expect(lengths(20, null)).toBe(3);
    expect(lengths(20, 15)).toBe(4);
  });

  test("leaves breaks as gaps and keeps to its weekdays and validity", () => {
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

  test("gives a session across midnight to the dates on which its slots start", () => {
    const night = [session(1, "23:00", "01:00")];
    expect(starts(expand(night, MONDAY, TUESDAY))).toEqual(["23:00+00:00", "23:30+00:00"]);
    const after = expand(night, TUESDAY, "2026-11-25");
    expect(starts(after)).toEqual(["00:00+00:00", "00:30+00:00"]);
    expect(after.slots.every((slot) => slot.date === TUESDAY)).toBe(true);
    expect(starts(expand([session(1, "23:00", "24:00")], MONDAY, "2026-11-25"))).toHaveLength(2);
    expect(starts(expand([session(1, "23:00", "00:00")], MONDAY, "2026-11-25"))).toHaveLength(2);
  });

  test("loses the hour that is skipped in spring, and no slot starts in it", () => {
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

  test("works, and offers, the hour that is repeated in autumn twice", () => {
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

  test("shares a repeated hour between two sessions that meet within it, without overlap", () => {
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

  test("follows zones that change by half an hour, by two hours, or are not on the hour", () => {
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

  test("makes no slot of a rest that is too short, as after a change of the slot length", () => {
    expect(starts(expand([session(1, "09:00", "10:15")], MONDAY, TUESDAY))).toEqual(["09:00+00:00", "09:30+00:00"]);
  });

  test("is refused when the range is inverted or beyond two years, or a location or slot length makes no sense", () => {
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
    toDate: TUESDAY,
    ...more,
  });

  test("an absence closes the slots of its days, or only those its hours touch", () => {
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

  test("an absence at one location leaves the others open", () => {
    const elsewhere = [absent({ locationId: "branch" })];
    expect(expand(day, MONDAY, TUESDAY, { exceptions: elsewhere }).slots.every(({ status }) => status === "open")).toBe(
      true,
    );
  });

  test("an extra session adds slots on its date, which an absence at the same time closes", () => {
    const extra: ScheduleException = { kind: "extra", date: MONDAY, from: "18:00", to: "19:00", locationId: "main" };
    expect(starts(expand([], MONDAY, "2026-12-10", { exceptions: [extra] }))).toEqual(["18:00+00:00", "18:30+00:00"]);
    const both = [extra, absent({ from: "18:30", to: "19:00" })];
    expect(starts(expand([], MONDAY, TUESDAY, { exceptions: both }))).toEqual(["18:00+00:00", "18:30+00:00 absence"]);
  });

  test("a public holiday closes every slot that starts on its date at its location, whoever is absent", () => {
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

  test("sessions that collide nevertheless never give overlapping slots, and nothing is dropped unseen", () => {
    const result = expand([session(1, "09:00", "10:00"), session(1, "09:15", "10:15")], MONDAY, TUESDAY);
    expect(starts(result)).toEqual(["09:00+00:00", "09:30+00:00"]);
    expect(result.conflicts.map(({ startsAt }) => formatInstant(startsAt, "UTC").slice(11, 16))).toEqual([
      "09:15",
      "09:45",
    ]);
  });
});
