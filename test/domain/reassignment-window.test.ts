import { describe, expect, test } from "vitest";
import { costParts, totalCost } from "#domain/reassignment/cost.ts";
import type { CandidateSlot, DisplacedAppointment, Limits, Weights } from "#domain/reassignment/model.ts";
import { type Supply, isPlaceholder, nextBatch, reachOf, ring, placeholders } from "#domain/reassignment/window.ts";

const limits: Limits = { now: 0, freezeHours: 24, minNoticeMinutes: 60, lastDay: 130, reassignDays: 14 };

function lost(day: number, specialty = "Eyes"): DisplacedAppointment {
  const startsAt = day * 86_400_000 + 9 * 3_600_000;
  return {
    appointmentId: `${specialty} ${day}`,
    patientId: `patient ${day}`,
    doctorId: "doctor",
    specialty,
    locationId: "here",
    keepsLocation: true,
    busy: [],
    startsAt,
    endsAt: startsAt + 900_000,
    day,
    minute: 540,
  };
}

const supplyOf = (specialty: string, free: number, from = 50, to = 130): Supply[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ specialty, day: from + n, free }));

describe("batches", () => {
  test("A batch has the specialties that patients join, and no other", () => {
    const of = (patientId: string, specialty: string): DisplacedAppointment => ({ ...lost(100, specialty), patientId });
    const displaced = [of("ann", "Eyes"), of("ann", "Skin"), of("bob", "Skin"), of("bob", "Teeth"), of("eve", "Heart")];
    expect(nextBatch(displaced, [], limits, 400)).toMatchObject({ specialties: ["Eyes", "Skin", "Teeth"] });
    expect(nextBatch(displaced.slice(4), [], limits, 400)).toMatchObject({ specialties: ["Heart"] });
    const supply = [...supplyOf("Eyes", 10), ...supplyOf("Skin", 10)];
    // Free slots of all of them count: 29 days with 20.
    expect(nextBatch([...displaced.slice(0, 2), lost(101)], supply, limits, 599)).toMatchObject({
      days: { from: 100, to: 100 },
    });
    expect(nextBatch([...displaced.slice(0, 2), lost(101)], supply, limits, 600)).toMatchObject({
      days: { from: 100, to: 101 },
    });
  });

  test("A batch has one specialty, and all of it if the slots within reach are few enough", () => {
    const displaced = [lost(102), lost(100), { ...lost(101, "Skin"), patientId: "another" }, lost(101)];
    const batch = nextBatch(displaced, [...supplyOf("Eyes", 10), ...supplyOf("Skin", 1_000)], limits, 400);
    expect(batch).toMatchObject({ specialties: ["Eyes"], days: { from: 100, to: 102 } });
    expect(batch?.displaced.map(({ day }) => day)).toEqual([100, 101, 102]);
    expect(nextBatch([lost(101, "Skin")], [], limits, 400)).toMatchObject({ specialties: ["Skin"] });
    expect(nextBatch([], [], limits, 400)).toBeNull();
  });

  test("A batch has the first days whose slots are few enough, and at least one day", () => {
    const displaced = [lost(100), lost(101), lost(105)];
    // 14 days on either side of a day are 29.
    expect(nextBatch(displaced, supplyOf("Eyes", 10), limits, 300)).toMatchObject({ days: { from: 100, to: 101 } });
    const first = nextBatch(displaced, supplyOf("Eyes", 10), limits, 5);
    expect(first).toMatchObject({ days: { from: 100, to: 100 } });
    expect(first?.displaced).toHaveLength(1);
  });
});

describe("the distance of candidates", () => {
  const batch = nextBatch([lost(100)], [], limits, 1)!;

  test("Candidates are read in rings up to the policy's distance, without a gap and with at most the maximum each", () => {
    const supply = supplyOf("Eyes", 10);
    const read: number[] = [];
    for (let inner = -1; inner < limits.reassignDays;) {
      const outer = reachOf(batch, inner, supply, limits, 100);
      expect(outer).toBeGreaterThan(inner);
      const days = ring(batch.days, inner, outer).flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, n) => from + n),
      );
      expect(days.length * 10).toBeLessThanOrEqual(100);
      read.push(...days);
      inner = outer;
    }
    expect(read.sort((a, b) => a - b)).toEqual(Array.from({ length: 29 }, (_, n) => 86 + n));
  });

  test("A ring has at least one day, with any number of slots", () => {
    expect(reachOf(batch, -1, supplyOf("Eyes", 1_000), limits, 100)).toBe(0);
    expect(reachOf(batch, 3, supplyOf("Eyes", 1_000), limits, 100)).toBe(4);
    expect(reachOf(batch, -1, [], limits, 100)).toBe(14);
  });
});

describe("placeholders", () => {
  const weights: Weights = {
    dayPoints: 60,
    hourPoints: 12,
    earlierPoints: 90,
    doctorPoints: 120,
    locationPoints: 180,
  };

  test("A placeholder costs at most as much as any unread slot, and no slot has its id", () => {
    for (const day of [100, 125]) {
      for (const reach of [0, 3, 9]) {
        const one = lost(day);
        const [stand] = placeholders([one], reach, limits) as [CandidateSlot];
        const least = totalCost(costParts(one, stand, weights));
        expect(stand.day).toBeLessThanOrEqual(limits.lastDay);
        for (let far = reach + 1; far <= limits.reassignDays; far++) {
          for (const [by, minute] of [
            [far, 540],
            [-far, 540],
            [far, 600],
            [-far, 480],
          ] as const) {
            const startsAt = one.startsAt + by * 86_400_000 + (minute - 540) * 60_000;
            const slot = { ...one, slotId: "x", startsAt, endsAt: startsAt + 900_000, day: day + by, minute };
            expect(totalCost(costParts(one, slot, weights))).toBeGreaterThanOrEqual(least);
          }
        }
        expect([isPlaceholder(stand.slotId), isPlaceholder(crypto.randomUUID())]).toEqual([true, false]);
      }
    }
  });
});
