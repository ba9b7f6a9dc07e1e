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

/** Somebody whom an absence has moved from one hour to another, outside its reach. */
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
    busy: false,
    held: false,
    ...stands,
    ...more,
  };
}

const absence = { id: "e", kind: "absence", fromDate: "2026-12-01", toDate: "2026-12-10", note: null } as const;
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

describe("who goes back", () => {
  test.each<[string, Partial<UndoItem>, string | null]>([
    ["stands as it was left", {}, null],
    ["waits for a person", { status: "to-place", slotId: null, to: null, movedFrom: null, at: item(30).from }, null],
    ["was moved on and put back, unanswered", { version: 6, slotId: "anew" }, null],
    [
      "was put back there, where an earlier move is unanswered",
      { version: 6, unansweredFrom: third, movedFrom: third },
      null,
    ],
    ["has agreed", { status: "booked", version: 4, movedFrom: null }, "accepted"],
    ["has agreed and was put back", { status: "booked", version: 6, movedFrom: null, slotId: "anew" }, "accepted"],
    ["has another time", { status: "booked", version: 4, movedFrom: null, at: third }, "changed"],
    ["has another time, from which they were moved", { version: 6, movedFrom: third, at: item(60).at }, "changed"],
    ["is back there from a time of their own", { version: 8, movedFrom: third }, "changed"],
    ["was moved by a later operation", { version: 5, movedFrom: item(30).to, at: third }, "displaced"],
    ["waits since a later operation", { status: "to-place", version: 4, slotId: null, movedFrom: null }, "displaced"],
    ["was placed by a person", { status: "booked", version: 4, to: null, movedFrom: null, at: third }, "changed"],
    ["had found another time before it was their turn", { leftVersion: null }, "changed"],
    ["has cancelled", { status: "cancelled", version: 4, slotId: null }, "cancelled"],
    ["has come", { status: "arrived", version: 4 }, "attended"],
    ["was missed", { status: "no-show", version: 4 }, "attended"],
    ["is elsewhere then", { busy: true }, "busy"],
    ["has had the time taken by a hold", { held: true }, "taken"],
    ["is expected within the freeze", { at: { ...item(30).at, startsAt: at(24), endsAt: at(25) } }, "frozen"],
  ])("whoever %s", (_, more, code) => {
    const { back: gone, kept } = judge([slot("s", 30)], [item(30, more)]);
    expect({ gone, kept }).toEqual(
      code === null ? { gone: [["a30", "s"]], kept: [] } : { gone: [], kept: [["a30", code]] },
    );
  });

  test("the freeze binds to the hour, and what is over is over", () => {
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

  test("a former time that is another's, closed by something else, or not there, stays lost", () => {
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

  test("whoever cannot go back is in the way of the change back where they are", () => {
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

  test("every reason has its sentence", () => {
    const since = ["accepted", "changed", "displaced", "cancelled", "attended"] as const;
    const codes = [...since, "over", "frozen", "busy", "taken", "gone"] as const;
    const said = codes.map((code) => keptInWords({ code }));
    expect(new Set(said).size).toBe(codes.length);
    for (const one of said) expect(one).toMatch(/^[A-Z].+\.$/);
  });
});

describe("the change back", () => {
  test("takes away the holidays that were added and still stand, and leaves corrected names", () => {
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
