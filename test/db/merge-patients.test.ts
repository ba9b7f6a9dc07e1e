import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf } from "#db/errors.ts";
import { type Claim, claimDue, settleClaims, startDeliveries } from "#db/verbs/notifications.ts";
import { findReminderChoice } from "#db/queries/preferences.ts";
import { claimReminders, settleReminders, stopReminders } from "#db/verbs/reminders.ts";
import { claimCase, place } from "#db/verbs/placement.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { transfer } from "#db/verbs/appointment-changes.ts";
import { hold } from "#db/verbs/holds.ts";
import { type MergeInput, mergePatients } from "#db/verbs/merge.ts";
import { setFeed } from "#db/verbs/feeds.ts";
import { settle } from "#domain/settle.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const locationId = await foundClinic(admin, { quiet_seconds: 0, min_notice_minutes: 0, freeze_hours: 0 });
const [staff, colleague] = (await hire(admin, "staff", 2)) as [Person, Person];
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];

let minutes = 10_000;
const slots = (count: number) =>
  addSlots(
    admin,
    doctor,
    locationId,
    Array.from({ length: count }, () => (minutes += 20)),
  );
/** Two records, the first with a login, the second without one. */
const two = async () => {
  const [source, target] = (await hire(admin, "patient", 2)) as [Person, Person];
  await admin.query("update patients set person_id = null where id = $1", [target.id]);
  return { source, target };
};
const booked = async (patient: Person) => seat(admin, patient, (await slots(1))[0]!);
const rows = async <Row>(query: string, values: unknown[] = []) => (await admin.query(query, values)).rows as Row[];
const one = async <Row>(query: string, values: unknown[] = []) => (await rows<Row>(query, values))[0]!;
const recordOf = (id: string) => one<Record<string, unknown>>("select * from patients where id = $1", [id]);
const versionOf = async (id: string) => Number((await recordOf(id))["version"]);

async function merge(sourceId: string, targetId: string, rest: Partial<MergeInput> = {}, by = staff) {
  const read = { sourceId, versions: [await versionOf(sourceId)], targetId, targetVersion: null, reason: null };
  return mergePatients(db, actOf(by), { ...read, ...rest });
}
async function merged(sourceId: string, targetId: string) {
  const done = await merge(sourceId, targetId, { reason: "Registered twice" });
  if (done.kind !== "done") throw new Error(JSON.stringify(done));
  return done;
}

/** Every column of the schema that names a patient, and how many rows name this one. */
async function namesOf(patientId: string): Promise<Record<string, number>> {
  const columns = await rows<{ table: string; column: string }>(
    `select c.conrelid::regclass::text as table, a.attname as column from pg_constraint c
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'patients'::regclass
     -- The trail outlives the records of an import that was taken back, so its column has no foreign key.
     union select table_name, column_name from information_schema.columns
     where table_schema = 'public' and column_name = 'patient_id' order by 1, 2`,
  );
  const counts: Record<string, number> = {};
  for (const { table, column } of columns) {
    const { n } = await one<{ n: number }>(`select count(*)::int as n from ${table} where ${column} = $1`, [patientId]);
    counts[`${table}.${column}`] = n;
  }
  return counts;
}

/** Sends the due notifications of these appointments, as the job does. Returns what was sent to which patient. */
async function tellAll(): Promise<{ to: string; kind: string; appointmentId: string }[]> {
  await admin.query("update outbox set due_at = clock_timestamp(), lease_until = null where due_at is not null");
  const { claims } = await claimDue(db, { limit: 500 });
  return tell(claims);
}
async function tell(claims: Claim[]) {
  const said = claims.map((claim) => ({ claim, notice: settle(claim.lastNotified, claim.now, claim.unsure) }));
  const starts = said.flatMap(({ claim, notice }) =>
    notice.kind === "nothing" ? [] : [{ claim, kind: notice.kind, sequence: claim.sequence }],
  );
  const started = await startDeliveries(db, starts);
  const sent = starts.filter(({ claim }) => started.has(claim.leaseId));
  await settleClaims(db, [
    ...said.flatMap(({ claim, notice }) => (notice.kind === "nothing" ? [{ claim, outcome: "nothing" } as const] : [])),
    ...sent.map(({ claim, sequence }) => {
      const deliveryId = started.get(claim.leaseId)!;
      return { claim, outcome: "sent", deliveryId, messageId: crypto.randomUUID(), sequence } as const;
    }),
  ]);
  return sent.map(({ claim, kind }) => ({
    to: claim.particulars.patient.email ?? "nobody",
    kind,
    appointmentId: claim.appointmentId,
  }));
}

