import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { addDays } from "#domain/clinic-time.ts";
import { expandSchedule } from "#domain/schedule/expand.ts";
import type { WantedSlot } from "#domain/schedule/model.ts";
import { validateExceptions, validateTemplate } from "#domain/schedule/validate.ts";
import { caseCount, report, scheduleCase } from "./generated-cases.ts";
import { naiveSlots, wallMinute } from "./naive-schedule.ts";
import { daysOfChange, ZONES } from "./zones.ts";

const cases = caseCount(10_000);
const counts = { cases: 0, slots: 0, closed: 0, withClockChange: 0, withConflicts: 0, valid: 0, zones: 0, lengths: 0 };
const zonesSeen = new Set<string>();
const lengthsSeen = new Set<number>();

function line(slot: WantedSlot): string {
  const state = slot.closedBy ?? slot.status;
  return `${slot.startsAt / 60_000} ${slot.endsAt / 60_000} ${slot.date} ${slot.locationId} ${state}`;
}

function clocksChange(zone: string, from: string, to: string): boolean {
  const offset = (date: string) => {
    const minute = Date.parse(`${date}T00:00:00Z`) / 60_000;
    return wallMinute(zone, minute) - minute;
  };
  return offset(addDays(from, -1)) !== offset(addDays(to, 1));
}

afterAll(() => {
  counts.zones = zonesSeen.size;
  counts.lengths = lengthsSeen.size;
  report("schedule expansion against the naive clock", counts);
});

describe("a schedule expanded into slots", () => {
  test(
    "A schedule has exactly the slots of a clock read minute by minute, in all zones and across all clock changes",
    () => {
      fc.assert(
        fc.property(scheduleCase, (input) => {
          const { slots, conflicts } = expandSchedule(input);
          expect([...slots, ...conflicts].map(line).sort()).toEqual(naiveSlots(input));
          for (const [index, slot] of slots.entries()) {
            if (index > 0 && slots[index - 1]!.endsAt > slot.startsAt) throw new Error(`overlap at ${line(slot)}`);
          }

          counts.cases++;
          counts.slots += slots.length;
          if (conflicts.length > 0) counts.withConflicts++;
          for (const slot of slots) {
            if (slot.status === "closed") counts.closed++;
            lengthsSeen.add((slot.endsAt - slot.startsAt) / 60_000);
          }
          for (const { zone } of input.locations.values()) zonesSeen.add(zone);
          if (clocksChange(input.locations.get("main")!.zone, input.from, input.to)) counts.withClockChange++;

          // Schedules that the validators accept never have conflicts, and can be expanded a day at a time.
          const accepted =
            validateTemplate(input.sessions, input).length === 0 &&
            validateExceptions(input.exceptions, input.sessions, input).length === 0;
          if (!accepted) return;
          counts.valid++;
          expect(conflicts).toEqual([]);
          const middle = addDays(input.from, 1);
          const inParts = [
            ...expandSchedule({ ...input, to: middle }).slots,
            ...expandSchedule({ ...input, from: middle }).slots,
          ];
          expect(inParts.sort((a, b) => a.startsAt - b.startsAt)).toEqual(slots);
        }),
        { numRuns: cases },
      );
      expect(counts.withClockChange).toBeGreaterThan(cases / 5);
      expect(counts.valid).toBeGreaterThan(cases / 20);
      expect(zonesSeen.size).toBe(ZONES.length);
      if (cases >= 2_000) expect(lengthsSeen.size).toBe(116);
    },
    240_000 + cases * 5,
  );

  test("Every clock change is at a full quarter of an hour, as the naive clock assumes", () => {
    for (const zone of ZONES) {
      for (const day of daysOfChange(zone)) {
        let low = day * 1440;
        let high = low + 1440;
        const offset = (minute: number) => wallMinute(zone, minute) - minute;
        while (high - low > 1) {
          const middle = (low + high) >>> 1;
          if (offset(middle) === offset(low)) low = middle;
          else high = middle;
        }
        expect(high % 15).toBe(0);
      }
    }
  });
});
