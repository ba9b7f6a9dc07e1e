import { describe, expect, test } from "vitest";
import { costParts, totalCost } from "#domain/reassignment/cost.ts";
import { isFrozen, refusal } from "#domain/reassignment/limits.ts";
import type { CandidateSlot, DisplacedAppointment, Limits, Weights } from "#domain/reassignment/model.ts";
import { rank } from "#domain/reassignment/rank.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const WEIGHTS: Weights = { dayPoints: 60, hourPoints: 12, earlierPoints: 90, doctorPoints: 120, locationPoints: 180 };
const LIMITS: Limits = { now: 0, freezeHours: 24, minNoticeMinutes: 60, lastDay: 90, reassignDays: 14 };

/** A time in a zone without an offset, so that the wall says what the instant says. */
function at(day: number, minute: number, length = 15) {
  const startsAt = day * DAY + minute * MINUTE;
  return { day, minute, startsAt, endsAt: startsAt + length * MINUTE };
}

const displaced: DisplacedAppointment = {
  appointmentId: "a",
  patientId: "p",
  doctorId: "doctor",
  specialty: "general",
  locationId: "here",
  keepsLocation: false,
  busy: [],
  ...at(10, 600),
};

function slot(change: Partial<CandidateSlot> = {}): CandidateSlot {
  return { slotId: "s", doctorId: "doctor", specialty: "general", locationId: "here", ...at(11, 600), ...change };
}

describe("the cost of a new time", () => {
  const cost = (change: Partial<CandidateSlot>) => totalCost(costParts(displaced, slot(change), WEIGHTS));

  test("An unchanged time costs nothing", () => expect(cost(at(10, 600))).toBe(0));
  test("Days and times of day cost by the minute, in sixtieths of a point", () => {
    expect(costParts(displaced, slot(at(13, 617)), WEIGHTS)).toEqual({
      days: 3 * 60 * 60,
      timeOfDay: 17 * 12,
      earlier: 0,
      doctor: 0,
      location: 0,
    });
    expect(cost(at(11, 540))).toBe(60 * 60 + 60 * 12);
  });
  test("A time before the old one costs extra, by day or by minute", () => {
    expect(cost(at(9, 660))).toBe(60 * 60 + 60 * 12 + 90 * 60);
    expect(cost(at(10, 599))).toBe(12 + 90 * 60);
  });
  test("Another doctor and another location cost extra", () => {
    expect(cost({ ...at(10, 600), doctorId: "other", locationId: "there" })).toBe((120 + 180) * 60);
  });
  test("The wall clock counts, so a clock change between the two times costs nothing", () => {
    const summer = {
      ...at(11, 600),
      startsAt: at(11, 600).startsAt - 60 * MINUTE,
      endsAt: at(11, 600).endsAt - 60 * MINUTE,
    };
    expect(cost(summer)).toBe(60 * 60);
  });
});

