import { describe, expect, test } from "vitest";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { inverseOf } from "#domain/calendar/inverse.ts";
import type { Calendar, StoredSlot } from "#domain/calendar/model.ts";
import { type UndoItem, keptInWords, planUndo } from "#domain/calendar/undo.ts";

const HOUR = 3_600_000;
const now = Date.parse("2026-12-01T09:00:00Z");
const at = (hours: number) => now + hours * HOUR;
const limits = { freezeHours: 24, minNoticeMinutes: 60 };

function slot(id: string, hours: number, more: Partial<StoredSlot> = {}): StoredSlot {
  const startsAt = at(hours);
  const date = new Date(startsAt).toISOString().slice(0, 10);
  const free = { byHand: null, origin: "template", appointment: null } as const;
  const place = { doctorId: "d", locationId: "l", startsAt, endsAt: startsAt + HOUR, date };
  return { id, ...place, status: "closed", closedBy: "absence", ...free, ...more };
}

/** An appointment that an absence has moved from one hour to another, outside the freeze. */
function item(hours: number, more: Partial<UndoItem> = {}): UndoItem {
  const place = (start: number) => ({ doctorId: "d", locationId: "l", startsAt: at(start), endsAt: at(start + 1) });
  const stands = { leftVersion: 3, version: 3, status: "moved", slotId: "elsewhere", unansweredFrom: null } as const;
  return {
    appointmentId: `a${hours}`,
    patientId: `p${hours}`,
    from: place(hours),
    to: place(hours + 24 * 7),
    movedFrom: place(hours),
    at: place(hours + 24 * 7),
    stayed: false,
    busy: false,
    held: false,
    ...stands,
    ...more,
  };
}

const absence = { id: "e", kind: "absence", fromDate: "2026-12-01", toDate: "2026-12-09", note: null } as const;
function calendar(slots: StoredSlot[]): Calendar {
  return {
    now,
    today: "2026-12-01",
    policySlotMinutes: 60,
    horizonDays: 30,
    locations: new Map([["l", { id: "l", zone: "UTC", country: "IE", holidays: new Set<string>() }]]),
    doctors: new Map([
      [
        "d",
        {
          id: "d",
          slotMinutes: null,
          scheduleVersion: 1,
          active: true,
          leavesOn: null,
          sessions: [],
          exceptions: [{ ...absence, from: null, to: null, locationId: null }],
        },
      ],
    ]),
    slots,
  };
}
const back: CalendarChange = { kind: "exception-remove", doctorId: "d", exceptionId: "e" };

function judge(slots: StoredSlot[], items: UndoItem[]) {
  const plan = planUndo(calendar(slots), back, items, limits);
  if ("fault" in plan) throw new Error(JSON.stringify(plan));
  return {
    back: plan.back.map((one) => [one.item.appointmentId, one.slotId]),
    kept: plan.kept.map((one) => [one.item.appointmentId, one.why.code]),
    displaced: plan.displaced,
  };
}

const third = { ...item(30).at, startsAt: at(300), endsAt: at(301) };

