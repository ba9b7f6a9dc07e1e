import { describe, expect, test } from "vitest";
import { type QueueSlot, limitsOfStaff, rankForStaff, whyInWords } from "#domain/placement.ts";
import type { DisplacedAppointment, Limits } from "#domain/reassignment/model.ts";
import { solve } from "#domain/reassignment/plan.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 09:00 UTC on day 20,000. */
const NOW = 20_000 * DAY + 9 * HOUR;
const LENGTH = 15 * 60_000;

const limits: Limits = { now: NOW, freezeHours: 24, minNoticeMinutes: 60, lastDay: 20_090, reassignDays: 14 };
const weights = { dayPoints: 60, hourPoints: 12, earlierPoints: 90, doctorPoints: 120, locationPoints: 180 };
const at = (startsAt: number) => ({
  startsAt,
  endsAt: startsAt + LENGTH,
  day: Math.floor(startsAt / DAY),
  minute: Math.floor((startsAt % DAY) / 60_000),
});
const displaced = (startsAt: number): DisplacedAppointment => ({
  appointmentId: "appointment",
  patientId: "patient",
  doctorId: "doctor",
  specialty: "Dermatology",
  locationId: "quay",
  keepsLocation: false,
  busy: [],
  ...at(startsAt),
});
const slot = (slotId: string, startsAt: number, more: Partial<QueueSlot> = {}): QueueSlot => ({
  slotId,
  doctorId: "doctor",
  specialty: "Dermatology",
  locationId: "quay",
  offered: false,
  lateOpening: false,
  ...at(startsAt),
  ...more,
});

describe("ranking for staff", () => {
  const lost = displaced(NOW + 3 * DAY);

  test("The nearest slots come first, with reasons, and those that patients cannot book are marked", () => {
    const ranked = rankForStaff(
      lost,
      [
        slot("next day", NOW + 4 * DAY),
        slot("at the edge of the freeze", NOW + 24 * HOUR),
        slot("beyond it", NOW + 24 * HOUR + 60_000),
        slot("at once", NOW + HOUR),
        slot("far off", NOW + 40 * DAY),
        slot("begun", NOW),
      ],
      { weights, limits },
    );
    expect(ranked.map(({ slotId, marks }) => [slotId, marks])).toEqual([
      ["next day", []],
      ["at the edge of the freeze", ["within-freeze"]],
      ["beyond it", []],
      ["at once", ["within-freeze", "short-notice"]],
      ["far off", []],
    ]);
    expect(ranked[0]!.reasons).toEqual(["same doctor", "1 day later", "same time of day"]);
  });

  test("Slots reserved for the queue come before nearer ones, if they fit", () => {
    const near = Array.from({ length: 12 }, (_, n) => slot(`near ${n}`, NOW + 3 * DAY + (n + 1) * LENGTH));
    const kept = slot("kept", NOW + 9 * DAY, { offered: true });
    const short = slot("too short", NOW + 3 * DAY, { offered: true, endsAt: NOW + 3 * DAY + LENGTH - 1 });
    const ranked = rankForStaff(lost, [...near, kept, short], { weights, limits });
    expect(ranked.map(({ slotId }) => slotId)).toEqual(["kept", ...near.slice(0, 9).map(({ slotId }) => slotId)]);
  });

  test("An appointment whose time is over can still be placed", () => {
    const over = displaced(NOW - 2 * DAY);
    expect(rankForStaff(over, [slot("later", NOW + DAY)], { weights, limits })).toHaveLength(1);
    const plan = solve({
      displaced: [over],
      candidates: [slot("later", NOW + DAY)],
      weights,
      limits: limitsOfStaff(limits),
    });
    expect(plan.moves.map(({ slotId }) => slotId)).toEqual(["later"]);
  });
});

describe("why it was not placed automatically", () => {
  const refused = { tooShort: 0, otherLocation: 0, patientBusy: 0, tooFar: 0, tooSoon: 0 };
  test.each([
    [{ code: "frozen" }, "Its time was within the freeze, so a person speaks to the patient."],
    [
      { code: "outbid", possible: 1 },
      "There were more appointments than times: 1 time would have suited, and went to others.",
    ],
    [{ code: "no-slot", free: 0, refused }, "No time of the specialty was free."],
    [
      { code: "no-slot", free: 9, refused: { ...refused, tooFar: 6, tooShort: 2, patientBusy: 1 } },
      "No free time would do: of 9 free times 6 too far off, 2 too short, 1 when the patient is elsewhere.",
    ],
  ] as const)("%o", (why, words) => {
    expect(whyInWords(why)).toBe(words);
  });
});
