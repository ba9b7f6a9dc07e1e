import { afterAll, describe, expect, test } from "vitest";
import { type Claim, claimDue, settleClaims, startDeliveries } from "#db/verbs/notifications.ts";
import { book } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { letWait, lockRow } from "#test/support/locks.ts";
import { type Person, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
await letWait(admin);
const location = await foundClinic(admin);
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
const DAY = 24 * 60;

let ahead = 5;
/** An appointment whose notification is due. */
async function due(): Promise<string> {
  const [patient] = (await hire(admin, "patient", 1)) as [Person];
  const [slotId] = (await addSlots(admin, doctor, location, [ahead++ * DAY])) as [string];
  const appointmentId = await book(db, patient, slotId);
  await admin.query("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [
    appointmentId,
  ]);
  return appointmentId;
}
const claim = async (appointmentId: string): Promise<Claim | undefined> =>
  (await claimDue(db, { appointmentId })).claims[0];
const start = async (one: Claim) => (await startDeliveries(db, [{ claim: one, kind: "booked", sequence: 0 }])).size;
const leaseEndsIn = (appointmentId: string, seconds: number) =>
  admin.query(
    "update outbox set lease_until = clock_timestamp() + make_interval(secs => $2) where appointment_id = $1",
    [appointmentId, seconds],
  );
const deliveriesOf = async (appointmentId: string): Promise<number> =>
  (await admin.query("select from deliveries where appointment_id = $1", [appointmentId])).rows.length;

describe("the lease of a notification", () => {
  test("During the lease no other run claims the notification, and its claimer may begin to send", async () => {
    const appointmentId = await due();
    const mine = (await claim(appointmentId))!;
    expect(await claim(appointmentId)).toBeUndefined();
    await leaseEndsIn(appointmentId, 20);
    expect(await claim(appointmentId)).toBeUndefined();
    expect(await start(mine)).toBe(1);
  });

  test("After its lease a claimer begins no delivery, even if no other run has claimed the notification", async () => {
    const appointmentId = await due();
    const mine = (await claim(appointmentId))!;
    await leaseEndsIn(appointmentId, 0);
    expect(await start(mine)).toBe(0);
    expect(await deliveriesOf(appointmentId)).toBe(0);
  });

  test("After the lease another run claims the notification, and of the two only that one begins a delivery", async () => {
    const appointmentId = await due();
    const first = (await claim(appointmentId))!;
    await leaseEndsIn(appointmentId, 0);
    const second = (await claim(appointmentId))!;
    expect(await start(first)).toBe(0);
    expect(await start(second)).toBe(1);
    expect(await deliveriesOf(appointmentId)).toBe(1);
  });

  test("A lease that expires while its claimer waits for the row's lock begins no delivery", async () => {
    const appointmentId = await due();
    const mine = (await claim(appointmentId))!;
    await leaseEndsIn(appointmentId, 0.4);
    const release = await lockRow(admin, "outbox", appointmentId);
    const starting = start(mine);
    const isOver = async () => {
      const { rows } = await admin.query<{ over: boolean }>(
        "select lease_until <= clock_timestamp() as over from outbox where appointment_id = $1",
        [appointmentId],
      );
      return rows[0]!.over;
    };
    await expect.poll(isOver, { interval: 20 }).toBe(true);
    await release();
    expect(await starting).toBe(0);
    expect(await deliveriesOf(appointmentId)).toBe(0);
    expect((await claim(appointmentId))?.leaseId).not.toBe(mine.leaseId);
  });

  test("A claim that was lost settles nothing", async () => {
    const appointmentId = await due();
    const lost = (await claim(appointmentId))!;
    await leaseEndsIn(appointmentId, 0);
    const holder = (await claim(appointmentId))!;
    await settleClaims(db, [{ claim: lost, outcome: "nothing" }]);
    const { rows } = await admin.query(
      "select due_at is not null as dirty, lease_id as lease from outbox where appointment_id = $1",
      [appointmentId],
    );
    expect(rows).toEqual([{ dirty: true, lease: holder.leaseId }]);
  });
});

test(
  "A change that commits during a claim is in the claimed facts, or leaves the notification due",
  { timeout: 120_000 },
  async () => {
    // Rows of the other tests fall due again when their lease ends.
    await admin.query("update outbox set first_dirty_at = null, due_at = null");
    // Enough that the last is locked long after the statement began to read.
    const many = 4_000;
    const patients = await hire(admin, "patient", many);
    const [other] = (await hire(admin, "doctor", 1)) as [Person];
    const slots = await addSlots(
      admin,
      other,
      location,
      patients.map((_, n) => 200 * DAY + n * 15),
    );
    await admin.query(
      `with a as (
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
       select x.patient, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at
       from unnest($1::uuid[], $2::uuid[]) x (patient, slot) join slots s on s.id = x.slot returning id, slot_id)
     update slots s set appointment_id = a.id from a where s.id = a.slot_id`,
      [patients.map(({ id }) => id), slots],
    );
    let raced = 0;
    for (let round = 0; round < 10 && raced < 30; round++) {
      await admin.query(
        `insert into outbox as o (appointment_id, patient_id, first_dirty_at, due_at)
       select a.id, a.patient_id, now(), now() - interval '2 hours' + make_interval(secs => row_number() over (order by a.starts_at))
       from appointments a where a.doctor_id = $1
       on conflict (appointment_id, patient_id) do update set version = o.version + 1, attempts = 0, lease_id = null,
         lease_until = null, first_dirty_at = excluded.first_dirty_at, due_at = excluded.due_at`,
        [other.id],
      );
      const ids = (
        await admin.query<{ id: string }>("select id from appointments where doctor_id = $1 order by starts_at desc", [
          other.id,
        ])
      ).rows.map(({ id }) => id);
      let isClaimed = false;
      const during = new Set<string>();
      const claiming = claimDue(db, { limit: many }).finally(() => (isClaimed = true));
      // Those that are claimed last are changed first, as a verb does it: the appointment and its notification together.
      for (const id of ids) {
        await admin.query(
          `with a as (update appointments set ends_at = ends_at - interval '1 second', version = version + 1 where id = $1 returning id)
         update outbox o set version = o.version + 1 from a where o.appointment_id = a.id`,
          [id],
        );
        if (isClaimed) break;
        during.add(id);
      }
      const { claims } = await claiming;
      const { rows } = await admin.query<{ id: string; version: number; endsAt: number }>(
        `select o.appointment_id as id, o.version, floor(extract(epoch from a.ends_at) * 1000)::float8 as "endsAt"
       from outbox o join appointments a on a.id = o.appointment_id where a.doctor_id = $1`,
        [other.id],
      );
      const now = new Map(rows.map((row) => [row.id, row]));
      expect(claims.length).toBeGreaterThan(many / 2);
      for (const one of claims) {
        const row = now.get(one.appointmentId)!;
        if (during.has(one.appointmentId)) raced += 1;
        if (one.now.endsAt === row.endsAt) continue;
        expect(one.version, "facts that are no longer true go with an older version").toBeLessThan(row.version);
      }
    }
    expect(raced, "changes that committed while their notification was being claimed").toBeGreaterThanOrEqual(30);
  },
);
