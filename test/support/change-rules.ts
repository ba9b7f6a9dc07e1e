import type pg from "pg";
import { describe, expect, test } from "vitest";
import {
  type Door,
  type ModelAppointment,
  type Verdict,
  type World,
  accept as mayAccept,
  cancel as mayCancel,
  confirm as mayConfirm,
  hold as mayHold,
  reschedule as mayReschedule,
} from "./oracle.ts";
import type { Person } from "./small-clinic.ts";
import { POLICY, emptyWorld, patientOf, read, shapeOf, write } from "./world.ts";

/** The verbs at one way in: each answers `done`, or the code of the refusal. */
export interface Entry {
  reschedule(who: Who, subject: Version, holdId: string): Promise<Verdict>;
  cancel(who: Who, subject: Version, by: "patient" | "clinic"): Promise<Verdict>;
  accept(who: Who, subject: Version): Promise<Verdict>;
  extend(who: Who, holdId: string): Promise<Verdict>;
  /** `taken` for any refusal of the slot. */
  hold(who: Who, slotId: string, patientId: string): Promise<Made>;
  /** `refused` for any refusal but that there is no such patient. */
  confirm(who: Who, holdId: string, patientId?: string): Promise<Made>;
}

/** And what was made, by its id; null if nothing was. */
export interface Made {
  verdict: Verdict;
  id: string | null;
}

export interface Who {
  person: Person;
  door: Door;
}

export interface Version {
  appointmentId: string;
  version: number;
  /** The person whose cancellation it is in staff's words, if given. */
  patientId?: string;
}

/** The clinic and the way in that the rules are proved of. */
export interface Proving {
  admin: pg.Pool;
  locationId: string;
  staff: Person;
  entry: Entry;
  /** The subjects that patients must have for this way in to know them; anything will do if there are none. */
  subjects: readonly string[] | null;
  /** One of this number of cases is tried. Without it all are tried. */
  every?: number;
}

/** The settings under which the cases are what their names say. */
export const RULES = {
  freeze_hours: POLICY.freezeHours,
  min_notice_minutes: POLICY.minNoticeMinutes,
  change_budget: POLICY.changeBudget,
  patient_change_budget: POLICY.patientChangeBudget,
};

/** Number of cases that are tried together. */
export const BATCH = 80;

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

const VERSION = 3;

