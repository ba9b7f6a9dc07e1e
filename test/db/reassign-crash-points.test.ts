import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runOnce } from "#jobs/reassign.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { previewChange } from "#operations/preview-change.ts";
import { type NeonProxy, startNeonProxy } from "#dev/neon/proxy.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { bookOn, endsOf, faultsOf, offer, openStillQueue } from "#test/support/reassigning.ts";
import { type Desk, type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

/**
 * One holiday is applied and its patients are reassigned many times, each time from the same state. Each time the Worker
 * dies at another boundary: before a statement reaches the database, or between its run and its answer. Then the request is
 * sent again with its key, and the next minute's trigger resumes the operation. The end must be the same, every time.
 */
const database = await createTestDatabase({ template: "migrated" });

let proxy: NeonProxy;
let still: Awaited<ReturnType<typeof openStillQueue>>;
let staff: Person;
let scene: { change: CalendarChange; token: string; cancels: string; chooses: string; freeSlot: string };
let desk: Desk;

beforeAll(async () => {
  proxy = await startNeonProxy({ port: 0, upstream: inject("stack").postgres });
  still = await openStillQueue();
  desk = openDesk({ ...database, httpUrl: proxy.httpUrl, wsProxy: proxy.wsProxy });
  await arrange();
  await remember();
});
afterAll(async () => {
  await still.close();
  await desk.close();
  await proxy.close();
});

/**
 * Two specialties on one day. Some patients are within the freeze and some find a place. The second specialty has too few
 * slots.
 */
async function arrange(): Promise<void> {
  const { admin } = desk;
  const locationId = await foundClinic(admin, { max_delay_seconds: 86_400, quiet_seconds: 3600 });
  [staff] = (await hire(admin, "staff", 1)) as [Person];
  const [general, , eyes] = await hire(admin, "doctor", 3);
  const patients = await hire(admin, "patient", 14);
  const { rows } = await admin.query<{ today: string; hours: number }>(
    `select (now() at time zone 'Europe/Dublin')::date::text as today,
       round(extract(epoch from (((now() at time zone 'Europe/Dublin')::date + 5 + time '12:00')
         at time zone 'Europe/Dublin') - now()) / 3600)::int as hours`,
  );
  const { today, hours } = rows[0]!;
  const date = addDays(today, 5);
  const afternoon =
    "update slots set starts_at = starts_at + interval '5 hours', ends_at = ends_at + interval '5 hours'";
  // The freeze ends about noon of that day, with no appointment near it.
  await admin.query("update policy set freeze_hours = $1", [hours]);
  await admin.query("update doctors set specialty = 'Ophthalmology' where id = $1", [eyes!.id]);
  await offer(admin, [general!], locationId, [date], 8);
  await admin.query(`${afternoon} where (starts_at at time zone 'Europe/Dublin')::time >= '09:30'`);
  await offer(admin, [eyes!], locationId, [date], 5);
  await admin.query(`${afternoon} where doctor_id = $1`, [eyes!.id]);
  await bookOn(admin, [...patients.slice(0, 12), patients[4]!], date);
  await offer(admin, [general!], locationId, [addDays(today, 8), addDays(today, 9)], 5);
  await offer(admin, [eyes!], locationId, [addDays(today, 7)], 3);
  const { rows: afternoons } = await admin.query<{ id: string }>(
    "select id from appointments where doctor_id = $1 order by starts_at desc limit 3",
    [general!.id],
  );
  const [slot] = (
    await admin.query<{ id: string }>(
      "select id from slots where doctor_id = $1 and clinic_date = $2 order by starts_at desc",
      [general!.id, addDays(today, 9)],
    )
  ).rows;
  const days = [{ date, name: "Fair" }];
  const change: CalendarChange = { kind: "holidays-add", locationId, country: null, days, source: "staff" };
  const seen = await previewChange(desk.db, staff.caller, change);
  if (!seen || !("impact" in seen)) throw new Error("no preview");
  scene = {
    change,
    token: seen.impact.token,
    cancels: afternoons[1]!.id,
    chooses: afternoons[2]!.id,
    freeSlot: slot!.id,
  };
}

/** All tables but those with generated columns (patients), which nothing here changes. */
const TABLES = `select array_agg(format('%I', t.tablename)) as names from pg_tables t
  where t.schemaname = 'public' and not exists (
    select from information_schema.columns c where c.table_name = t.tablename and c.is_generated = 'ALWAYS')`;

/** Keeps a copy of every row. */
async function remember(): Promise<void> {
  const { rows } = await desk.admin.query<{ names: string[] }>(TABLES);
  const copies = rows[0]!.names.map((name) => `create table before.${name} as table public.${name}`);
  await desk.admin.query(["create schema before", ...copies].join("; "));
}

/** Makes the database what it was: in one transaction, past all triggers and references. */
async function restore(): Promise<void> {
  const { rows } = await desk.admin.query<{ names: string[] }>(TABLES);
  const all = rows[0]!.names.flatMap((name) => [
    `delete from public.${name}`,
    `insert into public.${name} select * from before.${name}`,
  ]);
  await desk.admin.query(["begin", "set local session_replication_role = replica", ...all, "commit"].join("; "));
}

/** Repeated until it ends: what the client does, what patients do in between, and what the cron does after it. */
async function live(restart: () => Promise<void>): Promise<string> {
  const act = actOf(staff, "holiday");
  const agreed = { previewToken: scene.token, versions: null };
  const again = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await step();
      } catch (error) {
        if (attempt > 2) throw error;
        await restart();
      }
    }
  };
  const outcome = await again(() => changeCalendar(desk.db, act, scene.change, agreed));
  if (outcome.kind !== "done" || outcome.result.operationId === null) throw new Error(JSON.stringify(outcome));
  await desk.admin.query(
    `update appointments set status = 'cancelled', cancelled_by = 'patient', cancel_code = 'other', version = version + 1
     where id = $1 and status = 'to-place'`,
    [scene.cancels],
  );
  await desk.admin.query(
    `with place as (select * from slots where id = $2 and appointment_id is null),
     visit as (update appointments a set status = 'booked', slot_id = p.id, starts_at = p.starts_at, ends_at = p.ends_at,
       version = a.version + 1 from place p where a.id = $1 returning a.id)
     update slots s set appointment_id = v.id from visit v, place p where s.id = p.id`,
    [scene.chooses, scene.freeSlot],
  );
  const { operationId } = outcome.result;
  const services = { db: desk.db, queue: still.queue, log: () => {} };
  await again(() => runOnce(services, { operationId }));
  // The trigger: without a name, and when the dead Worker's lease is over.
  await desk.admin.query("update operations set lease_until = clock_timestamp() where lease_until is not null");
  await again(() => runOnce(services, {}));
  return operationId;
}

