import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { extendHold } from "#db/verbs/holds.ts";
import { hold } from "#db/verbs/holds.ts";
import type { Act, Outcome } from "#db/call.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, { hold_minutes_per_day: 14_400, holds_per_patient: 3 });
const [doctor, other] = (await hire(admin, "doctor", 2)) as [Person, Person];
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

let patient: Person;
let rival: Person;
let days = 10;
beforeEach(async () => {
  [patient, rival] = (await hire(admin, "patient", 2)) as [Person, Person];
  days += 1;
});

/** A free slot on a day that the test has for itself. */
async function slotAt(minute: number, whose = doctor): Promise<string> {
  const [slotId] = await addSlots(admin, whose, location, [days * DAY + minute]);
  return slotId!;
}

async function done<Result>(outcome: Promise<Outcome<Result, { code: string }>>): Promise<Result> {
  const what = await outcome;
  if (what.kind !== "done") throw new Error(what.kind);
  return what.result;
}

const held = async (person: Person, slotId: string): Promise<string> =>
  (await done(hold(db, actOf(person), null, { slotId }))).id;

async function booked(person: Person, slotId: string) {
  const input = { holdId: await held(person, slotId), patientId: null, reason: null };
  const { id, version } = await done(confirm(db, actOf(person), input));
  return { appointmentId: id, versions: [version], patientId: null, override: null };
}

const why = { by: "patient", code: "other", note: null } as const;
const cancelled = (person: Person, subject: Awaited<ReturnType<typeof booked>>) =>
  done(cancel(db, actOf(person), { ...subject, reason: why }));

/** A request that is refused now, and the change that makes it possible. */
interface Wish {
  ask: (on: Database, act: Act) => Promise<Outcome<unknown, { code: string }>>;
  makePossible: () => Promise<unknown>;
}

const WISHES: [string, () => Promise<Wish>][] = [
  [
    "a hold",
    async () => {
      const slotId = await slotAt(0);
      await held(rival, slotId);
      return {
        ask: (on, act) => hold(on, act, null, { slotId }),
        makePossible: () => admin.query("update slots set hold_expires_at = now() where id = $1", [slotId]),
      };
    },
  ],
  [
    "an extension",
    async () => {
      const holdId = await held(patient, await slotAt(0));
      await setPolicy(admin, { hold_extensions: 0 });
      return {
        ask: (on, act) => extendHold(on, act, holdId),
        makePossible: () => setPolicy(admin, { hold_extensions: 3 }),
      };
    },
  ],
  [
    "a confirmation",
    async () => {
      const wanted = await held(patient, await slotAt(0));
      const inTheWay = await booked(patient, await slotAt(5, other));
      return {
        ask: (on, act) => confirm(on, act, { holdId: wanted, patientId: null, reason: null }),
        makePossible: () => cancelled(patient, inTheWay),
      };
    },
  ],
  [
    "a move",
    async () => {
      const subject = await booked(patient, await slotAt(60));
      const holdId = await held(patient, await slotAt(0));
      const inTheWay = await booked(patient, await slotAt(5, other));
      return {
        ask: (on, act) => reschedule(on, act, { ...subject, holdId }),
        makePossible: () => cancelled(patient, inTheWay),
      };
    },
  ],
  [
    "a cancellation",
    async () => {
      const inThreeDays = (3 - days) * DAY;
      const subject = await booked(patient, await slotAt(inThreeDays));
      await setPolicy(admin, { freeze_hours: 96 });
      return {
        ask: (on, act) => cancel(on, act, { ...subject, reason: why }),
        makePossible: () => setPolicy(admin, { freeze_hours: 24 }),
      };
    },
  ],
];

/** The database behind a network that delays requests until the test releases them. */
function farAway(): { db: Database; letThrough: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { db: { ...db, rows: (statement) => promise.then(() => db.rows(statement)) }, letThrough: resolve };
}

async function auditedBy({ requestId }: Act): Promise<number> {
  const text = "select count(*)::int as n from audit where request_id = $1";
  return (await admin.query<{ n: number }>(text, [requestId])).rows[0]!.n;
}

describe("refusals under an idempotency key", () => {
  test.each(WISHES)("%s that arrives after its repetition was refused does nothing", async (_, arrange) => {
    const { ask, makePossible } = await arrange();
    const network = farAway();
    const first = actOf(patient, "once");
    const late = ask(network.db, first);
    const repeated = await ask(db, actOf(patient, "once"));
    expect(repeated).toMatchObject({ kind: "refused", why: { code: expect.not.stringMatching("not-found") } });

    await makePossible();
    network.letThrough();
    expect(await late).toEqual(repeated);
    expect(await auditedBy(first)).toBe(0);
    expect(await ask(db, actOf(patient, "afresh"))).toMatchObject({ kind: "done", replayed: false });
  });

  test("A hold is granted if the slot becomes free during the search for alternatives, and the key keeps that answer", async () => {
    const slotId = await slotAt(0);
    const [rivals, gate] = [await admin.connect(), await admin.connect()];
    await rivals.query("begin");
    await rivals.query("select from slots where id = $1 for update", [slotId]);
    // The function reads doctors only for the alternatives, which is between its first and its second look at the slot.
    await gate.query("begin");
    await gate.query("lock table doctors in access exclusive mode");
    const holding = hold(db, actOf(patient, "patient"), null, { slotId });
    const waiting = "select count(*)::int as n from pg_locks where not granted and relation = 'doctors'::regclass";
    await expect.poll(async () => (await admin.query<{ n: number }>(waiting)).rows[0]!.n).toBe(1);
    await rivals.query("rollback");
    await gate.query("rollback");
    for (const client of [rivals, gate]) client.release();
    const outcome = await holding;
    expect(outcome).toMatchObject({ kind: "done", replayed: false, result: { slot: { id: slotId } } });
    const again = await hold(db, actOf(patient, "patient"), null, { slotId });
    expect(again).toEqual({ ...outcome, replayed: true, dueAt: null });
  });

  test("A wrong request can be corrected under the same key", async () => {
    const subject = await booked(patient, await slotAt(0));
    const input = { ...subject, reason: why };
    const stale = await cancel(db, actOf(patient, "key"), { ...input, versions: [7] });
    expect(stale).toMatchObject({ kind: "refused", why: { code: "version-conflict" } });
    expect(await cancel(db, actOf(patient, "key"), input)).toMatchObject({ kind: "done", replayed: false });
  });

  test("A refused undo that is sent again is refused the same, even if it could be done now", async () => {
    const slotId = crypto.randomUUID();
    const close = (key: string) =>
      changeCalendar(
        db,
        actOf(staff, key),
        { kind: "slot-change", slotId, status: "closed" },
        { versions: null, previewToken: null },
      );
    const refused = await close("operation");
    expect(refused).toMatchObject({ kind: "refused", why: { code: "not-found" } });
    await admin.query("update slots set id = $2 where id = $1", [await slotAt(0), slotId]);
    expect(await close("operation")).toEqual(refused);
    expect(await close("another")).toMatchObject({ kind: "done" });
  });

  test("A second request under the key of a refusal is idempotency-key-reused", async () => {
    const [taken, free] = [await slotAt(0), await slotAt(60)];
    await held(rival, taken);
    const act = actOf(patient, "reused");
    expect(await hold(db, act, null, { slotId: taken })).toMatchObject({ kind: "refused" });
    const reused = { ...act, idempotency: { key: "reused", hash: "of another body" } };
    expect(await hold(db, reused, null, { slotId: free })).toEqual({ kind: "key-reused" });
  });
});
