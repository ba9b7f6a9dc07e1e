import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { accept, attend, cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { releaseHold } from "#db/verbs/holds.ts";
import type { Outcome } from "#db/call.ts";
import type { Attendance } from "#domain/lifecycle.ts";
import { createTestDatabase } from "#test/support/database.ts";
import * as oracle from "#test/support/oracle.ts";
import { SEED } from "#test/support/seed.ts";
import { type Person, actOf, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";
import { POLICY, doctorOf, emptyWorld, patientOf, read, shapeOf, write } from "#test/support/world.ts";

const RUNS = Number(process.env["MODEL_RUNS"] ?? 80);

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, { hold_minutes_per_day: 14_400 });
const [staff] = (await hire(admin, "staff", 1)) as [Person];

const HOUR = 60;
/**
 * Two doctors whose hours overlap in part. Slots: one that has begun, one inside the notice, and two that pass the freeze.
 */
const SLOTS: [number, number][] = [
  [0, -HOUR],
  [0, 0.75 * HOUR],
  [0, 12 * HOUR],
  [1, 12 * HOUR + 5],
  [0, 36 * HOUR],
  [1, 36 * HOUR + 5],
  [1, 72 * HOUR],
  [0, 72 * HOUR + 20],
  [1, 96 * HOUR],
];

interface Real {
  /** Audit and outbox rows that there must be: one for each change. */
  changes: number;
  told: number;
}
type Model = oracle.World;
type Step = fc.AsyncCommand<Model, Real>;

const doors = fc.constantFrom<oracle.Door>("patient", "patient", "patient", "staff", "override");
const pick = fc.nat({ max: 1000 });
const overrideOf = (door: oracle.Door) => (door === "override" ? { reason: "Asked for on the phone" } : null);

/** One verb at one door: done by the model and for real, and then every row compared. */
class Do implements Step {
  readonly words: string;
  readonly act: (model: Model, real: Real) => Promise<void>;
  constructor(words: string, act: (model: Model, real: Real) => Promise<void>) {
    this.words = words;
    this.act = act;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real);
    expect(await read(admin, model)).toEqual(shapeOf(model));
  }
  toString(): string {
    return this.words;
  }
}

/** How often each verb was answered how: a model that never meets a rule proves nothing of it. */
const met = new Map<string, number>();

function same(verb: string, outcome: Outcome<unknown, { code: string }>, verdict: string): void {
  met.set(`${verb} ${verdict}`, (met.get(`${verb} ${verdict}`) ?? 0) + 1);
  const said = outcome.kind === "refused" ? outcome.why.code : outcome.kind;
  // The model says whether a confirmation is refused. The rule is in the rules' own tests.
  const expected = { taken: ["slot-taken"], refused: ["hold-expired", "overlaps-own-appointment"] }[verdict] ?? [
    verdict,
  ];
  expect(expected).toContain(said);
}

const who = (model: Model, door: oracle.Door, patient: number): Person =>
  door === "patient" ? patientOf(model, patient) : staff;

const holds = fc.tuple(doors, pick, pick).map(
  ([door, p, s]) =>
    new Do(`hold(${door}, ${p}, ${s})`, async (model, real) => {
      const patient = p % model.patients.length;
      const slot = s % model.slots.length;
      const already = model.slots[slot]!.hold;
      const verdict = oracle.hold(model, door, patient, slot);
      const target = { slotId: model.slots[slot]!.id };
      const outcome = await hold(
        db,
        actOf(who(model, door, patient)),
        model.patients[patient]!.id,
        target,
        overrideOf(door),
      );
      same("hold", outcome, verdict);
      // The hold's name is the database's to give; asking again gives the same.
      if (outcome.kind !== "done") return;
      if (model.slots[slot]!.hold === already) expect(outcome.result.id).toBe(already?.id);
      else real.changes += 1;
      model.slots[slot]!.hold!.id = outcome.result.id;
    }),
);

const releases = fc.tuple(pick, pick).map(
  ([p, s]) =>
    new Do(`release(${p}, ${s})`, async (model, real) => {
      const { hold: held } = model.slots[s % model.slots.length]!;
      const patient = p % model.patients.length;
      if (!held) return;
      const outcome = await releaseHold(db, actOf(patientOf(model, patient)), held.id);
      expect(outcome.kind).toBe(held.by === patient ? "done" : "refused");
      if (held.by !== patient) return;
      model.slots[s % model.slots.length]!.hold = null;
      real.changes += 1;
    }),
);

