import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import type { Statement } from "#db/transaction.ts";
import { findCase, listCases } from "#db/queries/cases.ts";
import { cancel, cancelCase } from "#db/verbs/appointment-changes.ts";
import { claimCase, contactLater, releaseCase, place } from "#db/verbs/placement.ts";
import { hold } from "#db/verbs/holds.ts";
import { placeCases } from "#operations/place-cases.ts";
import type { Outcome } from "#db/call.ts";
import { rankForStaff } from "#domain/placement.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, { hold_minutes_per_day: 14_400, reassign_days: 20 });
const [sam, kim] = (await hire(admin, "staff", 2)) as [Person, Person];
const HOUR = 60;
const DAY = 24 * HOUR;

/** A doctor of a specialty of their own, so that no test sees another's slots. */
let doctor: Person;
let specialties = 0;

beforeEach(async () => {
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  await admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, `Specialty ${++specialties}`]);
});

const slots = (...minutes: number[]) => addSlots(admin, doctor, location, minutes);
/** A patient whose slot this many minutes from now has been closed. */
async function waiting(minutes: number, who?: Person) {
  const patient = who ?? (await hire(admin, "patient", 1))[0]!;
  const appointmentId = await seat(admin, patient, (await slots(minutes))[0]!);
  return { patient, appointmentId, caseId: await displace(admin, appointmentId) };
}
const why = (outcome: Outcome<unknown, { code: string }>) => (outcome.kind === "refused" ? outcome.why : outcome.kind);
const placed = (outcome: Awaited<ReturnType<typeof placeCases>>) => {
  if (outcome.kind !== "done") throw new Error(`answered ${outcome.kind}`);
  return outcome.result;
};
async function detail(caseId: string) {
  const { item } = await findCase(db, sam.caller, caseId, "test");
  if (!item) throw new Error("there is no such case");
  return { ...item, ranked: rankForStaff(item.displaced, item.candidates, item) };
}
const one = async <Row>(query: string, ...values: unknown[]): Promise<Row> =>
  (await admin.query(query, values)).rows[0] as Row;