describe("merging two records", () => {
  test("All rows of the source are the target's or have ended, and only the audit trail names the source", async () => {
    const { source, target } = await two();
    const [held, next] = (await slots(2)) as [string, string];
    const at = await booked(source);
    const toPlace = await booked(source);
    const caseId = await displace(admin, toPlace);
    const over = await booked(source);
    await admin.query("update appointments set status = 'completed' where id = $1", [over]);
    await admin.query("update appointments set status = 'no-show' where id = $1", [await booked(source)]);
    const off = await booked(source);
    await admin.query("update slots set appointment_id = null where appointment_id = $1", [off]);
    await admin.query("update appointments set status = 'cancelled', slot_id = null where id = $1", [off]);
    expect((await claimCase(db, actOf(colleague), { caseId, versions: [1] })).kind).toBe("done");
    expect((await hold(db, actOf(source), null, { slotId: held })).kind).toBe("done");
    expect((await setFeed(db, actOf(source), "ab".repeat(32))).kind).toBe("done");
    await admin.query(
      `insert into tasks (kind, patient_id, appointment_id) values ('mail-bounced', $1, $3), ('mail-refused', $1, $3),
         ('mail-bounced', $2, null)`,
      [source.id, target.id, at],
    );
    await admin.query("insert into outbox (appointment_id, patient_id) values ($2, $1), ($3, $1)", [
      source.id,
      at,
      over,
    ]);
    await admin.query(
      `insert into deliveries (appointment_id, patient_id, version, sequence, kind) values ($2, $1, 1, 0, 'booked')`,
      [source.id, over],
    );
    await admin.query(
      `insert into reminders (appointment_id, patient_id, starts_at, lead_hours, state)
       select id, $1, starts_at, 24, 'sent' from appointments where id = $2`,
      [source.id, over],
    );
    await admin.query(
      `with o as (insert into operations (kind, change, actor_id, request_id, phase, finished_at)
         values ('absence', '{}', $2, 'r', 'done', now()) returning id)
       insert into operation_items (operation_id, appointment_id, patient_id, from_slot_id, from_doctor_id,
         from_location_id, from_starts_at, from_ends_at, state, to_slot_id, left_version, decided_at)
       select o.id, a.id, a.patient_id, a.slot_id, a.doctor_id, a.location_id, a.starts_at, a.ends_at, 'moved',
         a.slot_id, a.version, now() from o, appointments a where a.id = $1`,
      [at, staff.personId],
    );
    await admin.query(
      "update patients set email = null, change_times = array[now() - interval '1 hour'] where id = $1",
      [target.id],
    );
    await admin.query(
      `update patients set phone = '+353 1 555 0101', reminders = false, keeps_location = true, login_blocked = true,
         change_times = array[now() - interval '2 hours'] where id = $1`,
      [source.id],
    );
    const before = await recordOf(source.id);

    const { result } = await merged(source.id, target.id);

    expect(result).toMatchObject({
      id: target.id,
      active: true,
      hasLogin: true,
      email: before["email"],
      phone: "+353 1 555 0101",
      reminders: false,
      keepsLocation: true,
      loginBlocked: true,
    });
    const named = Object.entries(await namesOf(source.id)).filter(([, n]) => n > 0);
    expect(named.map(([column]) => column)).toEqual(["audit.patient_id"]);
    expect(await recordOf(source.id)).toMatchObject({ active: false, merged_into: target.id, person_id: null });
    const stays = await recordOf(target.id);
    expect(stays).toMatchObject({ person_id: source.personId, merged_into: null });
    expect(stays["change_times"]).toHaveLength(2);
    const freed = await one("select hold_id, held_by, hold_expires_at, hold_extensions from slots where id = $1", [
      held,
    ]);
    expect(freed).toEqual({ hold_id: null, held_by: null, hold_expires_at: null, hold_extensions: 0 });
    expect(
      await rows("select kind, status from tasks where patient_id = $1 order by kind, status", [target.id]),
    ).toEqual([
      { kind: "mail-bounced", status: "done" },
      { kind: "mail-bounced", status: "open" },
      { kind: "mail-refused", status: "open" },
    ]);
    // The operation can still be undone: the appointment is as it left it.
    expect(
      await one(
        "select i.left_version = a.version as same from operation_items i join appointments a on a.id = i.appointment_id where a.id = $1",
        [at],
      ),
    ).toEqual({ same: true });
    // The case is open, still the colleague's, and placed for the survivor.
    const { version } = await one<{ version: number }>("select version from cases where id = $1", [caseId]);
    const choice = { slotId: next, agreed: true, override: null };
    expect(await place(db, actOf(staff), { caseId, versions: [version] }, choice)).toMatchObject({
      kind: "refused",
      why: { code: "case-claimed" },
    });
    expect(await place(db, actOf(colleague), { caseId, versions: [version] }, choice)).toMatchObject({
      kind: "done",
      result: { patientId: target.id, status: "booked" },
    });
  });

  test("The audit trail has one row for each change, and shows the target's rows with the source's", async () => {
    const { source, target } = await two();
    const [held] = (await slots(1)) as [string];
    const appointmentId = await booked(source);
    await hold(db, actOf(source), null, { slotId: held });
    const act = actOf(staff);
    const input = { sourceId: source.id, versions: [1], targetId: target.id, targetVersion: 1, reason: "Same person" };
    expect((await mergePatients(db, act, { ...input, versions: [await versionOf(source.id)] })).kind).toBe("done");
    const trail = await rows(
      `select action, entity_id as id, patient_id as subject, actor_id as actor, reason, before ->> 'mergedInto' as was,
         after ->> 'mergedInto' as into, before ->> 'patientId' as "from", after ->> 'patientId' as "to",
         before ->> 'personId' as login, after ->> 'personId' as "loginAfter"
       from audit where request_id = $1 order by action, id`,
      [act.requestId],
    );
    const common = { actor: staff.personId, reason: "Same person", was: null };
    const none = { into: null, from: null, to: null, login: null, loginAfter: null };
    expect(trail).toEqual([
      {
        ...common,
        ...none,
        action: "appointment.merge",
        id: appointmentId,
        subject: target.id,
        from: source.id,
        to: target.id,
      },
      { ...common, ...none, action: "hold.release", id: held, subject: source.id },
      {
        ...common,
        ...none,
        action: "patient.merge",
        id: source.id,
        subject: source.id,
        into: target.id,
        login: source.personId,
      },
      {
        ...common,
        ...none,
        action: "patient.merge",
        id: target.id,
        subject: target.id,
        loginAfter: source.personId,
      },
    ]);
  });

  test("The same key again gives the same answer", async () => {
    const { source, target } = await two();
    const input = { sourceId: source.id, versions: [1], targetId: target.id, targetVersion: null, reason: null };
    const key = crypto.randomUUID();
    const first = await mergePatients(db, actOf(staff, key), input);
    expect(first.kind).toBe("done");
    const again = await mergePatients(db, actOf(staff, key), input);
    expect(again).toEqual({ ...first, replayed: true, dueAt: null });
  });

  test.each<[string, (of: { source: Person; target: Person }) => Promise<Partial<MergeInput> | void>, object]>([
    [
      "the record that goes has changed",
      async () => ({ versions: [7] }),
      { code: "version-conflict", patientId: "source" },
    ],
    ["the survivor has changed", async () => ({ targetVersion: 7 }), { code: "version-conflict", patientId: "target" }],
    ["the record that goes does not exist", async () => ({ sourceId: crypto.randomUUID() }), { code: "not-found" }],
    ["the survivor does not exist", async () => ({ targetId: crypto.randomUUID() }), { code: "no-such-survivor" }],
    ["they are one record", async ({ source }) => ({ targetId: source.id }), { code: "same-record" }],
    [
      "both have a login",
      async ({ source, target }) => {
        await admin.query("update patients set person_id = $2 where id = $1", [target.id, target.personId]);
        return { sourceId: source.id };
      },
      { code: "wrong-state", current: "linked", patientId: "source" },
    ],
    [
      "the survivor is switched off",
      async ({ target }) => {
        await admin.query("update patients set active = false where id = $1", [target.id]);
      },
      { code: "wrong-state", current: "inactive", patientId: "target" },
    ],
    [
      "the survivor was merged",
      async ({ target }) => {
        const [other] = (await hire(admin, "patient", 1)) as [Person];
        await admin.query("update patients set active = false, merged_into = $2 where id = $1", [target.id, other.id]);
      },
      { code: "wrong-state", current: "merged", patientId: "target" },
    ],
    [
      "the record that goes was merged",
      async ({ source }) => {
        const [other] = (await hire(admin, "patient", 1)) as [Person];
        await admin.query("update patients set active = false, merged_into = $2 where id = $1", [source.id, other.id]);
      },
      { code: "wrong-state", current: "merged", patientId: "source" },
    ],
  ])("%s: The merge is refused, and nothing is changed", async (_, arrange, why) => {
    const { source, target } = await two();
    await booked(source);
    await hold(db, actOf(source), null, { slotId: (await slots(1))[0]! });
    const rest = (await arrange({ source, target })) ?? {};
    const before = [await namesOf(source.id), await recordOf(source.id), await recordOf(target.id)];
    const input = { sourceId: source.id, versions: [1], targetId: target.id, targetVersion: null, reason: null };
    const ids: Record<string, string> = { source: source.id, target: target.id };
    const named = "patientId" in why ? { ...why, patientId: ids[String(why.patientId)] } : why;
    const refused = await mergePatients(db, actOf(staff), { ...input, ...rest });
    expect(refused).toMatchObject({ kind: "refused", why: named });
    expect([await namesOf(source.id), await recordOf(source.id), await recordOf(target.id)]).toEqual(before);
  });

  test("A patient with overlapping appointments in both records is not merged. Past appointments may overlap", async () => {
    const { source, target } = await two();
    const [other] = (await hire(admin, "doctor", 1)) as [Person];
    const clash = async (startsIn: number) => {
      const mine = await seat(admin, source, (await addSlots(admin, doctor, locationId, [startsIn]))[0]!);
      const theirs = await seat(admin, target, (await addSlots(admin, other, locationId, [startsIn + 5]))[0]!);
      return { mine, theirs };
    };
    const past = await clash(-5_000);
    await admin.query("update appointments set status = 'completed' where id = $1", [past.mine]);
    const soon = await clash((minutes += 40));
    expect(await merge(source.id, target.id)).toMatchObject({
      kind: "refused",
      why: {
        code: "overlaps-own-appointment",
        appointmentId: soon.theirs,
        otherAppointmentId: soon.mine,
      },
    });
    await admin.query("update slots set appointment_id = null where appointment_id = $1", [soon.mine]);
    await admin.query("update appointments set status = 'cancelled', slot_id = null where id = $1", [soon.mine]);
    await merged(source.id, target.id);
    expect(
      await rows(
        "select id, patient_id, overlap_allowed from appointments where id = any($1) order by overlap_allowed",
        [[past.mine, past.theirs]],
      ),
    ).toEqual([
      { id: past.theirs, patient_id: target.id, overlap_allowed: false },
      { id: past.mine, patient_id: target.id, overlap_allowed: true },
    ]);
  });
});

