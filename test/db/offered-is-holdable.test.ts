import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAvailability } from "#db/queries/availability.ts";
import { hold } from "#db/verbs/holds.ts";
import { random } from "#dev/seed/random.ts";
import { createTestDatabase } from "../support/database.ts";
import {
  actOf,
  addSlots,
  type Desk,
  foundClinic,
  hire,
  openDesk,
  type Person,
  setPolicy,
} from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });

let desk: Desk;
let doctors: Person[];
let me: Person;
let rival: Person;
let staff: Person;

/** The states of a slot, as SQL that makes them; `$1` is its id, `$2` the asking patient, `$3` another one. */
const STATES: Record<string, string> = {
  open: "select $1::uuid, $2::uuid, $3::uuid",
  "closed by staff":
    "update slots set status = 'closed', closed_by = 'staff', by_hand = 'closed' where id = $1 and $2::uuid <> $3::uuid",
  "closed by a holiday":
    "update slots set status = 'closed', closed_by = 'holiday' where id = $1 and $2::uuid <> $3::uuid",
  "closed by an absence":
    "update slots set status = 'closed', closed_by = 'absence' where id = $1 and $2::uuid <> $3::uuid",
  deleted:
    "update slots set status = 'closed', closed_by = 'removed', by_hand = 'removed' where id = $1 and $2::uuid <> $3::uuid",
  "opened by hand": "update slots set by_hand = 'open' where id = $1 and $2::uuid <> $3::uuid",
  "held by another": `update slots set hold_id = uuidv7(), held_by = $3, hold_expires_at = now() + interval '1 hour'
    where id = $1 and $2::uuid <> $3`,
  "held by me": `update slots set hold_id = uuidv7(), held_by = $2, hold_expires_at = now() + interval '1 hour'
    where id = $1 and $2 <> $3::uuid`,
  "held until a moment ago": `update slots set hold_id = uuidv7(), held_by = $3, hold_expires_at = now() - interval '1 ms'
    where id = $1 and $2::uuid <> $3`,
  "kept for the placement queue":
    "update slots set offered_until = now() + interval '1 hour' where id = $1 and $2::uuid <> $3::uuid",
  "kept for the placement queue until a moment ago":
    "update slots set offered_until = now() - interval '1 ms' where id = $1 and $2::uuid <> $3::uuid",
  "a late opening": "update slots set late_opening = true where id = $1 and $2::uuid <> $3::uuid",
  booked: `with visit as (
      insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, overlap_allowed)
      select $3, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at, true from slots s where s.id = $1 and $2::uuid <> $3
      returning id, slot_id)
    update slots s set appointment_id = v.id from visit v where s.id = v.slot_id`,
};

beforeAll(async () => {
  desk = openDesk(database);
  const locationId = await foundClinic(desk.admin, { min_notice_minutes: 60, hold_minutes_per_day: 14_400 });
  doctors = await hire(desk.admin, "doctor", 3);
  [me, rival] = (await hire(desk.admin, "patient", 2)) as [Person, Person];
  [staff] = (await hire(desk.admin, "staff", 1)) as [Person];
  // From yesterday over the minimum notice (60) and the freeze to next week; none passes into it while this runs.
  const soon = [
    [-1500, -7, 20, 59],
    [-1500, -7, 40, 65],
    [-1500, -20, 50, 75],
  ];
  for (const [index, doctor] of doctors.entries()) {
    const later = Array.from({ length: 33 }, (_, n) => 150 + n * 240 + index);
    await addSlots(desk.admin, doctor, locationId, [...(soon[index] ?? []), ...later]);
  }
});
afterAll(() => desk.close());

async function stage(seed: number): Promise<void> {
  const dice = random(seed);
  await desk.admin.query("update slots set appointment_id = null");
  await desk.admin.query("delete from appointments");
  await desk.admin.query(
    `update slots set status = 'open', closed_by = null, by_hand = null, hold_id = null, held_by = null,
       hold_expires_at = null, late_opening = false, offered_until = null`,
  );
  const { rows } = await desk.admin.query<{ id: string }>("select id from slots order by id");
  for (const { id } of rows) {
    const names = Object.keys(STATES);
    const state = STATES[names[dice.below(names.length)]!]!;
    await desk.admin.query(state, [id, me.id, rival.id]);
  }
  await desk.admin.query("drop table if exists staged");
  await desk.admin.query("create table staged as select * from slots");
}

describe.each([
  ["a patient", "staff"],
  ["a patient", "patients"],
  ["staff for a patient", "staff"],
] as const)("what is offered to %s, late openings being for %s", (who, lateOpenings) => {
  test.each([1, 2, 3, 4])("Exactly the offered slots can be held (clinic %i)", async (seed) => {
    await setPolicy(desk.admin, { late_openings: lateOpenings });
    await stage(seed);
    const caller = who === "a patient" ? me : staff;
    const window = await desk.admin.query<{ from: string; to: string }>(
      "select min(clinic_date)::text as from, (min(clinic_date) + 20)::text as to from slots",
    );
    const { slots } = await readAvailability(desk.db, caller.caller, { ...window.rows[0]!, limit: 1000 });
    const offered = new Set(slots.map(({ id }) => id));
    const { rows } = await desk.admin.query<{ id: string; mine: boolean }>(
      `select id, starts_at > now() and coalesce(held_by = $1 and hold_expires_at > now(), false) as mine
       from slots order by id`,
      [me.id],
    );
    const wrong: string[] = [];
    for (const { id, mine } of rows) {
      const outcome = await hold(desk.db, actOf(caller), caller === staff ? me.id : null, { slotId: id });
      const isHeld = outcome.kind === "done";
      // Staff are offered slots that are free for all. The patient can also have the own held slot.
      const expected = offered.has(id) || (caller === staff && mine);
      if (isHeld !== expected) wrong.push(`${id} ${isHeld ? "held though not offered" : "offered but not held"}`);
      await desk.admin.query(
        `update slots s set hold_id = t.hold_id, held_by = t.held_by, hold_expires_at = t.hold_expires_at,
           hold_extensions = t.hold_extensions
         from staged t where t.id = s.id and s.hold_id is distinct from t.hold_id`,
      );
      await desk.admin.query("update patients set hold_slot_ids = '{}', hold_quota_restored_at = null");
    }
    expect(wrong).toEqual([]);
    expect(offered.size).toBeGreaterThan(10);
    expect(offered.size).toBeLessThan(rows.length - 30);
  });
});