const confirms = fc.tuple(doors, pick, pick).map(
  ([door, p, s]) =>
    new Do(`confirm(${door}, ${p}, ${s})`, async (model, real) => {
      const held = model.slots.filter((slot) => slot.hold);
      const found = held[s % held.length]?.hold;
      const holdId = found?.id ?? crypto.randomUUID();
      // Mostly by its holder.
      const patient = p % 5 > 0 && found ? found.by : p % model.patients.length;
      const verdict = oracle.confirm(model, door, patient, holdId);
      const input = { holdId, patientId: null, reason: null, override: overrideOf(door) };
      const outcome = await confirm(db, actOf(who(model, door, patient)), input);
      same("confirm", outcome, verdict);
      if (outcome.kind !== "done") return;
      model.appointments.at(-1)!.id = outcome.result.id;
      real.changes += 1;
      real.told += 1;
    }),
);

/** A change of some appointment, named in its present version or, now and then, in an old one. */
function change(
  words: string,
  arbitrary: fc.Arbitrary<{
    door: oracle.Door;
    tells: boolean;
    judge: (model: Model, index: number, version: number) => string;
    run: (
      model: Model,
      index: number,
      subject: { appointmentId: string; versions: number[] },
    ) => Promise<Outcome<unknown, { code: string }>>;
    said: string;
  }>,
) {
  return fc.tuple(arbitrary, pick, fc.nat({ max: 9 })).map(
    ([{ tells, judge, run, said }, a, old]) =>
      new Do(`${words}(${said}, ${a}${old === 0 ? ", old" : ""})`, async (model, real) => {
        if (model.appointments.length === 0) return;
        // Mostly one that can still be changed: a past one cannot.
        const open = model.appointments.filter(
          ({ status }) => a % 6 > 0 && !["cancelled", "completed"].includes(status),
        );
        const among = open.length > 0 ? open : model.appointments;
        const index = model.appointments.indexOf(among[a % among.length]!);
        const { id: appointmentId, version: present } = model.appointments[index]!;
        const version = old === 0 ? present + 7 : present;
        const pending = run(model, index, { appointmentId, versions: [version] });
        const verdict = judge(model, index, version);
        const outcome = await pending;
        same(words, outcome, verdict);
        if (verdict !== "done") return;
        real.changes += 1;
        if (tells) real.told += 1;
      }),
  );
}

const reschedules = change(
  "reschedule",
  fc.tuple(doors, pick).map(([door, s]) => {
    const holdOf = (model: Model, index: number): string => {
      const { patient } = model.appointments[index]!;
      const all = model.slots.filter((slot) => slot.hold);
      const own = all.filter((slot) => slot.hold!.by === patient);
      return (own[s % own.length] ?? all[s % all.length])?.hold?.id ?? "00000000-0000-7000-8000-000000000000";
    };
    return {
      door,
      said: door,
      tells: true,
      judge: (model, index, version) => oracle.reschedule(model, door, index, version, holdOf(model, index)),
      run: (model, index, subject) => {
        const input = { ...subject, holdId: holdOf(model, index), patientId: null, override: overrideOf(door) };
        return reschedule(db, actOf(who(model, door, model.appointments[index]!.patient)), input);
      },
    };
  }),
);

const cancels = change(
  "cancel",
  fc.tuple(doors, fc.boolean()).map(([door, clinics]) => {
    const by = clinics && door !== "patient" ? "clinic" : "patient";
    return {
      door,
      said: `${door}, ${by}`,
      tells: true,
      judge: (model, index, version) => oracle.cancel(model, door, index, version, by),
      run: (model, index, subject) => {
        const input = { ...subject, reason: { by, code: "other", note: null }, patientId: null } as const;
        return cancel(db, actOf(who(model, door, model.appointments[index]!.patient)), {
          ...input,
          override: overrideOf(door),
        });
      },
    };
  }),
);

const accepts = change(
  "accept",
  doors.map((door) => ({
    door,
    said: door,
    tells: false,
    judge: (model, index, version) => oracle.accept(model, index, version),
    run: (model, index, subject) =>
      accept(db, actOf(who(model, door, model.appointments[index]!.patient)), { ...subject, patientId: null }),
  })),
);

