import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExistingSlot, diffSlots } from "#domain/schedule/diff.ts";
import { expandSchedule } from "#domain/schedule/expand.ts";
import type { WantedSlot } from "#domain/schedule/model.ts";
import { caseCount, scheduleCase } from "./generated-cases.ts";

const HOUR = 3_600_000;

function wanted(hour: number, more: Partial<WantedSlot> = {}): WantedSlot {
  return {
    startsAt: hour * HOUR,
    endsAt: (hour + 1) * HOUR,
    date: "1970-01-01",
    locationId: "main",
    status: "open",
    ...more,
  };
}

function existing(id: string, hour: number, more: Partial<ExistingSlot> = {}): ExistingSlot {
  return { id, startsAt: hour * HOUR, endsAt: (hour + 1) * HOUR, locationId: "main", status: "open", ...more };
}

/** The database's slots afterwards. */
function apply(slots: ExistingSlot[], diff: ReturnType<typeof diffSlots>): ExistingSlot[] {
  const kept = new Set(diff.keep);
  const changes = new Map(diff.change.map(({ id, ...state }) => [id, { closedBy: null, ...state }]));
  return [
    ...slots.filter(({ id }) => kept.has(id)).map((slot) => ({ ...slot, ...changes.get(slot.id) })),
    ...ids(diff.add, "new"),
  ];
}

function ids(slots: WantedSlot[], prefix = "slot"): ExistingSlot[] {
  return slots.map((slot, index) => ({ ...slot, id: `${prefix}-${index}` }));
}

describe("re-expansion", () => {
  test("Exactly the slots that still fit keep their ids", () => {
    const diff = diffSlots(
      [existing("a", 9), existing("b", 10), existing("c", 11), existing("d", 12, { endsAt: 12.5 * HOUR })],
      [wanted(9), wanted(11, { locationId: "branch" }), wanted(12), wanted(13)],
    );
    expect(diff.keep).toEqual(["a"]);
    expect(diff.remove).toEqual(["b", "c", "d"]);
    expect(diff.add.map(({ startsAt, locationId }) => [startsAt / HOUR, locationId])).toEqual([
      [11, "branch"],
      [12, "main"],
      [13, "main"],
    ]);
  });

  test("Kept slots are closed and reopened with their cause", () => {
    const diff = diffSlots(
      [existing("a", 9), existing("b", 10, { status: "closed", closedBy: "holiday" }), existing("c", 11)],
      [wanted(9, { status: "closed", closedBy: "holiday" }), wanted(10), wanted(11)],
    );
    expect(diff.change).toEqual([
      { id: "a", status: "closed", closedBy: "holiday" },
      { id: "b", status: "open" },
    ]);
    expect(diff.keep).toEqual(["a", "b", "c"]);
  });

  test("Slots changed by hand stay, and no slot is added over them", () => {
    const diff = diffSlots(
      [
        existing("added", 20, { byHand: true }),
        existing("closed", 9, { byHand: true, status: "closed", closedBy: "staff" }),
        existing("moved", 10, { byHand: true, startsAt: 10.5 * HOUR, endsAt: 11.5 * HOUR }),
        existing("kept", 12),
      ],
      [wanted(9), wanted(10), wanted(11), wanted(12)],
    );
    expect(diff.keep.toSorted()).toEqual(["added", "closed", "kept", "moved"]);
    expect(diff.blocked.map(({ startsAt }) => startsAt / HOUR)).toEqual([10, 11]);
    expect([diff.add, diff.remove, diff.change]).toEqual([[], [], []]);
  });

  test("A change of the zone's rules moves only the slots after it", () => {
    // Had Ireland given up summer time in 2026, it would have stayed on the time that Reykjavik keeps.
    const sessions = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      from: "09:00",
      to: "11:00",
      validFrom: "2026-01-01",
      locationId: "main",
    }));
    const under = (zone: string) => {
      const locations = new Map([["main", { zone, holidays: new Set<string>() }]]);
      const range = { from: "2026-03-23", to: "2026-04-05" };
      return expandSchedule({ sessions, exceptions: [], locations, policySlotMinutes: 60, ...range }).slots;
    };
    const before = ids(under("Europe/Dublin"));
    const diff = diffSlots(before, under("Atlantic/Reykjavik"));
    const summer = Date.parse("2026-03-29T01:00:00Z");
    // From 09:00-11:00 +01:00 to 09:00-11:00 +00:00: one of each day's two hours is still worked.
    expect(diff.keep).toEqual(
      before.filter(({ startsAt }) => startsAt < summer || startsAt % 86_400_000 === 9 * HOUR).map(({ id }) => id),
    );
    expect(diff.remove).toHaveLength(7);
    expect(diff.add).toHaveLength(7);
  });

  test("The difference between any two schedules gives the wanted slots, keeps all that fit, and is then empty", () => {
    fc.assert(
      fc.property(scheduleCase, fc.array(fc.nat(200), { maxLength: 5 }), fc.boolean(), (input, touched, fewer) => {
        const now = expandSchedule(input).slots;
        const stored = ids(now).map((slot, index) => (touched.includes(index) ? { ...slot, byHand: true } : slot));
        const target = expandSchedule({
          ...input,
          sessions: fewer ? input.sessions.slice(1) : [...input.sessions],
          exceptions: [],
          doctorSlotMinutes: 20,
        }).slots;
        const diff = diffSlots(stored, target);
        const after = apply(stored, diff);
        const key = (slot: { startsAt: number; endsAt: number; locationId: string }) =>
          `${slot.startsAt}-${slot.endsAt}-${slot.locationId}`;

        expect([...diff.keep, ...diff.remove].sort()).toEqual(stored.map(({ id }) => id).sort());
        const free = after.filter(({ byHand }) => !byHand).map((slot) => `${key(slot)} ${slot.status}`);
        const blocked = new Set(diff.blocked.map(key));
        const byHand = new Set(stored.filter((slot) => slot.byHand).map(key));
        const asWanted = target.filter((slot) => !blocked.has(key(slot)) && !byHand.has(key(slot)));
        expect(free.sort()).toEqual(asWanted.map((slot) => `${key(slot)} ${slot.status}`).sort());
        const targets = new Set(target.map(key));
        for (const slot of stored) if (targets.has(key(slot))) expect(diff.keep).toContain(slot.id);

        const ordered = after.toSorted((a, b) => a.startsAt - b.startsAt);
        for (const [index, slot] of ordered.entries()) {
          if (index > 0) expect(ordered[index - 1]!.endsAt).toBeLessThanOrEqual(slot.startsAt);
        }
        const again = diffSlots(after, target);
        expect([again.add, again.remove, again.change]).toEqual([[], [], []]);
      }),
      { numRuns: Math.min(50_000, caseCount(2_000)) },
    );
  });
});