/** A world of one case: the appointment, its target slot, and another appointment of the same patient. */
function arrange({ status, start, budget, target }: Case): { world: World; holdId: string } {
  const near = target === "inside notice";
  const world = emptyWorld(3, 2, [
    [0, STARTS[start]],
    [1, near ? 30 : target === "at its own time" ? STARTS[start] + 5 : 200 * HOUR],
    [2, target === "at another's time" ? 200 * HOUR + 5 : 300 * HOUR],
  ]);
  const [used, changes] = BUDGETS[budget];
  const slotless = status === "to-place" || status === "cancelled";
  const blank = { id: "", patient: 0, used: 0, version: VERSION, overlapAllowed: false };
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

interface Arranged {
  one: Case;
  world: World;
  holdId: string;
  who: Who;
  subject: Version;
}

/**
 * The rules of changing an appointment, case by case by every way in. Answers and rows are as the rules say. `proving` is
 * asked for when the first test runs.
 */
export function provesTheRules(proving: () => Promise<Proving>): void {
  async function runAll(
    table: Case[],
    expected: (arranged: Arranged) => Verdict,
    actual: (entry: Entry, arranged: Arranged) => Promise<Verdict>,
  ): Promise<string[]> {
    const { admin, locationId, staff, entry, subjects, every = 1 } = await proving();
    const all = table.filter((_, n) => n % every === 0);
    const verdicts = new Set<string>();
    for (let from = 0; from < all.length; from += BATCH) {
      const batch = all.slice(from, from + BATCH).map((one, n): Arranged => {
        const { world, holdId } = arrange(one);
        if (subjects) world.patients[0]!.subject = subjects[n]!;
        const who = { door: one.door, person: one.door === "patient" ? patientOf(world, 0) : staff };
        const subject = { appointmentId: world.appointments[0]!.id, version: one.stale ? VERSION - 1 : VERSION };
        return { one, world, holdId, who, subject };
      });
      const worlds = batch.map(({ world }) => world);
      await write(admin, locationId, worlds);
      const said = await Promise.all(batch.map((arranged) => actual(entry, arranged)));
      for (const [n, arranged] of batch.entries()) {
        const verdict = expected(arranged);
        expect({ ...arranged.one, verdict: said[n] }).toEqual({ ...arranged.one, verdict });
        verdicts.add(verdict);
      }
      const rows = await read(admin, {
        doctors: worlds.flatMap(({ doctors }) => doctors),
        patients: worlds.flatMap(({ patients }) => patients),
      });
      for (const { one, world } of batch) {
        const shape = shapeOf(world);
        const own = {
          slots: pick(rows.slots, shape.slots),
          appointments: pick(rows.appointments, shape.appointments),
          changes: pick(rows.changes, shape.changes),
        };
        expect({ ...one, rows: own }).toEqual({ ...one, rows: shape });
      }
      expect(Object.keys(rows.appointments)).toHaveLength(worlds.flatMap(({ appointments }) => appointments).length);
      if (subjects) await admin.query("update people set subject = id::text where subject = any($1)", [subjects]);
    }
    return [...verdicts].sort();
  }

  describe("the same rules in every way to act", () => {
    test("reschedule", async () => {
      const verdicts = await runAll(
        cases(),
        ({ world, who, subject, holdId }) => mayReschedule(world, who.door, 0, subject.version, holdId),
        (entry, { who, subject, holdId }) => entry.reschedule(who, subject, holdId),
      );
      expect(verdicts).toEqual(
        [
          "done",
          "version-conflict",
          "wrong-state",
          "frozen",
          "change-budget-spent",
          "not-found",
          "hold-expired",
          "overlaps-own-appointment",
        ].sort(),
      );
    });

    test.each(["patient", "clinic"] as const)("cancel for the %s's reason", async (by) => {
      const verdicts = await runAll(
        cases().filter(({ door, target }) => target === "free" && (by === "patient" || door !== "patient")),
        ({ world, who, subject }) => mayCancel(world, who.door, 0, subject.version, by),
        (entry, { who, subject }) => entry.cancel(who, subject, by),
      );
      expect(verdicts).toEqual(
        ["done", "version-conflict", "wrong-state", ...(by === "patient" ? ["frozen"] : [])].sort(),
      );
    });

    test("accept", async () => {
      const verdicts = await runAll(
        cases().filter(({ budget, target }) => budget === "left" && target === "free"),
        ({ world, subject }) => mayAccept(world, 0, subject.version),
        (entry, { who, subject }) => entry.accept(who, subject),
      );
      expect(verdicts).toEqual(["done", "version-conflict", "wrong-state"]);
    });

    test("confirm", async () => {
      const made = new Map<World, string | null>();
      const verdicts = await runAll(
        cases().filter(({ status, budget, stale }) => status === "booked" && budget === "left" && !stale),
        ({ world, who, holdId }) => {
          const verdict = mayConfirm(world, who.door, 0, holdId);
          // Its name is the database's to give.
          if (verdict === "done") world.appointments.at(-1)!.id = made.get(world) ?? "";
          return verdict;
        },
        async (entry, { world, who, holdId }) => {
          const { verdict, id } = await entry.confirm(who, holdId);
          made.set(world, id);
          return verdict;
        },
      );
      expect(verdicts).toEqual(["done", "not-found", "refused"]);
    });

    test("hold", async () => {
      const made = new Map<World, string | null>();
      const verdicts = await runAll(
        cases().filter(({ status, budget, stale }) => status === "booked" && budget === "left" && !stale),
        ({ world, who, holdId }) => {
          const verdict = mayHold(world, who.door, 0, 1);
          const { hold } = world.slots[1]!;
          if (verdict === "done" && hold?.id !== holdId) hold!.id = made.get(world) ?? "";
          return verdict;
        },
        async (entry, { world, who }) => {
          const { verdict, id } = await entry.hold(who, world.slots[1]!.id, world.patients[0]!.id);
          made.set(world, id);
          return verdict;
        },
      );
      expect(verdicts).toEqual(["done", "taken"]);
    });
  });

  test("No verb acts for a patient who is switched off, merged, or another one than named, and each says why", async () => {
    const { admin, locationId, staff, entry, subjects } = await proving();
    const plain = { status: "booked", start: "outside", budget: "left", target: "free", stale: false } as const;
    for (const door of DOORS)
      for (const why of ["inactive", "merged", "another"] as const) {
        const { world, holdId } = arrange({ ...plain, door });
        const [owner, other] = [patientOf(world, 0), patientOf(world, 1)];
        for (const [n, patient] of world.patients.entries()) patient.subject = subjects?.[n] ?? patient.subject;
        await write(admin, locationId, [world]);
        if (why === "inactive") await admin.query("update patients set active = false where id = $1", [owner.id]);
        if (why === "merged") {
          await admin.query("update patients set active = false, merged_into = $2 where id = $1", [owner.id, other.id]);
        }
        const before = await read(admin, world);
        const person = door !== "patient" ? staff : patientOf(world, why === "another" ? 1 : 0);
        const who = { door, person };
        const named = door !== "patient" && why === "another" ? { patientId: other.id } : {};
        const subject = { appointmentId: world.appointments[0]!.id, version: VERSION, ...named };
        const said = {
          reschedule: await entry.reschedule(who, subject, holdId),
          accept: await entry.accept(who, subject),
          confirm: (await entry.confirm(who, holdId, named.patientId)).verdict,
          ...(why === "another" ? {} : { extend: await entry.extend(who, holdId) }),
          ...(why === "another" ? {} : { hold: (await entry.hold(who, world.slots[1]!.id, owner.id)).verdict }),
          cancel: await entry.cancel(who, subject, "patient"),
        };
        // Staff learn that the record is switched off, and can still cancel what it has.
        const isOff = door !== "patient" && why !== "another";
        for (const [verb, verdict] of Object.entries(said)) {
          const ofAppointment = verb === "reschedule" || verb === "cancel" || verb === "accept";
          const hidden = !isOff || (why === "merged" && ofAppointment);
          const expected = hidden ? "not-found" : verb === "cancel" ? "done" : "wrong-state";
          expect({ door, why, verb, verdict }).toEqual({ door, why, verb, verdict: expected });
        }
        if (isOff && why === "inactive") {
          Object.assign(world.appointments[0]!, { status: "cancelled", slot: null, version: VERSION + 1 });
          world.slots[0]!.appointment = null;
          expect(await read(admin, world)).toEqual(shapeOf(world));
        } else expect(await read(admin, world)).toEqual(before);
        if (subjects) await admin.query("update people set subject = id::text where subject = any($1)", [subjects]);
      }
  });
}

function pick<T>(rows: Record<string, T>, shape: Record<string, unknown>): Record<string, T | undefined> {
  return Object.fromEntries(Object.keys(shape).map((id) => [id, rows[id]]));
}