const attends = change(
  "attend",
  fc
    .tuple(fc.constantFrom<Attendance>("arrived", "completed", "no-show"), fc.constantFrom(null, 0, 1))
    .map(([status, doctor]) => ({
      door: "staff",
      said: `${status}, ${doctor === null ? "staff" : `doctor ${doctor}`}`,
      tells: false,
      judge: (model, index, version) => oracle.attend(model, doctor, index, version, status),
      run: (model, index, subject) =>
        attend(db, actOf(doctor === null ? staff : doctorOf(model, doctor)), { ...subject, status }),
    })),
);

/** Events without a verb of this part: holds expire, slots close, the clinic moves or displaces, policies change. */
const world = fc.tuple(fc.nat({ max: 3 }), pick).map(
  ([kind, n]) =>
    new Do(`world(${kind}, ${n})`, async (model) => {
      const slot = model.slots[n % model.slots.length]!;
      const row = model.appointments[n % Math.max(1, model.appointments.length)];
      if (kind === 0) {
        for (const { hold: held } of model.slots) if (held) held.live = false;
        const ids = model.slots.map(({ id }) => id);
        await admin.query(
          "update slots set hold_expires_at = now() - interval '1 s' where id = any($1) and hold_id is not null",
          [ids],
        );
      } else if (kind === 1) {
        slot.open = !slot.open;
        const set = slot.open ? "status = 'open', closed_by = null" : "status = 'closed', closed_by = 'staff'";
        await admin.query(`update slots set ${set} where id = $1`, [slot.id]);
      } else if (kind === 2 && row?.status === "booked") {
        row.status = "moved";
        row.version += 1;
        await admin.query("update appointments set status = 'moved', version = version + 1 where id = $1", [row.id]);
      } else if (kind === 3) {
        const [freezeHours, minNoticeMinutes] = [
          [24, 60],
          [0, 0],
          [48, 60],
          [24, 720],
        ][n % 4] as [number, number];
        Object.assign(model.policy, { freezeHours, minNoticeMinutes });
        await setPolicy(admin, { freeze_hours: freezeHours, min_notice_minutes: minNoticeMinutes });
      }
    }),
);

/** A history begins with something to change. */
function book(model: Model, { patient, slot, used }: { patient: number; slot: number; used: number }): void {
  const { doctor, startsIn } = model.slots[slot]!;
  model.slots[slot]!.appointment = model.appointments.length;
  const row = { id: crypto.randomUUID(), patient, doctor, slot, startsIn, used };
  model.appointments.push({ ...row, status: "booked", version: 1, overlapAllowed: false });
}

const commands = fc.commands(
  [
    holds,
    holds,
    confirms,
    confirms,
    reschedules,
    reschedules,
    cancels,
    accepts,
    attends,
    releases,
    world,
  ] as fc.Arbitrary<Step>[],
  { maxCommands: 40, size: "max" },
);

test(
  `${RUNS} histories of a small clinic have the same results as a model in memory, seed ${SEED}`,
  { timeout: 45_000 + RUNS * 1_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const model = emptyWorld(2, 2, SLOTS);
        book(model, { patient: 0, slot: 8, used: 1 });
        book(model, { patient: 0, slot: 0, used: 0 });
        book(model, { patient: 1, slot: 4, used: 2 });
        model.patients[1]!.changes = 3;
        await setPolicy(admin, {
          freeze_hours: POLICY.freezeHours,
          min_notice_minutes: POLICY.minNoticeMinutes,
          change_budget: POLICY.changeBudget,
          patient_change_budget: POLICY.patientChangeBudget,
        });
        await write(admin, location, [model]);
        const real: Real = { changes: 0, told: 0 };
        await fc.asyncModelRun(() => ({ model, real }), steps);
        const ids = model.patients.map(({ id }) => id);
        const { rows } = await admin.query(
          `select (select count(*)::int from audit where patient_id = any($1)) as changes,
           (select coalesce(sum(version), 0)::int from outbox where patient_id = any($1)) as told`,
          [ids],
        );
        expect(rows[0]).toEqual(real);
      }),
      { numRuns: RUNS },
    );
    if (process.env["MODEL_TALLY"]) process.stdout.write(`${[...met].map((entry) => entry.join(": ")).join("\n")}\n`);
    expect([...met.keys()]).toEqual(
      expect.arrayContaining([
        "hold done",
        "hold taken",
        "confirm done",
        "confirm refused",
        "cancel done",
        "cancel frozen",
        "reschedule done",
        "reschedule frozen",
        "reschedule wrong-state",
        "reschedule hold-expired",
        "reschedule change-budget-spent",
        "reschedule version-conflict",
        "accept wrong-state",
        "attend wrong-state",
      ]),
    );
  },
);