describe("a claim", () => {
  test("A claim is one person's for the policy's minutes by the database clock, who can renew or release it", async () => {
    const { caseId, appointmentId, patient } = await waiting(3 * DAY);
    const first = await claimCase(db, actOf(sam), { caseId, versions: [1] });
    expect(first).toMatchObject({ kind: "done", result: { version: 2, claim: { by: "Staff 1", mine: true } } });
    const left = first.kind === "done" ? first.result.claim!.expiresInMs : 0;
    expect(left).toBeGreaterThan(14.9 * 60_000);
    expect(left).toBeLessThanOrEqual(15 * 60_000);
    expect(why(await claimCase(db, actOf(kim), { caseId, versions: [2] }))).toMatchObject({
      code: "case-claimed",
      claimedBy: "Staff 1",
      until: first.kind === "done" ? first.result.claim!.expiresAt : 0,
    });
    expect(why(await releaseCase(db, actOf(kim), caseId))).toMatchObject({ code: "case-claimed" });
    expect(why(await claimCase(db, actOf(sam), { caseId, versions: [1] }))).toMatchObject({
      code: "version-conflict",
      own: true,
    });
    expect(await claimCase(db, actOf(sam), { caseId, versions: [2] })).toMatchObject({
      kind: "done",
      result: { version: 3 },
    });
    expect(await releaseCase(db, actOf(sam), caseId)).toMatchObject({
      kind: "done",
      result: { version: 4, claim: null },
    });
    expect(await releaseCase(db, actOf(sam), caseId)).toMatchObject({
      kind: "done",
      result: { version: 4, claim: null },
    });
    const { actions } = await one<{ actions: string[] }>(
      "select array_agg(action order by at) as actions from audit where entity_id = $1 and patient_id = $2",
      appointmentId,
      patient.id,
    );
    expect(actions).toEqual(["case.claim", "case.claim", "case.release"]);
  });

  test("Any staff member can claim a case with an expired claim", async () => {
    const { caseId } = await waiting(3 * DAY);
    await claimCase(db, actOf(sam), { caseId, versions: [1] });
    await admin.query("update cases set claim_expires_at = clock_timestamp() where id = $1", [caseId]);
    expect(await claimCase(db, actOf(kim), { caseId, versions: [2] })).toMatchObject({
      kind: "done",
      result: { claim: { by: "Staff 2" } },
    });
  });

  test("not-found: An unknown case is not claimed, postponed or released", async () => {
    const caseId = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
    const at = Math.round(Date.now() / 1000) * 1000 + 3_600_000;
    const unknown = { kind: "refused", why: { code: "not-found" } };
    expect(await claimCase(db, actOf(sam), { caseId, versions: [1] })).toEqual(unknown);
    expect(await contactLater(db, actOf(sam), { caseId, versions: [1] }, { at, note: null })).toEqual(unknown);
    expect(await releaseCase(db, actOf(sam), caseId)).toEqual(unknown);
  });

  test("A claim prevents others from postponing and cancelling. Contacting later releases the case", async () => {
    const { caseId, appointmentId } = await waiting(3 * DAY);
    await claimCase(db, actOf(sam), { caseId, versions: [1] });
    const at = Math.round(Date.now() / 1000) * 1000 + 3_600_000;
    const reason = { by: "clinic", code: "closed", note: null } as const;
    const subject = { caseId, versions: [2] };
    expect(why(await contactLater(db, actOf(kim), subject, { at, note: null }))).toMatchObject({
      code: "case-claimed",
    });
    expect(why(await cancelCase(db, actOf(kim), { ...subject, reason }))).toMatchObject({
      code: "case-claimed",
    });
    const past = { at: Date.now() - 60_000, note: null };
    expect(why(await contactLater(db, actOf(sam), subject, past))).toEqual({ code: "not-in-future" });
    expect(await contactLater(db, actOf(sam), subject, { at, note: "at work until five" })).toMatchObject({
      kind: "done",
      result: { contactAfter: at, contactNote: "at work until five", claim: null, version: 3 },
    });
    const gone = await cancelCase(db, actOf(kim), { caseId, versions: [3], reason });
    expect(gone).toMatchObject({ kind: "done", result: { id: appointmentId, status: "cancelled" } });
    expect(await one("select status, version from cases where id = $1", caseId)).toEqual({
      status: "cancelled",
      version: 4,
    });
    expect(why(await claimCase(db, actOf(sam), { caseId, versions: [4] }))).toMatchObject({
      code: "wrong-state",
      current: "cancelled",
    });
  });

  test("Of two claims of one case at once one succeeds, and the other learns whose it is", async () => {
    for (let round = 0; round < 20; round++) {
      const { caseId } = await waiting(3 * DAY + round * 20);
      const outcomes = await Promise.all([sam, kim].map((who) => claimCase(db, actOf(who), { caseId, versions: [1] })));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["done", "refused"]);
      const winner = outcomes[0]!.kind === "done" ? "Staff 1" : "Staff 2";
      expect(why(outcomes.find(({ kind }) => kind === "refused")!)).toMatchObject({
        code: "case-claimed",
        claimedBy: winner,
      });
    }
  });
});

test("The list counts open and own cases, and can be of the own cases only", async () => {
  const before = (await listCases(db, sam.caller, { mine: true, limit: 200 }, "test")).item;
  const { caseId } = await waiting(3 * DAY);
  await waiting(4 * DAY);
  await claimCase(db, actOf(sam), { caseId, versions: [1] });
  const mine = (await listCases(db, sam.caller, { mine: true, limit: 200 }, "test")).item;
  expect(mine!.counts).toEqual({ open: before!.counts.open + 2, mine: before!.counts.mine + 1 });
  expect(mine!.items.map(({ id }) => id)).toContain(caseId);
  expect(mine!.items).toHaveLength(mine!.counts.mine);
  const kims = (await listCases(db, kim.caller, { mine: true, limit: 200 }, "test")).item;
  expect(kims!.items.map(({ id }) => id)).not.toContain(caseId);
});

