import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planClosures } from "#domain/calendar/closures.ts";
import type { Calendar, NewSlot, SlotPlan, StoredSlot } from "#domain/calendar/model.ts";
import { planExtension, planReexpansion } from "#domain/calendar/reexpand.ts";
import type { Absence, Session } from "#domain/schedule/model.ts";
import { validateTemplate } from "#domain/schedule/validate.ts";
import { addDays } from "#domain/clinic-time.ts";
import { SEED } from "#test/support/seed.ts";
import { caseCount } from "./generated-cases.ts";

/** Each case is three weeks of slots, planned several times. */
const RUNS = Math.min(2_000, caseCount(150));

const TODAY = "2027-03-22";
const NOW = Date.parse(`${TODAY}T10:20:00Z`);
const ZONES = ["Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"];

const time = (quarter: number) =>
  `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
const sessions = fc
  .array(
    fc.record({
      weekday: fc.integer({ min: 1, max: 7 }),
      from: fc.integer({ min: 0, max: 88 }),
      quarters: fc.integer({ min: 1, max: 20 }),
      slotMinutes: fc.constantFrom(5, 15, null),
      validFrom: fc.integer({ min: -30, max: 10 }),
      locationId: fc.constantFrom("a", "b"),
    }),
    { maxLength: 8 },
  )
  .map((list) =>
    list.map(({ from, quarters, validFrom, ...rest }): Session => ({
      ...rest,
      from: time(from),
      to: time((from + quarters) % 96),
      validFrom: addDays(TODAY, validFrom),
      validTo: null,
    })),
  );
const absences = fc.array(
  fc
    .record({ from: fc.integer({ min: -2, max: 20 }), days: fc.integer({ min: 1, max: 4 }), hours: fc.boolean() })
    .map(({ from, days, hours }): Absence => ({
      kind: "absence",
      fromDate: addDays(TODAY, from),
      toDate: addDays(TODAY, from + days - 1),
      from: hours ? "09:00" : null,
      to: hours ? "11:30" : null,
      locationId: null,
    })),
  { maxLength: 3 },
);
const holidays = fc
  .array(fc.integer({ min: -1, max: 20 }), { maxLength: 4 })
  .map((days) => new Set(days.map((day) => addDays(TODAY, day))));

const world = fc.record({
  before: sessions,
  after: sessions,
  absences,
  holidays,
  zone: fc.constantFrom(...ZONES),
  otherZone: fc.constantFrom(...ZONES),
  hands: fc.array(fc.tuple(fc.nat(), fc.constantFrom("open", "closed", "removed", "booked", "arrived")), {
    maxLength: 12,
  }),
});

function calendarOf(
  of: { zone: string; otherZone: string; holidays: ReadonlySet<string>; absences: Absence[] },
  weekly: Session[],
  slots: StoredSlot[],
): Calendar {
  const exceptions = of.absences.map((absence, index) => ({ ...absence, id: `e${index}`, note: null }));
  return {
    now: NOW,
    today: TODAY,
    policySlotMinutes: 15,
    horizonDays: 21,
    locations: new Map([
      ["a", { id: "a", zone: of.zone, country: "IE", holidays: of.holidays }],
      ["b", { id: "b", zone: of.otherZone, country: "IE", holidays: new Set<string>() }],
    ]),
    doctors: new Map([
      [
        "d",
        { id: "d", slotMinutes: null, scheduleVersion: 1, active: true, leavesOn: null, sessions: weekly, exceptions },
      ],
    ]),
    slots,
  };
}

let ids = 0;
const stored = (slot: NewSlot): StoredSlot => ({ ...slot, id: `s${++ids}`, appointment: null });

/** The database's slots after a plan. */
function applied(slots: readonly StoredSlot[], plan: SlotPlan): StoredSlot[] {
  const changes = new Map(plan.set.map((slot) => [slot.id, slot]));
  const lost = new Set(plan.displace);
  return [
    ...slots
      .filter(({ id }) => !plan.remove.includes(id))
      .map((slot) => ({ ...slot, ...changes.get(slot.id), appointment: lost.has(slot.id) ? null : slot.appointment })),
    ...plan.add.map(stored),
  ].sort((a, b) => a.startsAt - b.startsAt);
}

function touch(slots: StoredSlot[], hands: [number, string][]): StoredSlot[] {
  const touched = [...slots];
  for (const [at, hand] of hands) {
    const index = at % Math.max(1, touched.length);
    const slot = touched[index];
    if (!slot) continue;
    const settled = hand === "arrived";
    if (hand === "booked" || settled) {
      touched[index] = {
        ...slot,
        status: "open",
        closedBy: null,
        byHand: null,
        appointment: { id: `v${index}`, version: 1, patientId: "p", settled },
      };
    } else if (hand === "open") {
      const isHands = slot.closedBy === "staff" || slot.closedBy === "removed";
      touched[index] = { ...slot, byHand: "open", ...(isHands ? { status: "open", closedBy: null } : {}) };
    } else {
      const closedBy = hand === "closed" ? "staff" : "removed";
      touched[index] = { ...slot, status: "closed", closedBy, byHand: hand as "closed" | "removed", appointment: null };
    }
  }
  return touched;
}

const isLive = ({ status, appointment }: StoredSlot) => status === "open" || appointment !== null;

describe("changes of the clinic calendar", () => {
  test("A new template displaces only the necessary appointments, adds no overlapping slot, and has no effect the second time", () => {
    const counts = { cases: 0, displaced: 0, added: 0 };
    fc.assert(
      fc.property(world, (of) => {
        const rules = { locations: calendarOf(of, [], []).locations, policySlotMinutes: 15 };
        fc.pre(validateTemplate(of.before, rules).length === 0 && validateTemplate(of.after, rules).length === 0);
        const empty = calendarOf(of, of.before, []);
        const first = planExtension(empty, empty.doctors.get("d")!, []).map(stored);
        const slots = touch(first, of.hands);
        const world = calendarOf(of, of.after, slots);
        const doctor = world.doctors.get("d")!;
        const plan = planReexpansion(world, doctor, slots);
        const after = applied(slots, plan);

        const ofSlot = new Map(slots.map((slot) => [slot.id, slot]));
        for (const id of [...plan.remove, ...plan.set.map((slot) => slot.id)]) {
          expect(ofSlot.get(id)).toMatchObject({ byHand: null });
          expect(ofSlot.get(id)!.appointment?.settled ?? false).toBe(false);
        }
        const live = after.filter(isLive);
        for (const [index, slot] of live.entries()) {
          expect(slot.startsAt).toBeGreaterThanOrEqual(live[index - 1]?.endsAt ?? 0);
          if (slot.status === "closed") expect(slot.appointment?.settled).toBe(true);
        }
        const again = planReexpansion(calendarOf(of, of.after, after), doctor, after);
        expect(again).toEqual({ add: [], set: [], remove: [], displace: [] });
        expect(planExtension(calendarOf(of, of.after, after), doctor, after)).toEqual([]);
        counts.cases++;
        counts.displaced += plan.displace.filter((id) => ofSlot.get(id)!.appointment).length;
        counts.added += plan.add.length;
      }),
      { numRuns: RUNS },
    );
    console.log(`templates: seed ${SEED}`, counts);
    expect(counts.cases).toBeGreaterThan(RUNS / 2);
    expect(counts.displaced).toBeGreaterThan(0);
  }, 300_000);

  test("Holidays and absences that are added and removed, in any order, leave free slots as they were", () => {
    let cases = 0;
    fc.assert(
      fc.property(world, (of) => {
        const rules = { locations: calendarOf(of, [], []).locations, policySlotMinutes: 15 };
        fc.pre(validateTemplate(of.before, rules).length === 0);
        const bare = { ...of, holidays: new Set<string>(), absences: [] };
        const empty = calendarOf(bare, of.before, []);
        const hands = of.hands.filter(([, hand]) => hand !== "booked");
        const start = touch(planExtension(empty, empty.doctors.get("d")!, []).map(stored), hands);
        const steps = [bare, { ...bare, holidays: of.holidays }, of, { ...of, holidays: new Set<string>() }, bare];
        let slots = start;
        for (const [index, step] of steps.entries()) {
          const from = calendarOf(steps[index - 1] ?? bare, of.before, slots);
          const plan = planClosures(from, calendarOf(step, of.before, slots));
          slots = applied(slots, plan);
          for (const slot of slots) {
            const closed = step.holidays.has(slot.date) && slot.locationId === "a";
            if (closed && slot.startsAt > NOW && !slot.appointment?.settled) expect(slot.status).toBe("closed");
          }
        }
        expect(slots).toEqual(start);
        cases++;
      }),
      { numRuns: RUNS },
    );
    expect(cases).toBeGreaterThan(RUNS / 2);
  }, 300_000);
});
