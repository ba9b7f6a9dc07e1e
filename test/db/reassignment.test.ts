import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOnce } from "#jobs/reassign.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { applyChange, bookOn, endsOf, faultsOf, offer, openStillQueue } from "#test/support/reassigning.ts";
import { type Desk, type Person, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });

let desk: Desk;
let locationId: string;
let staff: Person;
let today: string;
let still: Awaited<ReturnType<typeof openStillQueue>>;

beforeAll(async () => {
  desk = openDesk(database);
  locationId = await foundClinic(desk.admin, { quiet_seconds: 0 });
  [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
  still = await openStillQueue();
  const { rows } = await desk.admin.query<{ today: string }>(
    "select (now() at time zone 'Europe/Dublin')::date::text as today",
  );
  today = rows[0]!.today;
});
afterAll(async () => {
  await still.close();
  await desk.close();
});

const day = (ahead: number): string => addDays(today, ahead);
const run = (operationId: string) => runOnce({ db: desk.db, queue: still.queue, log: () => {} }, { operationId });
const holiday = (date: string): CalendarChange => ({
  kind: "holidays-add",
  locationId,
  country: null,
  days: [{ date, name: "Fair" }],
  source: "staff",
});

describe("a holiday", () => {
  test("moves everybody to the best slots", async () => {
    const doctors = await hire(desk.admin, "doctor", 4);
    const patients = await hire(desk.admin, "patient", 40);
    await offer(desk.admin, doctors, locationId, [day(9), day(10), day(11), day(12)], 16);
    await bookOn(desk.admin, patients, day(10));
    const { operationId, impact } = await applyChange(desk.db, staff, holiday(day(10)));
    expect(impact).toMatchObject({ affected: 40, toPlace: [] });
    await run(operationId);
    expect(await endsOf(desk, operationId)).toEqual({ moved: 40 });
    expect(await faultsOf(desk, operationId)).toEqual({});
    console.log(JSON.stringify(impact.reassigned[0]), await still.published());
    console.log((await desk.admin.query("select * from operations where id = $1", [operationId])).rows[0].proof);
  });
});