describe("notifications after a merge", () => {
  const fact = (state: string) =>
    `jsonb_build_object('state', '${state}', 'startsAt', floor(extract(epoch from a.starts_at) * 1000)::bigint,
       'endsAt', floor(extract(epoch from a.ends_at) * 1000)::bigint, 'timeZone', 'Europe/Dublin', 'locationId', a.location_id,
       'doctorId', a.doctor_id)`;
  /** The last notification of a record about an appointment, and whether one is due. */
  const noticed = (appointmentId: string, patientId: string, told: string | null, dirty: boolean) =>
    admin.query(
      `insert into outbox (appointment_id, patient_id, last_notified, last_notified_at, sequence, first_dirty_at, due_at)
       select a.id, $2, ${told ? fact(told) : "null"}, ${told ? "now()" : "null"}, ${told ? 0 : -1},
         ${dirty ? "now(), now()" : "null, null"} from appointments a where a.id = $1`,
      [appointmentId, patientId],
    );
  beforeAll(async () => {
    await admin.query("update outbox set due_at = null, first_dirty_at = null");
  });

  test("Notified states are not notified again, and others are notified once, to the target", async () => {
    const { source, target } = await two();
    const known = await booked(source);
    const fresh = await booked(source);
    await noticed(known, source.id, "booked", false);
    await noticed(fresh, source.id, null, true);
    expect((await merged(source.id, target.id)).dueAt).toBeNull();
    const { email } = await recordOf(target.id);
    expect(await tellAll()).toEqual([{ to: email, kind: "booked", appointmentId: fresh }]);
    expect(await tellAll()).toEqual([]);
  });

  test("A notification that is being sent during the merge is the only one", async () => {
    const { source, target } = await two();
    const appointmentId = await booked(source);
    await noticed(appointmentId, source.id, null, true);
    const { claims } = await claimDue(db, { appointmentId });
    const [claim] = claims as [Claim];
    const started = await startDeliveries(db, [{ claim, kind: "booked", sequence: 0 }]);
    await merged(source.id, target.id);
    const deliveryId = started.get(claim.leaseId)!;
    await settleClaims(db, [{ claim, outcome: "sent", deliveryId, messageId: "under way", sequence: 0 }]);
    expect(await tellAll()).toEqual([]);
    expect(
      await one("select patient_id, last_notified ->> 'state' as told, due_at from outbox where appointment_id = $1", [
        appointmentId,
      ]),
    ).toEqual({ patient_id: target.id, told: "booked", due_at: null });
  });

  test("A notification that was claimed and not begun is not sent to the old address, and is not lost", async () => {
    const { source, target } = await two();
    const appointmentId = await booked(source);
    await noticed(appointmentId, source.id, null, true);
    const { claims } = await claimDue(db, { appointmentId });
    await merged(source.id, target.id);
    expect(await tell(claims)).toEqual([]);
    const { email } = await recordOf(target.id);
    expect(await tellAll()).toEqual([{ to: email, kind: "booked", appointmentId }]);
  });

  test("A reminder that is being sent, or was sent, is the only one", async () => {
    await admin.query("update policy set reminder_hours = '{24}'");
    await admin.query("update policy set reminders_since = '-infinity'");
    const { source, target } = await two();
    const soon = async (startsIn: number) => {
      const [slotId] = await addSlots(admin, doctor, locationId, [startsIn]);
      const id = await seat(admin, source, slotId!);
      await noticed(id, source.id, "booked", false);
      await admin.query("update outbox set last_notified_at = now() - interval '2 days' where appointment_id = $1", [
        id,
      ]);
      return id;
    };
    const remind = async (id: string) => (await claimReminders(db, 50)).filter((claim) => claim.appointmentId === id);
    const first = await soon(600);
    const claims = await remind(first);
    expect(claims).toHaveLength(1);
    await merged(source.id, target.id);
    await settleReminders(
      db,
      claims.map((claim) => ({ claim, outcome: "sent", messageId: "reminded" })),
    );
    await admin.query("update reminders set lease_until = now() - interval '1 second' where state = 'sending'");
    expect(await remind(first)).toEqual([]);
    expect(await one("select patient_id, state from reminders where appointment_id = $1", [first])).toEqual({
      patient_id: target.id,
      state: "sent",
    });
  });

  test("The link in a reminder to the source turns off the target's reminders", async () => {
    const { source, target } = await two();
    await merged(source.id, target.id);
    const [last] = (await hire(admin, "patient", 1)) as [Person];
    await admin.query("update patients set person_id = null where id = $1", [last.id]);
    await merged(target.id, last.id);
    expect(await findReminderChoice(db, source.id)).toMatchObject({ reminders: true });
    expect(await stopReminders(db, source.id, "stop")).toMatchObject({ reminders: false });
    expect(await recordOf(last.id)).toMatchObject({ reminders: false });
    expect(await recordOf(source.id)).toMatchObject({ reminders: true });
  });

  // An appointment that was transferred from one record to the other, so that both were notified of it.
  const owners = ["source", "target", "other"] as const;
  const knowledge = [null, "booked", "cancelled"] as const;
  const cases = owners.flatMap((owner) =>
    knowledge.flatMap((source) =>
      knowledge.flatMap((target) =>
        [true, false].flatMap((sourceDirty) =>
          [true, false].map((targetDirty) => ({ owner, source, target, sourceDirty, targetDirty })),
        ),
      ),
    ),
  );
  test("If both records were notified of an appointment, its own patient's last notification counts, in every combination", async () => {
    const expected: object[] = [];
    const other = (await hire(admin, "patient", 1))[0]!;
    const arranged = cases.map(async ({ owner, source, target, sourceDirty, targetDirty }) => {
      const pair = await two();
      const people = { ...pair, other };
      const appointmentId = await booked(people[owner]);
      await noticed(appointmentId, pair.source.id, source, sourceDirty);
      await noticed(appointmentId, pair.target.id, target, targetDirty);
      await merged(pair.source.id, pair.target.id);
      // Decided by hand: whose notification counts, what was notified, and whether one is due.
      const isOthers = sourceDirty === targetDirty ? source !== null && target === null : sourceDirty;
      const sourceSpeaks = owner === "other" ? isOthers : owner === "source";
      const known = sourceSpeaks ? (source ?? target) : (target ?? source);
      const dirty = sourceSpeaks ? sourceDirty : targetDirty;
      const is = owner === "other" ? "cancelled" : "booked";
      if (dirty && known !== is && !(is === "cancelled" && known === null)) {
        expected.push({ to: (await recordOf(pair.target.id))["email"], kind: is, appointmentId });
      }
    });
    await Promise.all(arranged);
    const said = await tellAll();
    const byId = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(said.sort(byId)).toEqual(expected.sort(byId));
    expect(expected.length).toBeGreaterThan(20);
    expect(await tellAll()).toEqual([]);
  });

  test("A mail to the source that the appointment is over, sent during the merge, is corrected", async () => {
    const { source, target } = await two();
    const appointmentId = await booked(target);
    await noticed(appointmentId, target.id, "booked", false);
    await noticed(appointmentId, source.id, "booked", true);
    const { claims } = await claimDue(db, { appointmentId });
    const [claim] = claims as [Claim];
    await startDeliveries(db, [{ claim, kind: "cancelled", sequence: 1 }]);
    const done = await merged(source.id, target.id);
    expect(done.dueAt).not.toBeNull();
    const { email } = await recordOf(target.id);
    expect(await tellAll()).toEqual([{ to: email, kind: "booked", appointmentId }]);
    expect(await tellAll()).toEqual([]);
  });
});

