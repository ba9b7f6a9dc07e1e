import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { referenceOf } from "#domain/reference.ts";
import { type Fact, dedupeOf, settle } from "#domain/settle.ts";

const fact = (state: Fact["state"], startsAt = 1_800_000_000_000, doctorId = "d1", locationId = "l1"): Fact => ({
  state,
  startsAt,
  endsAt: startsAt + 900_000,
  timeZone: "Europe/Dublin",
  locationId,
  doctorId,
});
const anyFact = fc
  .record({
    state: fc.constantFrom(
      "booked" as const,
      "moved-by-clinic" as const,
      "being-placed" as const,
      "cancelled" as const,
    ),
    slot: fc.integer({ min: 0, max: 3 }),
    doctor: fc.constantFrom("d1", "d2"),
  })
  .map(({ state, slot, doctor }) => fact(state, 1_800_000_000_000 + slot * 900_000, doctor));

describe("settling", () => {
  test.each([
    ["nothing told, booked now", null, fact("booked"), "booked"],
    ["nothing told, cancelled meanwhile", null, fact("cancelled"), "nothing"],
    ["booked, and there and back again", fact("booked"), fact("booked"), "nothing"],
    ["booked, another time now", fact("booked"), fact("booked", 1_800_000_900_000), "moved"],
    ["booked, the same time with another doctor", fact("booked"), fact("booked", undefined, "d2"), "moved"],
    ["booked, the same time at another place", fact("booked"), fact("booked", undefined, "d1", "l2"), "moved"],
    ["booked, cancelled now", fact("booked"), fact("cancelled"), "cancelled"],
    ["booked, to be placed now", fact("booked"), fact("being-placed"), "being-placed"],
    ["told it is being placed, and still so", fact("being-placed"), fact("being-placed"), "nothing"],
    ["told it is being placed, placed now", fact("being-placed"), fact("booked", 1_800_000_900_000), "moved"],
    ["told it is being placed, and takes place as planned after all", fact("being-placed"), fact("booked"), "booked"],
    ["booked, moved by the clinic", fact("booked"), fact("moved-by-clinic", 1_800_000_900_000), "moved-by-clinic"],
    ["nothing told, moved by the clinic meanwhile", null, fact("moved-by-clinic"), "moved-by-clinic"],
    ["moved by the clinic and back again", fact("booked"), fact("moved-by-clinic"), "nothing"],
    ["told of the clinic's move, and accepted", fact("moved-by-clinic"), fact("booked"), "nothing"],
    ["told of the clinic's move, chose another", fact("moved-by-clinic"), fact("booked", 1_800_000_900_000), "moved"],
    [
      "told of the clinic's move, moved again",
      fact("moved-by-clinic"),
      fact("moved-by-clinic", 1_800_000_900_000),
      "moved-by-clinic",
    ],
    ["told it is being placed, moved by the clinic", fact("being-placed"), fact("moved-by-clinic"), "moved-by-clinic"],
    ["told of the clinic's move, to be placed now", fact("moved-by-clinic"), fact("being-placed"), "being-placed"],
    ["told of the clinic's move, cancelled now", fact("moved-by-clinic"), fact("cancelled"), "cancelled"],
    ["told it is being placed, cancelled now", fact("being-placed"), fact("cancelled"), "cancelled"],
    ["told it is cancelled, and still so", fact("cancelled"), fact("cancelled"), "nothing"],
    ["told it is cancelled, booked again", fact("cancelled"), fact("booked"), "booked"],
  ])("%s: %#", (_, told, now, kind) => {
    expect(settle(told, now).kind).toBe(kind);
  });

  test("After any changes one message with the net change is enough", () => {
    fc.assert(
      fc.property(
        fc.array(anyFact, { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.boolean()),
        (history, tellNow) => {
          let told: Fact | null = null;
          for (const now of history) {
            const isTold: boolean = tellNow.next().value;
            if (isTold && settle(told, now).kind !== "nothing") told = now;
          }
          const last = history.at(-1) as Fact;
          const notice = settle(told, last);
          if (notice.kind === "nothing") return;
          // The notification has the known and the true state, and after it nothing is due.
          expect(notice.now).toEqual(last);
          expect(notice.before === null || notice.before === told).toBe(true);
          expect(settle(last, last).kind).toBe("nothing");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("An undone change is sent again if a message about it may have arrived", () => {
    const states = ["booked", "moved-by-clinic", "being-placed", "cancelled"] as const;
    for (const state of states) {
      const now = fact(state);
      expect(settle(now, now).kind).toBe("nothing");
      expect(settle(now, now, true)).toMatchObject({ kind: state, now });
    }
    // Booked, perhaps notified, and cancelled.
    expect(settle(null, fact("cancelled")).kind).toBe("nothing");
    expect(settle(null, fact("cancelled"), true).kind).toBe("cancelled");
    // A net change is sent as always.
    expect(settle(null, fact("booked"), true).kind).toBe("booked");
  });

  test("A due second has one message, and the next second another one", () => {
    expect(dedupeOf("a", 1_000)).toBe(dedupeOf("a", 1_000 - 999));
    expect(dedupeOf("a", 1_001)).not.toBe(dedupeOf("a", 1_000));
    expect(dedupeOf("a", 1_000)).not.toBe(dedupeOf("b", 1_000));
    // Asked for again because the call for it came too early: QStash would drop the id that it has delivered.
    expect(dedupeOf("a", 1_000, 500)).not.toBe(dedupeOf("a", 1_000));
    expect(dedupeOf("a", 1_000, 1_500)).not.toBe(dedupeOf("a", 1_000, 500));
  });

  test("A reference has six digits that are hard to confuse, and an appointment keeps its reference", () => {
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), (id) => {
        expect(referenceOf(id)).toMatch(/^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/);
        expect(referenceOf(id)).toBe(referenceOf(id));
      }),
    );
    expect(referenceOf("019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11")).not.toBe(
      referenceOf("019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c12"),
    );
  });
});