describe("the times named for a case", () => {
  test("The times are the best at this moment, each with its reasons and marks", async () => {
    const { caseId } = await waiting(3 * DAY);
    const [late, soon, sameDay, nextDay] = (await slots(5 * HOUR, 30, 3 * DAY + 2 * HOUR, 4 * DAY)) as [
      string,
      string,
      string,
      string,
    ];
    await admin.query("update slots set late_opening = true where id = $1", [late]);
    await slots(-2 * HOUR);
    const { rows } = await admin.query<{ id: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
       select doctor_id, location_id, starts_at + interval '1 hour', starts_at + interval '70 minutes', clinic_date, 'staff'
       from slots where id = $1 returning id`,
      [nextDay],
    );
    const { ranked } = await detail(caseId);
    const marks = Object.fromEntries(ranked.map((candidate) => [candidate.slotId, candidate.marks]));
    expect(marks).toEqual({
      [late]: ["late-opening", "within-freeze"],
      [soon]: ["within-freeze", "short-notice"],
      [sameDay]: [],
      [nextDay]: [],
    });
    expect(marks[rows[0]!.id]).toBeUndefined();
    expect(ranked.map(({ cost }) => cost)).toEqual(ranked.map(({ cost }) => cost).sort((a, b) => a - b));
    expect(ranked.find(({ slotId }) => slotId === nextDay)!.reasons).toContain("same doctor");
    await admin.query("update slots set status = 'closed', closed_by = 'staff' where id = $1", [sameDay]);
    expect((await detail(caseId)).ranked.map(({ slotId }) => slotId)).not.toContain(sameDay);
  });

  test("The times begin with slots that became free for the queue, however near the others are", async () => {
    const { caseId } = await waiting(3 * DAY);
    await slots(...Array.from({ length: 30 }, (_, n) => 3 * DAY + (n + 1) * 20));
    const [far] = (await slots(9 * DAY)) as [string];
    const visitor = (await hire(admin, "patient", 1))[0]!;
    const visit = await seat(admin, visitor, far);
    expect((await detail(caseId)).ranked[0]!.marks).toEqual([]);
    const reason = { by: "clinic", code: "staffing", note: null } as const;
    await cancel(db, actOf(sam), { appointmentId: visit, versions: [1], reason, patientId: null, override: null });
    const { ranked } = await detail(caseId);
    expect(ranked).toHaveLength(10);
    expect(ranked[0]).toMatchObject({ slotId: far, marks: ["offered"] });
    expect(ranked.slice(1).every(({ marks }) => marks.length === 0)).toBe(true);
  });

  test("A placed case has no times, and each read is recorded", async () => {
    const { caseId, appointmentId, patient } = await waiting(3 * DAY);
    const [free] = (await slots(4 * DAY, 5 * DAY)) as [string];
    expect((await detail(caseId)).candidates).toHaveLength(2);
    await place(db, actOf(sam), { caseId, versions: [1] }, { slotId: free, agreed: true, override: null });
    expect(await detail(caseId)).toMatchObject({ candidates: [], case: { status: "placed", version: 2 } });
    const noted = await one(
      "select count(*)::int as n from audit where action = 'case.read' and entity_id = $1 and patient_id = $2",
      appointmentId,
      patient.id,
    );
    expect(noted).toEqual({ n: 2 });
  });
});

describe("placing several cases at once", () => {
  let deadlocks = "";
  const countDeadlocks = async () => {
    await admin.query("select pg_stat_force_next_flush()");
    return (await one<{ n: string }>("select deadlocks as n from pg_stat_database where datname = current_database()"))
      .n;
  };
  beforeAll(async () => {
    deadlocks = await countDeadlocks();
  });
  afterAll(async () => {
    expect(await countDeadlocks()).toBe(deadlocks);
  });

  test("Placing several cases finds the cheapest plan for all together, as an exhaustive search does", async () => {
    const cases = await Promise.all([3 * DAY, 3 * DAY + 20, 3 * DAY + 40].map((minutes) => waiting(minutes)));
    await slots(3 * DAY + 15 + DAY, 3 * DAY + 60, 5 * DAY, 3 * DAY + 100);
    const ways = await Promise.all(
      cases.map(async ({ caseId }) => new Map((await detail(caseId)).ranked.map(({ slotId, cost }) => [slotId, cost]))),
    );
    const cheapest = (n: number, used: string[]): number =>
      n === ways.length
        ? 0
        : Math.min(
            ...[...ways[n]!]
              .filter(([id]) => !used.includes(id))
              .map(([id, cost]) => cost + cheapest(n + 1, [...used, id])),
          );
    const best = cheapest(0, []);
    const greedy = ways.reduce<{ cost: number; used: string[] }>(
      ({ cost, used }, way) => {
        const [id, price] = [...way].filter(([slotId]) => !used.includes(slotId)).sort((a, b) => a[1] - b[1])[0]!;
        return { cost: cost + price, used: [...used, id] };
      },
      { cost: 0, used: [] },
    );
    const items = placed(
      await placeCases(
        db,
        actOf(sam),
        cases.map(({ caseId }) => caseId),
      ),
    );
    expect(items.map(({ caseId, why: none }) => [caseId, none])).toEqual(cases.map(({ caseId }) => [caseId, null]));
    const total = items.reduce((sum, { slot }, n) => sum + ways[n]!.get(slot!.id)!, 0);
    expect(total).toBe(best);
    expect(total).toBeLessThanOrEqual(greedy.cost);
    expect(new Set(items.map(({ slot }) => slot!.id)).size).toBe(3);
    for (const { appointmentId, slot, reasons } of items) {
      expect(reasons.length).toBeGreaterThan(2);
      expect(
        await one(
          `select a.status, a.slot_id as slot, s.appointment_id as seated, a.moved_from is not null as moved,
             (select count(*)::int from audit where entity_id = a.id and action = 'appointment.place') as audited,
             (select count(*)::int from outbox where appointment_id = a.id and due_at is not null) as told,
             (select k.status from cases k where k.appointment_id = a.id) as queue
           from appointments a join slots s on s.id = a.slot_id where a.id = $1`,
          appointmentId,
        ),
      ).toEqual({
        status: "moved",
        slot: slot!.id,
        seated: appointmentId,
        moved: true,
        audited: 1,
        told: 1,
        queue: "placed",
      });
    }
  });

  test("No patient is placed into a slot that was moved after it was chosen", async () => {
    const { caseId } = await waiting(3 * DAY);
    const [moved, stays] = (await slots(4 * DAY, 9 * DAY)) as [string, string];
    let statements = 0;
    const interrupted: Database = {
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            functions: tx.functions,
            fields: tx.fields,
            async rows<Row>(statement: Statement) {
              const answer = await tx.rows<Row>(statement);
              // The caller, then the cases and the free slots: now it is chosen from.
              if (++statements === 2) {
                await admin.query(
                  "update slots set starts_at = starts_at + interval '2 hours', ends_at = ends_at + interval '2 hours' where id = $1",
                  [moved],
                );
              }
              return answer;
            },
          }),
        ),
    };
    const [item] = placed(await placeCases(interrupted, actOf(sam), [caseId]));
    expect(statements).toBeGreaterThan(3);
    expect(item?.slot?.id).toBe(stays);
  });

  test("Each case that is not placed says why, and stays as it is", async () => {
    const [mine, theirs, done, alone] = [
      await waiting(3 * DAY),
      await waiting(4 * DAY),
      await waiting(5 * DAY),
      await waiting(6 * DAY),
    ];
    const [target, within] = (await slots(7 * DAY, 10 * HOUR)) as [string, string];
    await claimCase(db, actOf(sam), { caseId: mine.caseId, versions: [1] });
    await claimCase(db, actOf(kim), { caseId: theirs.caseId, versions: [1] });
    const reason = { by: "clinic", code: "closed", note: null } as const;
    await cancelCase(db, actOf(sam), { caseId: done.caseId, versions: [1], reason });
    const unknown = crypto.randomUUID();
    const ids = [unknown, theirs.caseId, done.caseId, mine.caseId, alone.caseId];
    const items = placed(await placeCases(db, actOf(sam), ids));
    expect(items.map(({ caseId, why: none, slot }) => [caseId, none?.code ?? slot?.id])).toEqual([
      [unknown, "not-found"],
      [theirs.caseId, "claimed"],
      [done.caseId, "closed"],
      [mine.caseId, expect.stringMatching(`outbid|${target}`)],
      [alone.caseId, expect.stringMatching(`outbid|${target}`)],
    ]);
    expect(items.filter(({ slot }) => slot?.id === target)).toHaveLength(1);
    expect(items.map(({ slot }) => slot?.id)).not.toContain(within);
    expect(await one("select status from appointments where id = $1", theirs.appointmentId)).toEqual({
      status: "to-place",
    });
  });

  test("One patient is never placed at two locations at one time", async () => {
    const first = await waiting(3 * DAY);
    const second = await waiting(3 * DAY + 20, first.patient);
    const [colleague] = (await hire(admin, "doctor", 1)) as [Person];
    await admin.query("update doctors set specialty = (select specialty from doctors where id = $2) where id = $1", [
      colleague.id,
      doctor.id,
    ]);
    await slots(4 * DAY, 6 * DAY);
    await addSlots(admin, colleague, location, [4 * DAY + 5]);
    const items = placed(await placeCases(db, actOf(sam), [first.caseId, second.caseId]));
    expect(items.every(({ slot }) => slot !== null)).toBe(true);
    const [a, b] = items.map(({ slot }) => slot!);
    expect(a!.startsAt < b!.endsAt && b!.startsAt < a!.endsAt).toBe(false);
  });

  test("is answered again as the first time when sent again", async () => {
    const { caseId, appointmentId } = await waiting(3 * DAY);
    await slots(4 * DAY);
    const first = placed(await placeCases(db, actOf(sam, `bulk ${caseId}`), [caseId]));
    const again = await placeCases(db, actOf(sam, `bulk ${caseId}`), [caseId]);
    expect(again).toMatchObject({ kind: "done", replayed: true });
    expect(placed(again)).toEqual(first);
    expect(await one("select version from appointments where id = $1", appointmentId)).toEqual({ version: 3 });
  });

  test("Placing does not wait for a locked slot, and takes the next best", async () => {
    const { caseId } = await waiting(3 * DAY);
    const [best, next] = (await slots(3 * DAY + 20, 5 * DAY)) as [string, string];
    const rival = await admin.connect();
    try {
      await rival.query("begin");
      await rival.query("select from slots where id = $1 for update", [best]);
      const [item] = placed(await placeCases(db, actOf(sam), [caseId]));
      expect(item!.slot!.id).toBe(next);
      const other = await waiting(3 * DAY + 40);
      const [lost] = placed(await placeCases(db, actOf(sam), [other.caseId]));
      expect(lost).toMatchObject({ slot: null, why: { code: "slot-taken" } });
    } finally {
      await rival.query("rollback");
      rival.release();
    }
  });

  test("Placed twice at once while patients hold the same slots, each case and each slot is taken once", async () => {
    for (let round = 0; round < 4; round++) {
      const cases = [];
      for (let n = 0; n < 8; n++) cases.push(await waiting(3 * DAY + round * 400 + n * 20));
      const free = await slots(...Array.from({ length: 10 }, (_, n) => 12 * DAY + round * 400 + n * 20));
      const patients = await hire(admin, "patient", 6);
      const ids = cases.map(({ caseId }) => caseId);
      const [first, second, ...holds] = await Promise.all([
        placeCases(db, actOf(sam), ids),
        placeCases(db, actOf(kim), ids.toReversed()),
        ...patients.map((patient, n) => hold(db, actOf(patient), null, { slotId: free[n]! })),
      ]);
      const items = [...placed(first), ...placed(second)].filter(({ slot }) => slot !== null);
      expect(new Set(items.map(({ caseId }) => caseId)).size).toBe(items.length);
      expect(new Set(items.map(({ slot }) => slot!.id)).size).toBe(items.length);
      const held = holds.flatMap((outcome) => (outcome.kind === "done" ? [outcome.result.slot.id] : []));
      expect(items.map(({ slot }) => slot!.id).filter((id) => held.includes(id))).toEqual([]);
      // Ten slots: what was not placed was held.
      expect(items.length).toBe(Math.min(8, 10 - held.length));
      const state = await one(
        `select count(*) filter (where a.status = 'moved' and s.appointment_id = a.id and k.status = 'placed')::int as placed,
           count(*) filter (where a.status = 'to-place' and k.status = 'open')::int as waiting
         from cases k join appointments a on a.id = k.appointment_id left join slots s on s.id = a.slot_id where k.id = any($1)`,
        ids,
      );
      expect(state).toEqual({ placed: items.length, waiting: 8 - items.length });
    }
  });

  test("Placing leaves slots that were held or closed a moment before, and uses those kept for the queue", async () => {
    await setPolicy(admin, { offer_minutes: 60 });
    const { caseId } = await waiting(3 * DAY);
    const [held, closed, kept] = (await slots(3 * DAY + 20, 3 * DAY + 40, 5 * DAY)) as [string, string, string];
    const [rival] = (await hire(admin, "patient", 1)) as [Person];
    await hold(db, actOf(rival), null, { slotId: held });
    await admin.query("update slots set status = 'closed', closed_by = 'staff' where id = $1", [closed]);
    await admin.query("update slots set offered_until = now() + interval '1 hour' where id = $1", [kept]);
    const [item] = placed(await placeCases(db, actOf(sam), [caseId]));
    expect(item!.slot!.id).toBe(kept);
    expect(await one("select offered_until from slots where id = $1", kept)).toEqual({ offered_until: null });
  });
});
