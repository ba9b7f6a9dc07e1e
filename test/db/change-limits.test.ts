import { afterAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { accept, cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { extendHold } from "#db/verbs/holds.ts";
import { hold } from "#db/verbs/holds.ts";
import { releaseHold } from "#db/verbs/holds.ts";
import { readAvailability } from "#db/queries/availability.ts";
import { runOnce as sweep } from "#jobs/sweep.ts";
import { startNeonProxy } from "#dev/neon/proxy.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const HOUR = 60;

const slotsFrom = async (hours: number, count: number): Promise<string[]> => {
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  return addSlots(
    admin,
    doctor,
    location,
    Array.from({ length: count }, (_, n) => hours * HOUR + n * 15),
  );
};

async function held(person: Person, slotId: string, patient = person): Promise<string> {
  const outcome = await hold(db, actOf(person), patient.id, { slotId });
  if (outcome.kind !== "done") throw new Error(`not held: ${JSON.stringify(outcome)}`);
  return outcome.result.id;
}

async function booked(person: Person, slotId: string): Promise<{ appointmentId: string; versions: number[] }> {
  const input = { holdId: await held(person, slotId), patientId: null, reason: null };
  const outcome = await confirm(db, actOf(person), input);
  if (outcome.kind !== "done") throw new Error("not booked");
  return { appointmentId: outcome.result.id, versions: [outcome.result.version] };
}

const why = { by: "patient", code: "better", note: null } as const;
const plain = { patientId: null, override: null };

beforeEach(() =>
  setPolicy(admin, {
    hold_seconds: 300,
    hold_minutes_per_day: 600,
    holds_per_patient: 1,
    change_budget: 3,
    patient_change_budget: 10,
  }),
);

describe("one account cannot block the clinic", () => {
  test("hold-limit: 1,000 scripted holds by one patient leave at least 99 % of the slots bookable. The refusal names the end", async () => {
    const slots = await slotsFrom(100, 1000);
    const [greedy] = (await hire(admin, "patient", 1)) as [Person];
    await setPolicy(admin, { holds_per_patient: 5 });
    const answers = new Map<string, number>();
    let resetsAt = 0;
    const grab = async (slotId: string): Promise<void> => {
      const outcome = await hold(db, actOf(greedy), null, { slotId });
      const said = outcome.kind === "refused" ? outcome.why.code : outcome.kind;
      answers.set(said, (answers.get(said) ?? 0) + 1);
      if (outcome.kind === "refused" && "resetsAt" in outcome.why) resetsAt = outcome.why.resetsAt ?? 0;
    };
    for (let n = 0; n < slots.length; n += 10) await Promise.all(slots.slice(n, n + 10).map(grab));
    // 600 minutes a day at five minutes a hold. The refill while this ran may allow one hold more.
    expect(answers.get("done")).toBeGreaterThanOrEqual(120);
    expect(answers.get("done")).toBeLessThanOrEqual(121);
    expect(answers.get("hold-limit")).toBe(1000 - answers.get("done")!);
    // Five minutes of a day's six hundred come back in twelve.
    expect(resetsAt - Date.now()).toBeGreaterThan(0);
    expect(resetsAt - Date.now()).toBeLessThanOrEqual(12 * 60_000);
    const { rows } = await admin.query<{ held: number }>(
      "select count(*)::int as held from slots where id = any($1) and hold_expires_at > now()",
      [slots],
    );
    expect(rows[0]!.held).toBeLessThanOrEqual(5);
    const free = await Promise.all(
      Array.from({ length: 14 }, async (_, n) => {
        const date = new Date(Date.now() + (3 + n) * 86_400_000).toISOString().slice(0, 10);
        return (await readAvailability(db, null, { from: date, to: date, limit: 200 })).slots.length;
      }),
    );
    expect(free.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(990);
  });

  test("Releasing and extending use hold quota too. A request for the patient's own hold does not, nor do holds by staff", async () => {
    const [one, other] = (await slotsFrom(400, 2)) as [string, string];
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    await setPolicy(admin, { hold_minutes_per_day: 10, hold_seconds: 240 });
    const first = await held(patient, one);
    for (let n = 0; n < 5; n++) expect(await held(patient, one)).toBe(first);
    await releaseHold(db, actOf(patient), first);
    const second = await held(patient, other);
    expect(await hold(db, actOf(patient), null, { slotId: one })).toMatchObject({
      kind: "refused",
      why: { code: "hold-limit" },
    });
    // Two minutes are left; extending right away costs what has passed, which is next to nothing.
    expect(await extendHold(db, actOf(patient), second)).toMatchObject({ kind: "done" });
    await admin.query("update slots set hold_expires_at = now() + interval '10 seconds' where id = $1", [other]);
    expect(await extendHold(db, actOf(patient), second)).toMatchObject({
      kind: "refused",
      why: { code: "hold-limit" },
    });
    expect(await held(staff, one, patient)).not.toBe(first);
  });

  test("change-budget-spent: A patient's budget says when it resets. An answer to a move by the clinic does not use it", async () => {
    await setPolicy(admin, { patient_change_budget: 2, change_budget: 100 });
    const slots = await slotsFrom(500, 5);
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    let subject = await booked(patient, slots[0]!);
    for (const slotId of slots.slice(1, 3)) {
      const outcome = await reschedule(db, actOf(patient), {
        ...subject,
        ...plain,
        holdId: await held(patient, slotId),
      });
      if (outcome.kind !== "done") throw new Error("refused");
      subject = { ...subject, versions: [outcome.result.version] };
    }
    await admin.query("update patients set change_times[1] = now() - interval '29 days' where id = $1", [patient.id]);
    const holdId = await held(patient, slots[3]!);
    const refused = await reschedule(db, actOf(patient), { ...subject, ...plain, holdId });
    expect(refused).toMatchObject({ kind: "refused", why: { code: "change-budget-spent", per: "patient" } });
    const resetsAt =
      refused.kind === "refused" && refused.why?.code === "change-budget-spent" ? refused.why.resetsAt : 0;
    expect(Math.abs(resetsAt! - Date.now() - 86_400_000)).toBeLessThan(3_700_000);

    await admin.query("update appointments set status = 'moved', version = version + 1 where id = $1", [
      subject.appointmentId,
    ]);
    const moved = { ...subject, versions: [subject.versions[0]! + 1] };
    const free = await reschedule(db, actOf(patient), { ...moved, ...plain, holdId });
    expect(free).toMatchObject({ kind: "done", result: { status: "booked", slotId: slots[3] } });
    const { rows } = await admin.query("select cardinality(change_times) as n from patients where id = $1", [
      patient.id,
    ]);
    expect(rows).toEqual([{ n: 2 }]);

    // After 31 days the first no longer counts.
    await admin.query("update patients set change_times[1] = now() - interval '31 days' where id = $1", [patient.id]);
    const last = { ...moved, versions: [moved.versions[0]! + 1] };
    const again = await reschedule(db, actOf(patient), { ...last, ...plain, holdId: await held(patient, slots[4]!) });
    expect(again.kind).toBe("done");
  });
});

describe("a hold ends by the database's clock", () => {
  test.each([
    ["right", 0],
    ["ten minutes fast", 600_000],
    ["a year slow", -365 * 86_400_000],
  ])(
    "With the Worker's clock %s a hold is confirmed only before its end, and its slot is free at once after it",
    async (_, skew) => {
      const lives = 60;
      await setPolicy(admin, { hold_seconds: 2 });
      const slots = await slotsFrom(700 + Math.abs(skew) / 3_600_000, lives);
      const people = await hire(admin, "patient", lives * 2);
      if (skew !== 0) vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + skew });
      const databaseNow = async (): Promise<number> =>
        Number((await admin.query("select extract(epoch from clock_timestamp()) * 1000 as now")).rows[0].now);
      const outcomes = { confirmed: 0, refused: 0, stolen: 0 };
      await Promise.all(
        slots.map(async (slotId, n) => {
          const [owner, rival] = [people[n * 2]!, people[n * 2 + 1]!];
          const got = await hold(db, actOf(owner), null, { slotId });
          if (got.kind !== "done") throw new Error("not held");
          const { id, expiresAt } = got.result;
          if (n % 2 === 0) {
            // Some at once, some late for certain, the others around the very end.
            const around = got.result.expiresInMs - 300 + (n / lives) * 400;
            const wait = [0, around, got.result.expiresInMs + 50][(n / 2) % 3];
            await new Promise((done) => setTimeout(done, wait));
            const outcome = await confirm(db, actOf(owner), { holdId: id, patientId: null, reason: null });
            if (outcome.kind === "done") {
              const { rows } = await admin.query("select created_at as at from appointments where slot_id = $1", [
                slotId,
              ]);
              expect(rows[0].at.getTime()).toBeLessThan(expiresAt);
              outcomes.confirmed += 1;
            } else {
              expect(await databaseNow()).toBeGreaterThanOrEqual(expiresAt);
              outcomes.refused += 1;
            }
            return;
          }
          for (;;) {
            const asked = await databaseNow();
            const theirs = await hold(db, actOf(rival), null, { slotId });
            if (theirs.kind === "done") {
              expect(theirs.result.expiresAt - 2000).toBeGreaterThanOrEqual(expiresAt - 1);
              break;
            }
            // No job must run first: the first request after the end gets the slot.
            expect(asked).toBeLessThan(expiresAt);
            await new Promise((done) => setTimeout(done, 40));
          }
          outcomes.stolen += 1;
        }),
      ).finally(() => vi.useRealTimers());
      expect(outcomes.confirmed).toBeGreaterThan(0);
      expect(outcomes.refused).toBeGreaterThan(0);
      expect(outcomes.stolen).toBe(lives / 2);
    },
  );
});

describe("acting for a patient", () => {
  const nobody = async (): Promise<Record<"inactive" | "merged", Person>> => {
    const [inactive, merged, kept] = (await hire(admin, "patient", 3)) as [Person, Person, Person];
    return { inactive, merged: Object.assign(merged, { into: kept.id }) };
  };

  test("not-found: No role acts for a patient who is inactive, merged or unknown", async () => {
    const slots = await slotsFrom(900, 8);
    const { inactive, merged } = await nobody();
    for (const [n, patient] of [inactive, merged].entries()) {
      const [near, far, third] = slots.slice(n * 4) as [string, string, string];
      const subject = await booked(patient, near);
      const holdId = await held(patient, far);
      const off =
        patient === merged ? ", merged_into = (select id from patients where active and id <> $1 limit 1)" : "";
      await admin.query(`update patients set active = false ${off} where id = $1`, [patient.id]);
      for (const who of [patient, staff]) {
        const override = who === staff ? { reason: "Asked by the family" } : null;
        const outcomes = await Promise.all([
          hold(db, actOf(who), patient.id, { slotId: third }, override),
          extendHold(db, actOf(who), holdId),
          confirm(db, actOf(who), { holdId, patientId: patient.id, reason: null, override }),
          reschedule(db, actOf(who), { ...subject, holdId, patientId: null, override }),
          accept(db, actOf(who), { ...subject, patientId: null }),
        ]);
        // Staff learn what the record is; the appointments of a merged one are another's.
        const codes = outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.why.code : outcome.kind));
        const changes = patient === merged ? "not-found" : "wrong-state";
        const staffs = ["wrong-state", "wrong-state", "wrong-state", changes, changes];
        expect(codes).toEqual(who === staff ? staffs : Array.from(staffs, () => "not-found"));
        if (who === patient) {
          const cancelled = await cancel(db, actOf(who), { ...subject, reason: why, patientId: null, override });
          expect(cancelled).toMatchObject({ kind: "refused", why: { code: "not-found" } });
        }
      }
      // Staff can still cancel what an inactive patient has, for the patient's reason.
      const off2 = await cancel(db, actOf(staff), { ...subject, ...plain, reason: why });
      expect(off2.kind).toBe(patient === inactive ? "done" : "refused");
    }
    const [free] = await slotsFrom(1000, 1);
    const unknown = await hold(db, actOf(staff), crypto.randomUUID(), { slotId: free! });
    expect(unknown).toMatchObject({ kind: "refused", why: { code: "not-found" } });
  });

  test("not-found: Another patient's appointment is as an unknown one. Staff who name a patient must name the right one", async () => {
    const [near, far] = (await slotsFrom(1100, 2)) as [string, string];
    const [owner, stranger] = (await hire(admin, "patient", 2)) as [Person, Person];
    const subject = await booked(owner, near);
    const holdId = await held(stranger, far);
    const gone = { kind: "refused", why: { code: "not-found" } };
    expect(await reschedule(db, actOf(stranger), { ...subject, ...plain, holdId })).toMatchObject(gone);
    expect(await cancel(db, actOf(stranger), { ...subject, ...plain, reason: why })).toMatchObject(gone);
    expect(await accept(db, actOf(stranger), { ...subject, patientId: null })).toMatchObject(gone);
    const wrong = { ...subject, patientId: stranger.id, override: null, reason: why };
    expect(await cancel(db, actOf(staff), wrong)).toMatchObject(gone);
    expect(await cancel(db, actOf(staff), { ...wrong, patientId: owner.id })).toMatchObject({ kind: "done" });
  });

  test("The audit trail has actor and patient, before and after, and the reason of an override", async () => {
    const [near, far] = (await slotsFrom(6, 2)) as [string, string];
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    const subject = await booked(patient, near);
    await admin.query("update slots set status = 'closed', closed_by = 'staff' where id = $1", [far]);
    const override = { reason: "Doctor stays on for her" };
    const closed = await hold(db, actOf(staff), patient.id, { slotId: far });
    expect(closed.kind).toBe("refused");
    const got = await hold(db, actOf(staff), patient.id, { slotId: far }, override);
    if (got.kind !== "done") throw new Error("not held");
    const act = actOf(staff);
    expect((await reschedule(db, act, { ...subject, patientId: null, override, holdId: got.result.id })).kind).toBe(
      "done",
    );
    const { rows } = await admin.query("select * from audit where request_id = $1", [act.requestId]);
    expect(rows).toMatchObject([
      {
        actor_id: staff.personId,
        patient_id: patient.id,
        action: "appointment.reschedule",
        entity_id: subject.appointmentId,
        before: { slotId: near, version: 1 },
        after: { slotId: far, version: 2 },
        reason: override.reason,
      },
    ]);
    const { rows: freed } = await admin.query("select late_opening from slots where id = $1", [near]);
    expect(freed).toEqual([{ late_opening: true }]);
    // A slot freed within the freeze is for staff to fill, unless the clinic offers such slots to patients.
    const [other] = (await hire(admin, "patient", 1)) as [Person];
    expect((await hold(db, actOf(other), null, { slotId: near })).kind).toBe("refused");
    await setPolicy(admin, { late_openings: "patients" });
    expect((await hold(db, actOf(other), null, { slotId: near })).kind).toBe("done");
    await setPolicy(admin, { late_openings: "staff" });
  });
});