describe("the limits", () => {
  const refused = (
    change: Partial<CandidateSlot>,
    of: Partial<DisplacedAppointment> = {},
    limits: Partial<Limits> = {},
  ) => refusal({ ...displaced, ...of }, slot(change), { ...LIMITS, ...limits });

  test("A fitting slot is allowed", () => expect(refused({})).toBeUndefined());
  test("An old start is frozen up to and including the edge", () => {
    expect(isFrozen(at(1, 0), LIMITS)).toBe(true);
    expect(isFrozen(at(1, 1), LIMITS)).toBe(false);
    expect(isFrozen(at(0, 1), { ...LIMITS, freezeHours: 0 })).toBe(false);
    expect(isFrozen(at(0, 0), { ...LIMITS, freezeHours: 0 })).toBe(true);
  });
  test("A new start inside the freeze or the minimum notice is refused, by the longer one", () => {
    expect(refused(at(1, 0))).toBe("tooSoon");
    expect(refused(at(1, 1))).toBeUndefined();
    expect(refused(at(1, 60), {}, { minNoticeMinutes: 1500 })).toBe("tooSoon");
    expect(refused(at(1, 61), {}, { minNoticeMinutes: 1500 })).toBeUndefined();
    expect(refused(at(0, 61), {}, { freezeHours: 0 })).toBeUndefined();
    expect(refused(at(0, 60), {}, { freezeHours: 0 })).toBe("tooSoon");
  });
  test("A slot beyond the policy's distance, in either direction, or after the last bookable date is refused", () => {
    expect(refused(at(24, 0))).toBeUndefined();
    expect(refused(at(25, 0))).toBe("tooFar");
    expect(refused(at(5, 0), at(20, 0))).toBe("tooFar");
    expect(refused(at(21, 0), {}, { lastDay: 20 })).toBe("tooFar");
    expect(refused(at(20, 0), {}, { lastDay: 20 })).toBeUndefined();
  });
  test("A shorter slot is refused, a longer one is not", () => {
    expect(refused(at(11, 600, 14))).toBe("tooShort");
    expect(refused(at(11, 600, 20))).toBeUndefined();
  });
  test("Another location is refused for a patient who needs theirs", () => {
    expect(refused({ locationId: "there" })).toBeUndefined();
    expect(refused({ locationId: "there" }, { keepsLocation: true })).toBe("otherLocation");
    expect(refused({}, { keepsLocation: true })).toBeUndefined();
  });
  test("A time that overlaps the patient's other appointment is refused; one that touches it is not", () => {
    expect(refused({}, { busy: [at(11, 614)] })).toBe("patientBusy");
    expect(refused({}, { busy: [at(11, 585), at(11, 615)] })).toBeUndefined();
  });
  test("Another specialty is the first reason for a refusal", () => {
    expect(refused({ specialty: "other", ...at(0, 0) })).toBe("otherSpecialty");
  });
});

describe("the ranking for a placement case", () => {
  const ids = (slots: CandidateSlot[], count = 10) =>
    rank(displaced, slots, WEIGHTS, LIMITS, count).map(({ slotId }) => slotId);

  test("The cheapest slots come first, equal ones by start and then by id, for any order of the input", () => {
    const slots = [
      slot({ slotId: "far", ...at(14, 600) }),
      slot({ slotId: "b", doctorId: "x" }),
      slot({ slotId: "a", doctorId: "y" }),
      slot({ slotId: "own" }),
      slot({ slotId: "soon", ...at(0, 600) }),
      // Equal in cost to "a" and "b", which start earlier: 120 points for ten hours instead of for another doctor.
      slot({ slotId: "late", ...at(11, 1200) }),
    ];
    expect(ids(slots)).toEqual(["own", "a", "b", "late", "far"]);
    expect(ids(slots.toReversed())).toEqual(["own", "a", "b", "late", "far"]);
    expect(ids(slots, 2)).toEqual(["own", "a"]);
  });
  test("A ranked slot says what changes for the patient", () => {
    const said = (change: Partial<CandidateSlot>) => rank(displaced, [slot(change)], WEIGHTS, LIMITS, 1)[0]?.reasons;
    expect(said({})).toEqual(["same doctor", "1 day later", "same time of day"]);
    expect(said({ ...at(7, 615), doctorId: "x", locationId: "there" })).toEqual([
      "another doctor of the specialty",
      "3 days earlier",
      "15 minutes later in the day",
      "another location",
    ]);
    expect(said(at(10, 600 - 121))).toEqual(["same doctor", "same day", "2 hours 1 minute earlier in the day"]);
    expect(said(at(12, 660))).toEqual(["same doctor", "2 days later", "1 hour later in the day"]);
  });
  test("The freeze of the old time does not matter, because staff ask", () => {
    const old = { ...displaced, ...at(0, 600) };
    expect(rank(old, [slot(at(0, 700))], WEIGHTS, { ...LIMITS, freezeHours: 0 }, 5)).toHaveLength(1);
  });
});
