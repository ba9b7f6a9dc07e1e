import { afterAll, describe, expect, test } from "vitest";
import { cancel } from "#db/transactions/cancel.ts";
import { reschedule } from "#db/transactions/reschedule.ts";
import type { Outcome } from "#db/verb.ts";
import { createTestDatabase } from "#test/support/database.ts";
import {
  type Door,
  type ModelAppointment,
  type World,
  cancel as mayCancel,
  reschedule as mayReschedule,
} from "#test/support/oracle.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";
import { POLICY, emptyWorld, patientOf, read, shapeOf, write } from "#test/support/world.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;

const location = await foundClinic(admin, {
  freeze_hours: POLICY.freezeHours,
  min_notice_minutes: POLICY.minNoticeMinutes,
  change_budget: POLICY.changeBudget,
  patient_change_budget: POLICY.patientChangeBudget,
});
const [staff] = (await hire(admin, "staff", 1)) as [Person];

const DOORS: Door[] = ["patient", "staff", "override"];
const STATUSES: ModelAppointment["status"][] = [
  "booked",
  "moved",
  "to-place",
  "cancelled",
  "arrived",
  "completed",
  "no-show",
];
const HOUR = 60;
/** Minutes from now: on either side of where the freeze begins, and inside, outside and past it. */
const STARTS = {
  past: -HOUR,
  inside: 6 * HOUR,
  "just inside": 24 * HOUR - 0.5,
  "just outside": 24 * HOUR + 2,
  outside: 72 * HOUR,
};
const BUDGETS = { left: [0, 0], "spent on this": [2, 2], "spent on all": [1, 4] } as const;
const TARGETS = [
  "free",
  "inside notice",
  "closed",
  "at another's time",
  "at its own time",
  "hold over",
  "held by another",
] as const;

interface Case {
  door: Door;
  status: ModelAppointment["status"];
  start: keyof typeof STARTS;
  budget: keyof typeof BUDGETS;
  target: (typeof TARGETS)[number];
  stale: boolean;
}

/** A world of one case: the appointment, the slot it is to go to, and another appointment of the same patient. */
function arrange({ status, start, budget, target }: Case): { world: World; holdId: string } {
  const near = target === "inside notice";
  const world = emptyWorld(3, 2, [
    [0, STARTS[start]],
    [1, near ? 30 : target === "at its own time" ? STARTS[start] + 5 : 200 * HOUR],
    [2, target === "at another's time" ? 200 * HOUR + 5 : 300 * HOUR],
  ]);
  const [used, changes] = BUDGETS[budget];
  const slotless = status === "to-place" || status === "cancelled";
  const blank = { id: "", patient: 0, used: 0, version: 3, overlapAllowed: false };
  world.patients[0]!.changes = changes;
  world.appointments = [
    { ...blank, id: crypto.randomUUID(), doctor: 0, slot: slotless ? null : 0, startsIn: STARTS[start], status, used },
    { ...blank, id: crypto.randomUUID(), doctor: 2, slot: 2, startsIn: world.slots[2]!.startsIn, status: "booked" },
  ];
  if (!slotless) world.slots[0]!.appointment = 0;
  world.slots[2]!.appointment = 1;
  const holdId = crypto.randomUUID();
  world.slots[1]!.hold = { id: holdId, by: target === "held by another" ? 1 : 0, live: target !== "hold over" };
  world.slots[1]!.open = target !== "closed";
  return { world, holdId };
}

function cases(): Case[] {
  const all: Case[] = [];
  for (const door of DOORS)
    for (const status of STATUSES)
      for (const start of Object.keys(STARTS) as Case["start"][])
        for (const budget of Object.keys(BUDGETS) as Case["budget"][])
          for (const target of TARGETS)
            for (const stale of [false, true]) {
              // A stale version is refused before anything else is looked at: once for every state is enough.
              if (stale && (budget !== "left" || target !== "free")) continue;
              all.push({ door, status, start, budget, target, stale });
            }
  return all;
}

/** Runs every case in a world of its own and compares the answer and the rows with what the rules say. */
async function runAll(
  all: Case[],
  expected: (world: World, door: Door, version: number, holdId: string) => string,
  actual: (
    person: Person,
    door: Door,
    world: World,
    version: number,
    holdId: string,
  ) => Promise<Outcome<unknown, { code: string }>>,
): Promise<Map<string, number>> {
  const verdicts = new Map<string, number>();
  for (let from = 0; from < all.length; from += 100) {
    const batch = all.slice(from, from + 100).map((one) => ({ one, ...arrange(one) }));
    await write(
      admin,
      location,
      batch.map(({ world }) => world),
    );
    await Promise.all(
      batch.map(async ({ one, world, holdId }) => {
        const version = one.stale ? 2 : 3;
        const person = one.door === "patient" ? patientOf(world, 0) : staff;
        const outcome = await actual(person, one.door, world, version, holdId);
        const verdict = expected(world, one.door, version, holdId);
        const said = outcome.kind === "refused" ? outcome.why?.code : outcome.kind;
        expect({ ...one, verdict: said }).toEqual({ ...one, verdict });
        expect({ ...one, rows: await read(admin, world) }).toEqual({ ...one, rows: shapeOf(world) });
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      }),
    );
  }
  return verdicts;
}

const overrideOf = (door: Door) => (door === "override" ? { reason: "The patient's sister is ill" } : null);

describe("the same rules at every door", { timeout: 120_000 }, () => {
  test("reschedule", async () => {
    const verdicts = await runAll(
      cases(),
      (world, door, version, holdId) => mayReschedule(world, door, 0, version, holdId),
      (person, door, world, version, holdId) => {
        const subject = { appointmentId: world.appointments[0]!.id, versions: [version] };
        return reschedule(db, actOf(person), { ...subject, holdId, patientId: null, override: overrideOf(door) });
      },
    );
    const met = [
      "done",
      "version-conflict",
      "wrong-state",
      "frozen",
      "change-budget-spent",
      "hold-expired",
      "overlaps-own-appointment",
    ];
    expect([...verdicts.keys()].sort()).toEqual(met.sort());
  });

  test.each(["patient", "clinic"] as const)("cancel for the %s's reason", async (by) => {
    const all = cases().filter(({ door, target }) => target === "free" && (by === "patient" || door !== "patient"));
    const verdicts = await runAll(
      all,
      (world, door, version) => mayCancel(world, door, 0, version, by),
      (person, door, world, version) => {
        const subject = { appointmentId: world.appointments[0]!.id, versions: [version] };
        const reason = { by, code: "other", note: null };
        return cancel(db, actOf(person), { ...subject, reason, patientId: null, override: overrideOf(door) });
      },
    );
    const met = ["done", "version-conflict", "wrong-state", ...(by === "patient" ? ["frozen"] : [])];
    expect([...verdicts.keys()].sort()).toEqual(met.sort());
  });
});
