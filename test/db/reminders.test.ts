import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { claimDue, settleClaims, startDeliveries } from "#db/verbs/notifications.ts";
import { type ReminderClaim, claimReminders, settleReminders } from "#db/verbs/reminders.ts";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { settle } from "#domain/settle.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Desk, type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const HOUR = 60;
const DAY = 24 * HOUR;
const database = await createTestDatabase({ template: "migrated" });

describe("reminders", () => {
  let desk: Desk;
  let locationId: string;

  beforeAll(async () => {
    desk = openDesk(database);
    locationId = await foundClinic(desk.admin, { freeze_hours: 0, min_notice_minutes: 0, quiet_seconds: 0 });
  });
  afterAll(() => desk.close());
  // Each test has the clinic alone: the rest of an earlier test is notified and finished.
  afterEach(async () => {
    await desk.admin.query("update patients set reminders = false");
    await leads(24);
  });

  /** The clinic reminds at these leads, and always has. */
  const leads = async (...hours: number[]) => {
    await desk.admin.query("update policy set reminder_hours = $1", [hours]);
    await desk.admin.query("update policy set reminders_since = '-infinity'");
  };
  const claim = (limit = 50) => claimReminders(desk.db, limit);
  const claimed = async () => (await claim()).map(({ appointmentId, leadHours }) => ({ appointmentId, leadHours }));
  const sent = (claims: ReminderClaim[]) =>
    settleReminders(
      desk.db,
      claims.map((one) => ({ claim: one, outcome: "sent", messageId: `message ${one.deliveryId}` })),
    );

  /** Sends the due notifications by the statements of the job. Returns their number. */
  async function tellAll(): Promise<number> {
    await desk.admin.query("update outbox set due_at = clock_timestamp(), lease_until = null where due_at is not null");
    const { claims } = await claimDue(desk.db, { limit: 100 });
    const news = claims.map((one) => ({ one, notice: settle(one.lastNotified, one.now) }));
    const telling = news.flatMap(({ one, notice }) => (notice.kind === "nothing" ? [] : [{ one, kind: notice.kind }]));
    const starts = telling.map(({ one, kind }) => ({ claim: one, kind, sequence: one.sequence }));
    const deliveries = await startDeliveries(desk.db, starts);
    await settleClaims(desk.db, [
      ...news.flatMap(({ one, notice }) =>
        notice.kind === "nothing" ? [{ claim: one, outcome: "nothing" } as const] : [],
      ),
      ...starts.map(({ claim: one, sequence }) => {
        const deliveryId = deliveries.get(one.leaseId)!;
        return { claim: one, outcome: "sent", deliveryId, messageId: "told", sequence } as const;
      }),
    ]);
    return telling.length;
  }

  /** A slot of a doctor of its own, so that any two may be at the same time. */
  async function slotIn(minutes: number): Promise<string> {
    const [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
    const [slotId] = await addSlots(desk.admin, doctor, locationId, [minutes]);
    return slotId!;
  }
  async function heldIn(patient: Person, minutes: number): Promise<string> {
    const held = await hold(desk.db, actOf(patient), null, { slotId: await slotIn(minutes) });
    if (held.kind !== "done") throw new Error(held.kind);
    return held.result.id;
  }
  /** Booked for this many minutes from now by a new patient, notified this many minutes ago (null: not yet). */
  async function appoint(startsIn: number, toldAgo: number | null) {
    const [patient] = (await hire(desk.admin, "patient", 1)) as [Person];
    const verb = { holdId: await heldIn(patient, startsIn), patientId: null, reason: null };
    const done = await confirm(desk.db, actOf(patient), verb);
    if (done.kind !== "done") throw new Error(done.kind);
    const { id, version } = done.result;
    if (toldAgo !== null) {
      await tellAll();
      await toldBefore(id, toldAgo);
    }
    return { id, patient, versions: [version] };
  }
  const toldBefore = (id: string, minutes: number) =>
    desk.admin.query(
      "update outbox set last_notified_at = clock_timestamp() - make_interval(mins => $2) where appointment_id = $1",
      [id, minutes],
    );
  /** As if this many minutes passed for an appointment: all its instants move nearer. */
  const letPass = async (id: string, minutes: number) => {
    for (const text of [
      "update slots set starts_at = starts_at - d, ends_at = ends_at - d from x where appointment_id = i",
      "update appointments set starts_at = starts_at - d, ends_at = ends_at - d from x where id = i",
      "update reminders set starts_at = starts_at - d from x where appointment_id = i",
      `update outbox o set last_notified_at = last_notified_at - d, last_notified = last_notified || jsonb_build_object(
         'startsAt', (last_notified ->> 'startsAt')::bigint - (extract(epoch from d) * 1000)::bigint,
         'endsAt', (last_notified ->> 'endsAt')::bigint - (extract(epoch from d) * 1000)::bigint)
       from x where o.appointment_id = i`,
    ]) {
      await desk.admin.query(`with x as (select $1::uuid as i, make_interval(mins => $2) as d) ${text}`, [id, minutes]);
    }
  };

  test("An appointment that was notified has one reminder at the lead, and none before it", async () => {
    const due = await appoint(DAY - 1, 3 * DAY);
    await appoint(DAY + 2, 3 * DAY);
    const claims = await claim();
    expect(claims.map(({ appointmentId }) => appointmentId)).toEqual([due.id]);
    expect(claims[0]).toMatchObject({
      leadHours: 24,
      now: { state: "booked", timeZone: "Europe/Dublin" },
      particulars: { patient: { language: "en" }, clinic: { name: "Test Clinic" }, doctorName: null, move: null },
    });
    expect(await claim()).toEqual([]);
    await sent(claims);
    expect(await claim()).toEqual([]);
    const { rows } = await desk.admin.query(
      "select kind, state, message_id is not null as has_id from deliveries where appointment_id = $1 order by id desc",
      [due.id],
    );
    expect(rows[0]).toEqual({ kind: "reminder", state: "sent", has_id: true });
  });

  test("A booking or a move inside the lead has its own message, and no reminder", async () => {
    await appoint(10 * HOUR, 5 * HOUR);
    const before = await appoint(10 * HOUR, 15 * HOUR);
    expect(await claimed()).toEqual([{ appointmentId: before.id, leadHours: 24 }]);
  });

  test("A reminder waits for a due notification, and is of the new time, never of the old one", async () => {
    const { id, patient, versions } = await appoint(20 * HOUR, 3 * DAY);
    const holdId = await heldIn(patient, 22 * HOUR);
    const moved = await reschedule(desk.db, actOf(patient), {
      appointmentId: id,
      versions,
      holdId,
      patientId: null,
      override: null,
    });
    expect(moved.kind).toBe("done");
    expect(await claim()).toEqual([]);
    expect(await tellAll()).toBe(1);
    expect(await claim()).toEqual([]);
    await leads(24, 12);
    expect(await claim()).toEqual([]);
    // The same state, if it had been notified two days ago.
    await toldBefore(id, 2 * DAY);
    expect(await claimed()).toEqual([{ appointmentId: id, leadHours: 24 }]);
  });

  test("A change that was undone only delays the reminder", async () => {
    const { id } = await appoint(20 * HOUR, 3 * DAY);
    await desk.admin.query(
      "update outbox set due_at = now(), first_dirty_at = now(), version = version + 1 where appointment_id = $1",
      [id],
    );
    expect(await claim()).toEqual([]);
    expect(await tellAll()).toBe(0);
    expect(await claimed()).toEqual([{ appointmentId: id, leadHours: 24 }]);
  });

  test("After a reminder of the old time there is one of the new time", async () => {
    const { id, patient, versions } = await appoint(20 * HOUR, 3 * DAY);
    await sent(await claim());
    const holdId = await heldIn(patient, 23 * HOUR);
    await reschedule(desk.db, actOf(patient), { appointmentId: id, versions, holdId, patientId: null, override: null });
    await tellAll();
    await toldBefore(id, 2 * DAY);
    expect(await claimed()).toEqual([{ appointmentId: id, leadHours: 24 }]);
  });

  test("Cancelling ends pending reminders: before and after its notification, and between two attempts", async () => {
    const { id, patient, versions } = await appoint(20 * HOUR, 3 * DAY);
    const [attempt] = await claim();
    await settleReminders(desk.db, [{ claim: attempt!, outcome: "again", why: "Error" }]);
    await desk.admin.query("update reminders set lease_until = clock_timestamp() where appointment_id = $1", [id]);
    const reason = { by: "patient", code: "better", note: null } as const;
    const gone = await cancel(desk.db, actOf(patient), {
      appointmentId: id,
      versions,
      reason,
      patientId: null,
      override: null,
    });
    expect(gone.kind).toBe("done");
    expect(await claim()).toEqual([]);
    expect(await tellAll()).toBe(1);
    await toldBefore(id, 3 * DAY);
    expect(await claim()).toEqual([]);
  });

  test("After an outage only the last lead that has passed is sent, and nothing after the start", async () => {
    await leads(72, 2, 24);
    const { id } = await appoint(2 * HOUR - 1, 10 * DAY);
    const begun = await appoint(30, 10 * DAY);
    await letPass(begun.id, 31);
    const claims = await claim();
    expect(claims).toMatchObject([{ appointmentId: id, leadHours: 2 }]);
    await sent(claims);
    expect(await claim()).toEqual([]);
  });

  test("Each lead is sent once at its time. A longer lead that is added after a shorter one was sent reminds no patient", async () => {
    await leads(72, 24);
    const { id } = await appoint(73 * HOUR, 10 * DAY);
    const seen: (number | undefined)[] = [];
    for (const minutes of [0, 2 * HOUR, 5 * HOUR, 43 * HOUR, 5 * HOUR, 17 * HOUR, 2 * HOUR]) {
      await letPass(id, minutes);
      const now = await claim();
      seen.push(now[0]?.leadHours);
      await sent(now);
      expect(await claim()).toEqual([]);
    }
    expect(seen).toEqual([undefined, 72, undefined, 24, undefined, undefined, undefined]);
    await letPass(id, -3 * HOUR);
    await leads(48);
    expect(await claim()).toEqual([]);
  });

  test.each([
    ["who wants none", "reminders = false"],
    ["whose record is switched off", "active = false"],
    ["without an address", "email = null"],
  ])("No patient %s is reminded", async (_, change) => {
    const { id } = await appoint(20 * HOUR, 3 * DAY);
    const which = "where id = (select patient_id from appointments where id = $1)";
    const { rows } = await desk.admin.query<{ email: string }>(`select email from patients ${which}`, [id]);
    await desk.admin.query(`update patients set ${change} ${which}`, [id]);
    expect(await claim()).toEqual([]);
    await desk.admin.query(`update patients set reminders = true, active = true, email = $2 ${which}`, [
      id,
      rows[0]!.email,
    ]);
    expect(await claim()).toHaveLength(1);
  });

  test("A lead that the clinic adds reminds no patient who is within it already, and every patient later", async () => {
    const within = await appoint(10 * DAY, 11 * DAY);
    const later = await appoint(14 * DAY + 60, 15 * DAY);
    await desk.admin.query("update policy set reminder_hours = '{24,336}'");
    expect(await claimed()).toEqual([]);
    await letPass(later.id, 61);
    expect(await claimed()).toEqual([{ appointmentId: later.id, leadHours: 336 }]);
    // A lead that was always set is sent late, as after an outage.
    await leads(24, 336);
    expect(await claimed()).toEqual([{ appointmentId: within.id, leadHours: 336 }]);
  });

  test("Nothing is sent to an address whose mail bounced", async () => {
    const { id } = await appoint(20 * HOUR, 3 * DAY);
    await desk.admin.query(
      `insert into suppressions (address, reason) select lower(t.email), 'bounce' from patients t
       join appointments a on a.patient_id = t.id where a.id = $1`,
      [id],
    );
    expect(await claim()).toEqual([]);
  });

  test.each([
    ["of another start", `'{"startsAt": 1}'`],
    ["of another end", `'{"endsAt": 1}'`],
    ["of another place", `'{"locationId": "elsewhere"}'`],
    ["of another doctor", `'{"doctorId": "another"}'`],
    ["that it is being placed", `'{"state": "being-placed"}'`],
    ["that it is cancelled", `'{"state": "cancelled"}'`],
    ["nothing", "null"],
  ])("A patient who was notified %s, and of nothing since, is not reminded of an unknown time", async (_, told) => {
    const { id } = await appoint(20 * HOUR, 3 * DAY);
    await desk.admin.query(
      `update outbox set last_notified = last_notified || ${told}::jsonb where appointment_id = $1`,
      [id],
    );
    expect(await claim()).toEqual([]);
  });

  test("A patient who has arrived is not reminded", async () => {
    const { id } = await appoint(20 * HOUR, 3 * DAY);
    await desk.admin.query("update appointments set status = 'arrived' where id = $1", [id]);
    expect(await claim()).toEqual([]);
  });

  test("A claim skips rows that another claim has locked", async () => {
    const { id, patient } = await appoint(20 * HOUR, 3 * DAY);
    const other = await desk.admin.connect();
    try {
      await other.query("begin");
      await other.query(
        `insert into reminders (appointment_id, patient_id, starts_at, lead_hours, state, lease_id, lease_until)
         select a.id, $2, a.starts_at, 24, 'sending', uuidv7(), now() + interval '1 minute' from appointments a where a.id = $1`,
        [id, patient.id],
      );
      const meeting = claim();
      const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      await expect.poll(async () => (await desk.admin.query(waiting)).rowCount).toBe(1);
      await other.query("commit");
      expect(await meeting).toEqual([]);
    } finally {
      other.release();
    }
  });

  test("A reminder says that the clinic chose the time", async () => {
    const { id } = await appoint(20 * HOUR, null);
    await desk.admin.query(
      `update appointments set status = 'moved', moved_at = now(), moved_from = jsonb_build_object('doctorId', doctor_id,
         'locationId', location_id, 'startsAt', 0, 'endsAt', 1) where id = $1`,
      [id],
    );
    await tellAll();
    await toldBefore(id, 3 * DAY);
    const [one] = await claim();
    expect(one).toMatchObject({ appointmentId: id, now: { state: "moved-by-clinic" }, particulars: { move: {} } });
  });

  test("Two runs at once remind each of sixteen patients once", async () => {
    const made = [];
    for (let n = 0; n < 16; n++) made.push((await appoint(20 * HOUR, 3 * DAY)).id);
    const runs = await Promise.all([claim(16), claim(16), claim(5), claim(11)]);
    const ids = runs.flat().map(({ appointmentId }) => appointmentId);
    for (;;) {
      const more = await claim(16);
      if (more.length === 0) break;
      ids.push(...more.map(({ appointmentId }) => appointmentId));
    }
    expect(ids.toSorted()).toEqual(made.toSorted());
  });

  test("After a run that died between sending and recording at most one more reminder is sent, after its lease", async () => {
    await appoint(20 * HOUR, 3 * DAY);
    const [lost] = await claim();
    expect(await claim()).toEqual([]);
    await desk.admin.query("update reminders set lease_until = clock_timestamp() where appointment_id = $1", [
      lost!.appointmentId,
    ]);
    const again = await claim();
    expect(again).toMatchObject([{ appointmentId: lost!.appointmentId }]);
    // The report of the lost run comes too late.
    await settleReminders(desk.db, [{ claim: lost!, outcome: "again", why: "Error" }]);
    const { rows } = await desk.admin.query("select lease_id from reminders where appointment_id = $1", [
      lost!.appointmentId,
    ]);
    expect(rows).toEqual([{ lease_id: again[0]!.leaseId }]);
    await sent(again);
    await desk.admin.query("update reminders set lease_until = clock_timestamp() where lease_until is not null");
    expect(await claim()).toEqual([]);
  });

  test("A failed attempt is repeated after twice the time. A refused message is a task, and is not repeated", async () => {
    const { id } = await appoint(20 * HOUR, 3 * DAY);
    const now = async () =>
      (await desk.admin.query<{ at: Date }>("select clock_timestamp() as at")).rows[0]!.at.getTime();
    for (const seconds of [10, 20, 40]) {
      const [one] = await claim();
      const before = await now();
      await settleReminders(desk.db, [{ claim: one!, outcome: "again", why: "Error" }]);
      const after = await now();
      expect(await claim()).toEqual([]);
      const { rows } = await desk.admin.query<{ until: Date }>(
        `update reminders r set lease_until = clock_timestamp() where appointment_id = $1
         returning (select x.lease_until from reminders x where x.appointment_id = $1) as until`,
        [id],
      );
      // The attempt was settled between the two readings of the clock, a millisecond of rounding apart.
      const until = rows[0]!.until.getTime();
      expect(until).toBeGreaterThanOrEqual(before + seconds * 1000 - 1);
      expect(until).toBeLessThanOrEqual(after + seconds * 1000 + 1);
    }
    const [last] = await claim();
    await settleReminders(desk.db, [{ claim: last!, outcome: "failed", why: "MessageRefused" }]);
    await desk.admin.query("update reminders set lease_until = clock_timestamp() where appointment_id = $1", [id]);
    expect(await claim()).toEqual([]);
    const tasks = await desk.admin.query("select kind, status from tasks where appointment_id = $1", [id]);
    expect(tasks.rows).toEqual([{ kind: "mail-refused", status: "open" }]);
  });

  test("The doctor's name is read only if the clinic's mails have it", async () => {
    await appoint(20 * HOUR, 3 * DAY);
    await desk.admin.query("update policy set mail_names_doctor = true");
    const [one] = await claim();
    await desk.admin.query("update policy set mail_names_doctor = false");
    expect(one?.particulars.doctorName).toMatch(/^Doctor \d+$/);
  });

  test("A claim reads only the appointments that start at the leads, by an index", async () => {
    await appoint(20 * HOUR, 3 * DAY);
    // As in a clinic of some years, in which every patient knows of everything.
    await desk.admin.query(
      `with somebody as (
         insert into patients (number, name, date_of_birth, email)
         select 'L-' || n, 'Somebody', '1980-01-01', 'somebody' || n || '@example.org' from generate_series(1, 2000) n
         returning id, substr(number, 3)::int as n),
       doctor as (
         insert into doctors (name, specialty) select 'Doctor ' || n, 'Any' from generate_series(1, 200) n returning id),
       old as (
         insert into appointments (patient_id, doctor_id, location_id, starts_at, ends_at, status)
         select t.id, d.id, l.id, x.at, x.at + interval '15 minutes', 'cancelled'
         from somebody t join (select id, row_number() over () as n from doctor) d on d.n = t.n % 200 + 1, locations l,
           (select now() - make_interval(mins => n * 7) as at from generate_series(1, 30) n) x
         returning id, patient_id)
       insert into outbox (appointment_id, patient_id, last_notified, last_notified_at)
       select id, patient_id, '{"state": "cancelled"}', now() from old`,
    );
    for (const table of ["appointments", "outbox", "patients", "reminders"]) {
      await desk.admin.query(`vacuum (analyze) ${table}`);
    }
    const client = await desk.admin.connect();
    try {
      await client.query("begin");
      await client.query(`select ${desk.db.functions}.claim_reminders(6)`);
      // Of this transaction alone, and so of the claim alone.
      const { rows } = await client.query<{ scans: number; read: number }>(
        `select seq_scan::int as scans, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
         from pg_stat_xact_user_tables where relname = 'appointments'`,
      );
      expect(rows[0]?.scans).toBe(0);
      expect(rows[0]?.read).toBeGreaterThan(0);
      expect(rows[0]?.read, "of 60,000").toBeLessThan(200);
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});