/** Retries as a client does: on a busy machine a lock may come too late. */
async function patiently<Result>(verb: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await verb();
    } catch (error) {
      if (failureOf(error)?.kind !== "busy") throw error;
    }
  }
}

describe("merging at the same time", () => {
  const deadlocks = async () => {
    await admin.query("select pg_stat_force_next_flush()");
    return (await one<{ n: string }>("select deadlocks as n from pg_stat_database where datname = current_database()"))
      .n;
  };
  let before = "";
  beforeAll(async () => {
    before = await deadlocks();
  });
  afterAll(async () => {
    expect(await deadlocks()).toBe(before);
  });

  test("Of two merges in opposite directions one happens, ten times", async () => {
    for (let round = 0; round < 10; round++) {
      const { source, target } = await two();
      await booked(source);
      await booked(target);
      const both = await Promise.all([
        patiently(() => merge(source.id, target.id, { versions: [1] })),
        patiently(() => merge(target.id, source.id, { versions: [1] }, colleague)),
      ]);
      expect(both.map(({ kind }) => kind).sort()).toEqual(["done", "refused"]);
      const records = [await recordOf(source.id), await recordOf(target.id)];
      expect(records.filter((record) => record["merged_into"] === null && record["active"])).toHaveLength(1);
    }
  });

  test("Three records, each merged into the next, never make a circle", async () => {
    for (let round = 0; round < 4; round++) {
      const ring = await hire(admin, "patient", 3);
      await admin.query("update patients set person_id = null where id = any($1)", [ring.map(({ id }) => id)]);
      await Promise.all(
        ring.map((person, n) =>
          patiently(() => merge(person.id, ring[(n + 1) % 3]!.id, { versions: [1, 2] }, n % 2 ? staff : colleague)),
        ),
      );
      const records = await Promise.all(ring.map(({ id }) => recordOf(id)));
      const into = new Map(records.map((record) => [record["id"], record["merged_into"]]));
      for (const { id } of ring) {
        let last: unknown = id;
        for (let step = 0; step < 3 && into.get(last); step++) last = into.get(last);
        expect(into.get(last)).toBeNull();
      }
    }
  });

  test("While the patient books and staff transfer appointments a merge leaves nothing with the source", async () => {
    for (let round = 0; round < 6; round++) {
      const { source, target } = await two();
      const [slotId] = (await slots(1)) as [string];
      const appointmentId = await booked(target);
      const held = await hold(db, actOf(source), null, { slotId });
      if (held.kind !== "done") throw new Error(held.kind);
      const transferring = { appointmentId, versions: [1], recipientId: source.id, override: null };
      const [done] = await Promise.all([
        patiently(() => merge(source.id, target.id)),
        patiently(() => confirm(db, actOf(source), { holdId: held.result.id, patientId: null, reason: null })),
        patiently(() => transfer(db, actOf(colleague), transferring)),
      ]);
      expect(done.kind).toBe("done");
      const named = Object.entries(await namesOf(source.id)).filter(([, n]) => n > 0);
      expect(named.map(([column]) => column)).toEqual(["audit.patient_id"]);
    }
  });
});