describe("repeated requests", () => {
  test("After a lost reply a retry over another connection gets the first answer, and nothing is done twice", async () => {
    const [near, far] = (await slotsFrom(1300, 2)) as [string, string];
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    const subject = await booked(patient, near);
    const holdId = await held(patient, far);
    const act = actOf(patient, crypto.randomUUID());
    const proxy = await startNeonProxy({ port: 0, upstream: inject("stack").postgres });
    try {
      const through = openDesk(database, proxy.httpUrl);
      proxy.faults.set({ dropBeforeReply: 1 });
      await expect(reschedule(through.db, act, { ...subject, ...plain, holdId })).rejects.toThrow(/did not answer/);
      expect(proxy.faults.fired().droppedBeforeReply).toBe(1);
      await through.close();
    } finally {
      await proxy.close();
    }
    const again = openDesk(database);
    const [first, second] = [
      await reschedule(again.db, act, { ...subject, ...plain, holdId }),
      await reschedule(again.db, act, { ...subject, ...plain, holdId }),
    ];
    await again.close();
    expect(first).toMatchObject({ kind: "done", replayed: true, result: { version: 2, slotId: far } });
    expect(second).toEqual(first);
    const { rows } = await admin.query("select count(*)::int as n from audit where request_id = $1", [act.requestId]);
    expect(rows).toEqual([{ n: 1 }]);
    const other = { ...act, idempotency: { key: act.idempotency!.key, hash: "another body" } };
    expect(await reschedule(db, other, { ...subject, ...plain, holdId })).toEqual({ kind: "key-reused" });
  });

  test("The same key many times at once has one effect, and all get one answer", async () => {
    const slots = await slotsFrom(1500, 40);
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    const acts = slots.map(() => actOf(patient, crypto.randomUUID()));
    const seen = new Map<string, number>();
    await Promise.all(
      slots.map(async (slotId, n) => {
        const act = acts[n]!;
        const ids = new Set<string>();
        await Promise.all(
          Array.from({ length: 4 }, async () => {
            for (;;) {
              const outcome = await hold(db, act, null, { slotId });
              seen.set(outcome.kind, (seen.get(outcome.kind) ?? 0) + 1);
              if (outcome.kind === "done") return ids.add(outcome.result.id);
              expect(outcome.kind).toBe("key-in-flight");
            }
          }),
        );
        expect(ids.size).toBe(1);
      }),
    );
    expect(seen.get("done")).toBe(160);
    expect(seen.get("key-in-flight")).toBeGreaterThan(0);
    const { rows } = await admin.query(
      "select count(*)::int as audits, count(distinct request_id)::int as requests from audit where request_id = any($1)",
      [acts.map(({ requestId }) => requestId)],
    );
    expect(rows).toEqual([{ audits: 40, requests: 40 }]);
  });

  test("Kept answers are deleted after 48 hours, and not before", async () => {
    const [one, two] = (await slotsFrom(1400, 2)) as [string, string];
    const [patient] = (await hire(admin, "patient", 1)) as [Person];
    await hold(db, actOf(patient, "old"), null, { slotId: one });
    await hold(db, actOf(patient, "young"), null, { slotId: two });
    const age = (key: string, interval: string) =>
      admin.query("update idempotency_keys set created_at = now() - $2::interval where key = $1", [key, interval]);
    await age("old", "48 hours 1 minute");
    await age("young", "47 hours 59 minutes");
    await admin.query(
      `insert into idempotency_keys (person_id, key, request_hash, result, created_at)
       select $1, 'bulk ' || n, '', '{}', now() - interval '3 days' from generate_series(1, 12000) n`,
      [patient.personId],
    );
    const lines: unknown[] = [];
    await sweep({ db, log: (event, fields) => lines.push([event, fields]) });
    expect(lines).toEqual([["swept", { count: 12_001 }]]);
    const { rows } = await admin.query("select key from idempotency_keys where person_id = $1", [patient.personId]);
    expect(rows).toEqual([{ key: "young" }]);
  });
});