/**
 * All that is left in the end, without ids and times, which differ each time. Also without a plan's number of choices: a
 * resumed plan has fewer.
 */
async function stateOf({ admin }: Desk): Promise<unknown> {
  const { rows } = await admin.query(
    `select
       (select jsonb_agg(jsonb_build_array(a.id, a.status, a.slot_id, a.doctor_id, a.starts_at, a.version, a.moved_from,
          a.moved_at is not null) order by a.id) from appointments a) as appointments,
       (select jsonb_agg(jsonb_build_array(s.id, s.status, s.closed_by, s.appointment_id, s.late_opening, s.version)
          order by s.id) from slots s) as slots,
       (select jsonb_agg(jsonb_build_array(i.appointment_id, i.state, i.to_slot_id, i.left_version,
          i.explanation - '{possible,cheaperTakenByOthers}'::text[])
          order by i.appointment_id) from operation_items i) as items,
       (select jsonb_agg(jsonb_build_array(o.kind, o.phase, o.displaced, o.proof, o.before -> 'changed' is not null,
          o.preview, o.lease_id is not null)) from operations o) as operations,
       (select jsonb_agg(jsonb_build_array(k.appointment_id, k.status, k.reason, k.why - 'possible') order by k.appointment_id)
          from cases k) as cases,
       (select jsonb_agg(jsonb_build_array(u.action, u.patient_id, u.n) order by u.action, u.patient_id) from (
          select action, patient_id, count(*) as n from audit group by 1, 2) u) as audit,
       (select jsonb_agg(jsonb_build_array(b.appointment_id, b.version, b.due_at is not null) order by b.appointment_id)
          from outbox b) as outbox,
       (select jsonb_agg(jsonb_build_array(h.date, h.name)) from holidays h) as holidays`,
  );
  return rows[0];
}

describe("a Worker that dies at any statement of a change and its reassignment", () => {
  test("The next Worker ends the reassignment with the same result", async () => {
    proxy.faults.set({});
    const operationId = await live(() => Promise.reject(new Error("nothing is broken")));
    const statements = proxy.faults.fired().exchanges;
    const expected = await stateOf(desk);
    expect(await faultsOf(desk, operationId)).toEqual({});
    expect(await endsOf(desk, operationId)).toEqual({ moved: 8, "to-place": 4, cancelled: 1 });
    expect(statements).toBeGreaterThanOrEqual(20);

    const started = performance.now();
    for (let k = 1; k <= statements; k++) {
      for (const when of ["before", "after"] as const) {
        await restore();
        proxy.faults.set(
          when === "before"
            ? { dropBeforeForward: (n) => n >= k }
            : { dropBeforeReply: (n) => n === k, dropBeforeForward: (n) => n > k },
        );
        let deaths = 0;
        const operationId = await live(async () => {
          deaths++;
          proxy.faults.set({});
          await desk.admin.query("update operations set lease_until = clock_timestamp() where lease_until is not null");
        });
        const faults = await faultsOf(desk, operationId);
        expect({ k, when, deaths, faults, state: await stateOf(desk) }).toEqual({
          k,
          when,
          deaths: 1,
          faults: {},
          state: expected,
        });
      }
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`${statements} statements, the Worker killed before and after each: one end of all (${seconds} s)`);
  }, 300_000);
});
