import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancel } from "#db/verbs/appointment-changes.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { previewChange } from "#operations/preview-change.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { runOnce } from "#jobs/reassign.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { bookOn, endsOf, faultsOf, offer, openStillQueue } from "#test/support/reassigning.ts";
import { type Desk, type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

/** Number of patients who lose their slot: twenty patients a day for each doctor. */
const SIZE = Number(process.env["HOLIDAY_APPOINTMENTS"] ?? 300);

/** Number of patients who want something else of the clinic while it reassigns. */
const RIVALS = 50;

const database = await createTestDatabase({ template: "migrated" });

let desk: Desk;
let still: Awaited<ReturnType<typeof openStillQueue>>;
beforeAll(async () => {
  desk = openDesk(database);
  still = await openStillQueue();
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

describe("a holiday while patients book and cancel", () => {
  test("A holiday loses no patient, books no slot twice and respects every limit", async () => {
    const { admin, db } = desk;
    const locationId = await foundClinic(admin, { hold_minutes_per_day: 14_400 });
    const [staff] = (await hire(admin, "staff", 1)) as [Person];
    const doctors = await hire(admin, "doctor", Math.ceil(SIZE / 20));
    const displaced = await hire(admin, "patient", SIZE);
    const rivals = await hire(admin, "patient", RIVALS);
    const { rows } = await admin.query<{ today: string }>(
      "select (now() at time zone 'Europe/Dublin')::date::text as today",
    );
    const date = addDays(rows[0]!.today, 12);
    await offer(admin, doctors, locationId, [date], 20);
    const visits = await bookOn(admin, displaced, date);
    const around = [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5].map((days) => addDays(date, days));
    await offer(admin, doctors, locationId, around, 20);
    await admin.query("analyze");

    const change: CalendarChange = {
      kind: "holidays-add",
      locationId,
      country: null,
      days: [{ date, name: "Fair" }],
      source: "staff",
    };
    const clock = stopwatch();
    const seen = await previewChange(db, staff.caller, change);
    if (!seen || !("impact" in seen)) throw new Error("no preview");
    const previewed = clock();
    expect(seen.impact).toMatchObject({ affected: SIZE, toPlace: [] });
    const agreed = { previewToken: seen.impact.token, versions: null };
    const outcome = await changeCalendar(db, actOf(staff), change, agreed);
    const applied = clock();
    if (outcome.kind !== "done" || outcome.result.operationId === null) throw new Error(JSON.stringify(outcome));
    const { operationId } = outcome.result;

    // They want just the slots that the plan wants, and some of those who lose theirs will not have another.
    const wanted = seen.impact.reassigned.flatMap(({ to }) => (to.id === null ? [] : [to.id]));
    let isOver = false;
    const booked: string[] = [];
    let given = 0;
    const rivalry = rivals.map(async (rival, index) => {
      for (let n = index; n < wanted.length; n += RIVALS) {
        if (isOver) return;
        const held = await hold(db, actOf(rival), null, { slotId: wanted[n]! });
        if (held.kind !== "done") continue;
        const done = await confirm(db, actOf(rival), { holdId: held.result.id, patientId: null, reason: null });
        if (done.kind !== "done") continue;
        if (n % 3 > 0) {
          booked.push(done.result.id);
          continue;
        }
        const gone = await cancelOwn(rival, done.result.id, done.result.version);
        expect(gone).toBe("done");
      }
    });
    const departures = displaced
      .filter((_, n) => n % 60 === 7)
      .map(async (patient) => {
        for (let attempt = 0; attempt < 5; attempt++) {
          const { rows: own } = await admin.query<{ id: string; version: number }>(
            "select id, version from appointments where patient_id = $1",
            [patient.id],
          );
          if ((await cancelOwn(patient, own[0]!.id, own[0]!.version)) === "done") return void given++;
        }
      });
    const cancelOwn = async (patient: Person, appointmentId: string, version: number): Promise<string> => {
      const reason = { by: "patient" as const, code: "better", note: null };
      const outcome = await cancel(db, actOf(patient), {
        appointmentId,
        versions: [version],
        reason,
        patientId: null,
        override: null,
      });
      return outcome.kind;
    };
    const isDone = async (): Promise<boolean> =>
      (await admin.query("select phase from operations where id = $1", [operationId])).rows[0].phase === "done";
    let reassigned = 0;
    const work = (async () => {
      // The message that a run sends itself continues after its time is up.
      while (!(await isDone())) await runOnce({ db, queue: still.queue, log: () => {} }, { operationId });
      reassigned = clock();
    })().finally(() => {
      isOver = true;
    });
    for (const ended of await Promise.allSettled([work, ...rivalry, ...departures])) {
      if (ended.status === "rejected") throw ended.reason;
    }

    expect(await faultsOf(desk, operationId)).toEqual({});
    const ends = await endsOf(desk, operationId);
    expect(Object.values(ends).reduce((sum, n) => sum + n, 0)).toBe(visits.length);
    const kept = await admin.query<{ n: number }>(
      `select count(*)::int as n from appointments a join slots s on s.appointment_id = a.id and s.id = a.slot_id
       where a.id = any($1) and a.status = 'booked'`,
      [booked],
    );
    expect(kept.rows).toEqual([{ n: booked.length }]);
    expect(booked.length).toBeGreaterThan(0);
    expect(given).toBeGreaterThan(0);
    const [sum] = (
      await admin.query(
        `select o.proof, count(*) filter (where i.to_slot_id <> p.slot and i.explanation ? 'cost')::int as elsewhere
         from operations o join operation_items i on i.operation_id = o.id
           join (select (x ->> 'appointmentId')::uuid as id, (x -> 'to' ->> 'id')::uuid as slot
             from operations o, jsonb_array_elements(o.preview -> 'reassigned') x where o.id = $1) p on p.id = i.appointment_id
         where o.id = $1 group by o.proof`,
        [operationId],
      )
    ).rows;
    console.log(
      `${SIZE} displaced, ${around.length * doctors.length * 20} free slots, ${RIVALS} rivals: preview ${previewed} ms, ` +
        `applied ${applied} ms, reassigned ${reassigned} ms; ${JSON.stringify(ends)}, ${sum.elsewhere} elsewhere than ` +
        `previewed, ${booked.length} booked and ${given} cancelled meanwhile; proof ${JSON.stringify(sum.proof)}`,
    );
  }, 300_000);
});

/** Milliseconds since it was last asked. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = Math.round(now - last);
    last = now;
    return passed;
  };
}