describe("appointments that go back", () => {
  test.each<[string, Partial<UndoItem>, string | null]>([
    ["is as the operation left it", {}, null],
    ["is a placement case", { status: "to-place", slotId: null, to: null, movedFrom: null, at: item(30).from }, null],
    ["was moved again and put back, unanswered", { version: 6, slotId: "new" }, null],
    [
      "was put back there while an earlier move is unanswered",
      { version: 6, unansweredFrom: third, movedFrom: third },
      null,
    ],
    ["the patient has agreed to", { status: "booked", version: 4, movedFrom: null }, "accepted"],
    [
      "the patient has agreed to and that was put back",
      { status: "booked", version: 6, movedFrom: null, slotId: "new" },
      "accepted",
    ],
    ["has another time", { status: "booked", version: 4, movedFrom: null, at: third }, "changed"],
    ["has another time, from which it was moved", { version: 6, movedFrom: third, at: item(60).at }, "changed"],
    ["is back there from a time that the patient chose", { version: 8, movedFrom: third }, "changed"],
    ["was moved by a later operation", { version: 5, movedFrom: item(30).to, at: third }, "displaced"],
    [
      "could not go back when a later operation was taken back",
      { version: 5, movedFrom: item(30).to, at: third, stayed: true },
      "stayed",
    ],
    [
      "is a placement case since a later operation",
      { status: "to-place", version: 4, slotId: null, movedFrom: null },
      "displaced",
    ],
    ["staff placed", { status: "booked", version: 4, to: null, movedFrom: null, at: third }, "changed"],
    ["had another time before the operation moved it", { leftVersion: null }, "changed"],
    ["is cancelled", { status: "cancelled", version: 4, slotId: null }, "cancelled"],
    ["the patient has arrived for", { status: "arrived", version: 4 }, "attended"],
    ["the patient missed", { status: "no-show", version: 4 }, "attended"],
    ["overlaps another one at the former time", { busy: true }, "busy"],
    ["had a time that is held now", { held: true }, "taken"],
    ["is within the freeze", { at: { ...item(30).at, startsAt: at(24), endsAt: at(25) } }, "frozen"],
  ])("An appointment that %s", (_, more, code) => {
    const { back: gone, kept } = judge([slot("s", 30)], [item(30, more)]);
    expect({ gone, kept }).toEqual(
      code === null ? { gone: [["a30", "s"]], kept: [] } : { gone: [], kept: [["a30", code]] },
    );
  });

  test("The freeze binds to the hour, and a past time is over", () => {
    const slots = [slot("over", -2), slot("edge", 24), slot("past", 24.5)];
    expect(judge(slots, [item(-2), item(24), item(24.5)])).toEqual({
      back: [["a24.5", "past"]],
      kept: [
        ["a-2", "over"],
        ["a24", "frozen"],
      ],
      displaced: 0,
    });
  });

  test("A former time that is taken, closed or gone stays lost", () => {
    const guest = { id: "x", version: 1, patientId: "y", settled: false };
    const slots = [
      slot("taken", 30, { appointment: guest }),
      slot("shut", 40, { byHand: "closed", closedBy: "staff" }),
    ];
    expect(judge(slots, [item(30), item(40), item(50)])).toEqual({
      back: [],
      kept: [
        ["a30", "taken"],
        ["a40", "gone"],
        ["a50", "gone"],
      ],
      displaced: 0,
    });
  });

  test("An appointment that cannot go back blocks the inverse change at its slot", () => {
    const added = { id: "own", version: 3, patientId: "p30", settled: false };
    const extra = slot("own", 60, {
      status: "open",
      closedBy: null,
      byHand: "open",
      origin: "staff",
      appointment: added,
    });
    const removed: CalendarChange = { kind: "slot-remove", slotId: "own" };
    const sits = item(30, { slotId: "own", at: { ...item(30).at, startsAt: at(60), endsAt: at(61) } });
    const free = slot("s", 30, { status: "open", closedBy: null, byHand: "open", origin: "staff" });
    const before = {
      ...calendar([free, extra]),
      doctors: new Map([["d", { ...calendar([]).doctors.get("d")!, exceptions: [] }]]),
    };
    expect(planUndo(before, removed, [sits], limits)).toMatchObject({ back: [{ slotId: "s" }], displaced: 0 });
    const held = planUndo(before, removed, [{ ...sits, held: true }], limits);
    expect(held).toMatchObject({ back: [], kept: [{ why: { code: "taken" } }], displaced: 1 });
  });

  test("Every reason has a sentence", () => {
    const since = ["accepted", "changed", "displaced", "stayed", "cancelled", "attended"] as const;
    const codes = [...since, "over", "frozen", "busy", "taken", "gone"] as const;
    const said = codes.map((code) => keptInWords({ code }));
    expect(new Set(said).size).toBe(codes.length);
    for (const one of said) expect(one).toMatch(/^[A-Z].+\.$/);
  });
});

describe("the inverse change", () => {
  test("The inverse change removes the added holidays that still exist, and keeps corrected names", () => {
    const change: CalendarChange = {
      kind: "holidays-add",
      locationId: null,
      country: null,
      days: [{ date: "2026-12-08", name: "Fair" }],
      source: "staff",
    };
    const changed = [
      { id: "new", before: null },
      { id: "gone", before: null },
      { id: "named", before: { name: "Fare" } },
    ];
    const standing = ["new", "named"].map((holidayId) => ({ holidayId, locationId: "l", date: "2026-12-08" }));
    expect(inverseOf(change, changed, standing)).toEqual({ kind: "holiday-remove", days: [standing[0]] });
    expect(inverseOf(change, changed, standing.slice(1))).toBeNull();
    expect(inverseOf(change, [], standing)).toBeNull();
  });
});
