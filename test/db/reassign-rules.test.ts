import { afterAll, beforeAll, expect, test } from "vitest";
import { changeCalendar } from "#operations/change-calendar.ts";
import { previewChange } from "#operations/preview-change.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { runOnce } from "#jobs/reassign.ts";
import { RULES } from "#test/support/change-rules.ts";
import { createTestDatabase } from "#test/support/database.ts";
import type { ModelAppointment, World } from "#test/support/oracle.ts";
import { openStillQueue } from "#test/support/reassigning.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";
import { POLICY, emptyWorld, read, shapeOf, write } from "#test/support/world.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
const { db, admin } = desk;
const locationId = await foundClinic(admin, { ...RULES, reassign_days: 14 });
const [staff] = (await hire(admin, "staff", 1)) as [Person];
let still: Awaited<ReturnType<typeof openStillQueue>>;
beforeAll(async () => {
  still = await openStillQueue();
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

const HOUR = 60;
/** The start of the lost slot, minutes from now, and whether the clinic may move its patient. */
const STARTS = {
  past: { startsIn: -HOUR, may: false },
  "inside the freeze": { startsIn: 6 * HOUR, may: false },
  "just inside": { startsIn: POLICY.freezeHours * HOUR - 0.5, may: false },
  "just outside": { startsIn: POLICY.freezeHours * HOUR + 3, may: true },
  outside: { startsIn: 72 * HOUR, may: true },
};
/** The only other slot of that doctor, and whether a patient may be moved into it. */
const TARGETS = {
  free: { startsIn: 100 * HOUR, may: true },
  "just outside the freeze": { startsIn: POLICY.freezeHours * HOUR + 20, may: true },
  "just inside the freeze": { startsIn: POLICY.freezeHours * HOUR - 16, may: false },
  "inside the notice": { startsIn: 30, may: false },
  closed: { startsIn: 100 * HOUR, may: false },
  "held by another": { startsIn: 100 * HOUR, may: false },
  "held by another once": { startsIn: 100 * HOUR, may: true },
  "another's": { startsIn: 100 * HOUR, may: false },
  "at another time of the patient's": { startsIn: 100 * HOUR, may: false },
  "too far away": { startsIn: 20 * 24 * HOUR, may: false },
} as const;
const STATUSES = ["booked", "moved", "to-place", "cancelled", "arrived", "completed", "no-show"] as const;

interface Case {
  status: ModelAppointment["status"];
  start: keyof typeof STARTS;
  target: keyof typeof TARGETS;
  /** Every change that the patient may make is made. */
  spent: boolean;
}

function cases(): Case[] {
  const all: Case[] = [];
  for (const status of STATUSES)
    for (const start of Object.keys(STARTS) as Case["start"][])
      for (const target of Object.keys(TARGETS) as Case["target"][])
        for (const spent of [false, true]) {
          // An appointment that keeps its slot must not move. One free slot is enough to prove that.
          const loses = status === "booked" || status === "moved";
          if (loses || (target === "free" && !spent)) all.push({ status, start, target, spent });
        }
  return all;
}

/** Slot 0 is lost and slot 1 is the only other one. Slot 2, another doctor's, is the patient's other appointment. */
function arrange({ status, start, target, spent }: Case): World {
  const at = TARGETS[target].startsIn;
  const world = emptyWorld(2, 2, [
    [0, STARTS[start].startsIn],
    [0, at],
    [1, target === "at another time of the patient's" ? at + 5 : 300 * HOUR],
  ]);
  world.patients[0]!.changes = spent ? POLICY.patientChangeBudget : 0;
  const used = spent ? POLICY.changeBudget : 0;
  const sits = status !== "to-place" && status !== "cancelled";
  const seat = (patient: number, slot: number): ModelAppointment => {
    world.slots[slot]!.appointment = world.appointments.length;
    const { doctor, startsIn } = world.slots[slot]!;
    const row = { patient, doctor, slot, startsIn, used: 0, version: 1, overlapAllowed: false };
    return { ...row, id: crypto.randomUUID(), status: "booked" };
  };
  world.appointments.push({ ...seat(0, 0), status, used, version: 3, slot: sits ? 0 : null });
  if (!sits) world.slots[0]!.appointment = null;
  world.appointments.push(seat(0, 2));
  if (target === "another's") world.appointments.push(seat(1, 1));
  const live = target === "held by another";
  if (live || target === "held by another once") world.slots[1]!.hold = { id: crypto.randomUUID(), by: 1, live };
  world.slots[1]!.open = target !== "closed";
  return world;
}

/** The result of closing slot 0. */
function happens(world: World, { status, start, target }: Case): "nothing" | "closed" | "to-place" | "moved" {
  const [visit, lost, other] = [world.appointments[0]!, world.slots[0]!, world.slots[1]!];
  // An appointment that has begun, or whose patient has arrived, stays.
  if (start === "past" || ["arrived", "completed", "no-show"].includes(status)) return "nothing";
  Object.assign(lost, { open: false, appointment: null });
  if (status === "to-place" || status === "cancelled") return "closed";
  Object.assign(visit, { slot: null, status: "to-place", version: visit.version + 1 });
  if (!STARTS[start].may || !TARGETS[target].may) return "to-place";
  Object.assign(other, { appointment: 0, hold: null });
  Object.assign(visit, { slot: 1, status: "moved", startsIn: other.startsIn, version: visit.version + 1 });
  return "moved";
}

async function close(slotId: string): Promise<void> {
  const what: CalendarChange = { kind: "slot-change", slotId, status: "closed" };
  const seen = await previewChange(db, staff.caller, what);
  if (!seen || !("impact" in seen)) return;
  const agreed = { previewToken: seen.impact.token, versions: null };
  const outcome = await changeCalendar(db, actOf(staff), what, agreed);
  const operationId = outcome.kind === "done" ? outcome.result.operationId : null;
  if (operationId !== null) await runOnce({ db, queue: still.queue, log: () => {} }, { operationId });
}

test("The clinic's own moves respect every rule, and cost the patient no budget", async () => {
  const ends = new Map<string, number>();
  const all = cases();
  for (let from = 0; from < all.length; from += 8) {
    const batch = all.slice(from, from + 8).map((one) => ({ one, world: arrange(one) }));
    await write(
      admin,
      locationId,
      batch.map(({ world }) => world),
    );
    await Promise.all(
      batch.map(async ({ one, world }) => {
        await close(world.slots[0]!.id);
        const end = happens(world, one);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        expect({ ...one, end, rows: await read(admin, world) }).toEqual({ ...one, end, rows: shapeOf(world) });
      }),
    );
  }
  // Two states, two starts outside the freeze, three slots that may be had, with and without a budget left.
  expect(Object.fromEntries(ends)).toMatchObject({ moved: 24, closed: 8 });
});
