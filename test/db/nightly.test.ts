import { afterAll, beforeAll, expect, test } from "vitest";
import { runOnce } from "#jobs/extend-horizon.ts";
import { addDays } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { openStillQueue } from "#test/support/reassigning.ts";
import { foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
const { db, admin } = desk;
const locationId = await foundClinic(admin, { horizon_days: 10 });
let still: Awaited<ReturnType<typeof openStillQueue>>;
beforeAll(async () => {
  still = await openStillQueue();
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

test("A doctor whose slots cannot be extended makes the nightly run fail, and all other batches get their slots", async () => {
  // More than a batch: the one that fails is among the first.
  const doctors = await hire(admin, "doctor", 12);
  const { rows } = await admin.query<{ today: string }>(
    "select (now() at time zone 'Europe/Dublin')::date::text as today",
  );
  await admin.query(
    `insert into schedules (doctor_id, location_id, weekday, from_time, to_time, valid_from)
     select d, $2, n, '09:00', '10:00', $3 from unnest($1::uuid[]) d, generate_series(1, 7) n`,
    [doctors.map(({ id }) => id), locationId, addDays(rows[0]!.today, 1)],
  );
  const [bad] = doctors.map(({ id }) => id).sort();
  await admin.query(
    `create function refuse() returns trigger language plpgsql as $$ begin
       if new.doctor_id = '${bad}' then raise exception 'not this one'; end if; return new; end $$`,
  );
  await admin.query("create trigger refuse before insert on slots for each row execute function refuse()");
  await expect(runOnce({ db, queue: still.queue, log: () => {} }, {})).rejects.toThrow("not this one");
  const slots = async (): Promise<number[]> =>
    (
      await admin.query<{ n: number }>(
        `select (select count(*)::int from slots s where s.doctor_id = d) as n from unnest($1::uuid[]) d order by d`,
        [doctors.map(({ id }) => id)],
      )
    ).rows.map(({ n }) => n);
  const extended = await slots();
  expect(extended[0]).toBe(0);
  expect(extended.at(-1)).toBeGreaterThan(0);

  await admin.query("drop trigger refuse on slots");
  await runOnce({ db, queue: still.queue, log: () => {} }, {});
  const all = new Set(await slots());
  expect(all.size, "all doctors have as many slots").toBe(1);
  expect(all.has(0)).toBe(false);
});
