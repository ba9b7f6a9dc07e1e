import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { runOnce } from "#jobs/reassign.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { letWait, lockRow } from "#test/support/locks.ts";
import { seat } from "#test/support/placement.ts";
import { applyChange, endsOf, faultsOf, openStillQueue } from "#test/support/reassigning.ts";
import { type Person, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
const { db, admin } = desk;
await letWait(admin);
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;
let still: Awaited<ReturnType<typeof openStillQueue>>;
beforeAll(async () => {
  still = await openStillQueue();
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

const runOn = (database: Database, operationId: string) =>
  runOnce({ db: database, queue: still.queue, log: () => {} }, { operationId });

/** A doctor of a specialty of their own, and patients of a day that then falls out. */
async function dayOff(count: number) {
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  await admin.query("update doctors set specialty = $2 where id = $1", [doctor.id, crypto.randomUUID()]);
  const slots = await addSlots(
    admin,
    doctor,
    location,
    Array.from({ length: count }, (_, n) => 10 * DAY + n * 20),
  );
  const ids = [];
  for (const slotId of slots) ids.push(await seat(admin, (await hire(admin, "patient", 1))[0]!, slotId));
  const { rows } = await admin.query<{ first: string; last: string }>(
    "select min(clinic_date)::text as first, max(clinic_date)::text as last from slots where doctor_id = $1",
    [doctor.id],
  );
  const exception = { kind: "absence" as const, fromDate: rows[0]!.first, toDate: rows[0]!.last };
  const change: CalendarChange = { kind: "exception-add", doctorId: doctor.id, exception, note: null };
  const { operationId } = await applyChange(db, staff, change);
  return { doctor, ids, operationId };
}

const statesOf = async (ids: readonly string[]) =>
  (
    await admin.query<{ status: string; slot: string | null }>(
      "select status, slot_id as slot from appointments where id = any($1) order by id",
      [ids],
    )
  ).rows;

describe("a run of an operation", () => {
  test("A run ends although a rival locks its best slot all the time: it takes the next best", async () => {
    const { doctor, ids, operationId } = await dayOff(1);
    const [best, next] = (await addSlots(admin, doctor, location, [13 * DAY, 14 * DAY])) as [string, string];
    const release = await lockRow(admin, "slots", best);
    try {
      await runOn(db, operationId);
      expect(await statesOf(ids)).toEqual([{ status: "moved", slot: next }]);
    } finally {
      await release();
    }
    const { rows } = await admin.query("select phase from operations where id = $1", [operationId]);
    expect(rows).toEqual([{ phase: "done" }]);
  });

  test("After a failed move a run makes no case yet, because the next plan may have a slot", async () => {
    const { doctor, ids, operationId } = await dayOff(2);
    const [only] = (await addSlots(admin, doctor, location, [13 * DAY])) as [string];
    const release = await lockRow(admin, "slots", only);
    let moves = 0;
    const watched: Database = {
      ...db,
      async rows<Row>(statement: Parameters<Database["rows"]>[0]) {
        const answer = await db.rows<Row>(statement);
        if (statement.text.includes("move_appointments") && ++moves === 1) {
          await release();
          await addSlots(admin, doctor, location, [14 * DAY]);
        }
        return answer;
      },
    };
    await runOn(watched, operationId);
    expect(moves).toBeGreaterThan(1);
    expect((await statesOf(ids)).map(({ status }) => status)).toEqual(["moved", "moved"]);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 2 });
    expect(await faultsOf(desk, operationId)).toEqual({});
  });

  test("A run that fails releases its operation at once, and the next run continues it", async () => {
    const { doctor, ids, operationId } = await dayOff(1);
    await addSlots(admin, doctor, location, [13 * DAY]);
    let statements = 0;
    const broken: Database = {
      ...db,
      rows<Row>(statement: Parameters<Database["rows"]>[0]) {
        // The first takes the lease, the second would count what is displaced.
        return ++statements === 2 ? Promise.reject(new Error("the wire broke")) : db.rows<Row>(statement);
      },
    };
    await expect(runOn(broken, operationId)).rejects.toThrow("the wire broke");
    const { rows } = await admin.query("select lease_id as lease, phase from operations where id = $1", [operationId]);
    expect(rows).toEqual([{ lease: null, phase: "reassigning" }]);
    await runOn(db, operationId);
    expect((await statesOf(ids)).map(({ status }) => status)).toEqual(["moved"]);
  });
});
