import { describe, expect, test } from "vitest";
import { decide } from "#domain/calendar/decide.ts";
import type { Calendar, StoredSlot } from "#domain/calendar/model.ts";

const MINUTE = 60_000;
const now = Date.parse("2027-03-25T09:00:00Z");
/** Dublin's clocks go forward at 01:00 on 28 March 2027, and back at 02:00 on 31 October. */
const zones = { quay: "Europe/Dublin", island: "Australia/Lord_Howe" };

function calendar(slots: StoredSlot[] = []): Calendar {
  const holidays = new Set(["2027-04-02"]);
  const away = { id: "e", kind: "absence", fromDate: "2027-04-03", toDate: "2027-04-03", note: null } as const;
  const doctor = { id: "d", slotMinutes: null, scheduleVersion: 1, active: true, leavesOn: null, sessions: [] };
  return {
    now,
    today: "2027-03-25",
    policySlotMinutes: 15,
    horizonDays: 30,
    locations: new Map(Object.entries(zones).map(([id, zone]) => [id, { id, zone, country: "IE", holidays }])),
    doctors: new Map([["d", { ...doctor, exceptions: [{ ...away, from: null, to: null, locationId: null }] }]]),
    slots,
  };
}

function add(
  date: string,
  from: string,
  to: string,
  locationId: keyof typeof zones = "quay",
  slots: StoredSlot[] = [],
) {
  const exception = { kind: "extra", date, from, to, locationId, slotMinutes: null } as const;
  return decide(calendar(slots), { kind: "exception-add", doctorId: "d", exception, note: null });
}

function slotAt(iso: string, minutes: number): StoredSlot {
  const startsAt = Date.parse(iso);
  const place = { doctorId: "d", locationId: "quay", date: iso.slice(0, 10) };
  const state = { status: "open", closedBy: null, byHand: "open", origin: "staff", appointment: null } as const;
  return { id: "s", ...place, startsAt, endsAt: startsAt + minutes * MINUTE, ...state };
}

describe("an extra session that would offer no time is refused, and says why", () => {
  test.each([
    ["in the hour that the clocks skip", "2027-03-28", "01:00", "02:00", "quay", "/from", "do not exist", "never"],
    ["in Lord Howe's skipped half-hour", "2027-10-03", "02:00", "02:30", "island", "/from", "do not exist", "never"],
    ["on a day that is over", "2027-03-24", "10:00", "12:00", "quay", "/date", "in the past", "past"],
    ["in hours of today that are over", "2027-03-25", "08:00", "09:00", "quay", "/date", "in the past", "past"],
    ["on a public holiday", "2027-04-02", "10:00", "12:00", "quay", "/date", "public holiday", "holiday"],
    ["while the doctor is absent", "2027-04-03", "10:00", "12:00", "quay", "/date", "absent", "absent"],
  ] as const)("%s", (_, date, from, to, place, pointer, detail, why) => {
    expect(add(date, from, to, place)).toEqual({
      fault: { code: "invalid-request", errors: [{ pointer, detail: expect.stringContaining(detail), why }] },
    });
  });

  test("over slots that staff have added: it is there already", () => {
    const taken = slotAt("2027-03-27T10:00:00Z", 60);
    expect(add("2027-03-27", "10:00", "11:00", "quay", [taken])).toMatchObject({ fault: { code: "duplicate" } });
  });
});

describe("an extra session that offers some time is added", () => {
  test.each([
    ["around the skipped hour: without that hour", "2027-03-28", "00:30", "02:30", 4],
    ["in the hour that comes twice: both of them", "2027-10-31", "01:00", "02:00", 0],
    ["today, partly over: what is left", "2027-03-25", "08:30", "09:30", 1],
    ["beside a slot that staff have added", "2027-03-27", "10:00", "11:00", 3],
    ["beyond the horizon: none yet", "2027-06-01", "10:00", "11:00", 0],
  ])("%s", (_, date, from, to, count) => {
    const decision = add(date, from, to, "quay", [slotAt("2027-03-27T10:00:00Z", 15)]);
    expect("plan" in decision ? decision.plan.add : decision.fault).toHaveLength(count);
  });
});
