import ICAL from "ical.js";
import { afterAll, expect, test } from "vitest";
import { cancel, reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { mergePatients } from "#db/verbs/merge.ts";
import { place } from "#db/verbs/placement.ts";
import { findEvent } from "#db/queries/feeds.ts";
import type { AppointmentRow } from "#db/queries/appointments.ts";
import type { Outcome } from "#db/call.ts";
import { MessageNotTaken, type Outgoing } from "#domain/message/sender.ts";
import { runOnce } from "#jobs/notify.ts";
import { type Random, random } from "#dev/seed/random.ts";
import type { Services } from "#src/context.ts";
import { book, holdSlot } from "../support/booking.ts";
import { createTestDatabase } from "../support/database.ts";
import { SEED } from "../support/seed.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "../support/small-clinic.ts";

const LIVES = 16;
const STEPS = 14;
const ORDERS = 8;

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { admin, db } = desk;
const location = await foundClinic(admin, {
  change_budget: 100,
  patient_change_budget: 1000,
  holds_per_patient: 1,
  hold_minutes_per_day: 14_400,
});
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const dice = random(SEED);

interface Family {
  mailbox: string;
  members: Person[];
  /** The member with a mailbox of their own. */
  apart: string;
  slots: string[];
  appointments: string[];
}

/** A calendar object as it came into a mailbox. */
interface Item {
  uid: string;
  method: string;
  sequence: number;
  stamp: number;
  start: number;
  organizer: string;
}

const mailboxes = new Map<string, Item[]>();

function read(content: string): Item {
  const calendar = new ICAL.Component(ICAL.parse(content));
  const part = calendar.getFirstSubcomponent("vevent")!;
  const event = new ICAL.Event(part);
  const stamp = part.getFirstPropertyValue("dtstamp") as ICAL.Time;
  return {
    uid: event.uid,
    method: String(calendar.getFirstPropertyValue("method")),
    sequence: event.sequence,
    stamp: stamp.toJSDate().getTime(),
    start: event.startDate.toJSDate().getTime(),
    organizer: String(part.getFirstPropertyValue("organizer")),
  };
}

/**
 * A calendar program by iTIP (RFC 5546 2.1.5). Of one UID the object with the highest SEQUENCE counts, in any order of
 * arrival. Of equal ones the latest DTSTAMP counts. Only the organizer may change it. Returns the events that take place.
 */
function calendarOf(items: readonly Item[]): string[] {
  const known = new Map<string, Item>();
  for (const item of items) {
    const old = known.get(item.uid);
    if (old && old.organizer !== item.organizer) continue;
    const isNewer = !old || item.sequence > old.sequence || (item.sequence === old.sequence && item.stamp >= old.stamp);
    if (isNewer) known.set(item.uid, item);
  }
  return [...known.values()]
    .filter(({ method }) => method === "REQUEST")
    .map(({ uid, start }) => `${uid} ${new Date(start).toISOString()}`)
    .sort();
}

/** While `faulty`, SES takes most messages, refuses some, and of some it is not known whether it took them. */
let faulty = true;
const services = {
  env: { PUBLIC_URL: "https://clinic.example", SES_FROM: "clinic@clinic.example", SES_PER_SECOND: 1_000_000 },
  db,
  queue: { publish: async () => {} },
  sender: {
    async send({ to, calendar }: Outgoing) {
      const fault = faulty ? dice.next() : 1;
      if (fault < 0.05) throw new MessageNotTaken("SES answered 429");
      if (calendar) mailboxes.set(to, [...(mailboxes.get(to) ?? []), read(calendar.content)]);
      if (fault < 0.1) throw new Error("no answer in time");
      return crypto.randomUUID();
    },
  },
  log: () => {},
} as unknown as Services;

async function notifyAll(): Promise<void> {
  await admin.query("update outbox set due_at = clock_timestamp(), lease_until = null where due_at is not null");
  await runOnce(services, {}).catch(() => {});
}

/** Of a random appointment what is done to it, or a new one. What a rule refuses is left as it is. */
async function step(family: Family): Promise<void> {
  const { members, slots, appointments } = family;
  const { rows: free } = await admin.query<{ id: string }>(
    "select id from slots where id = any($1) and appointment_id is null order by starts_at, id",
    [slots],
  );
  const { rows } = await admin.query<{ id: string; version: number; patient: string; status: string }>(
    `select id, version, patient_id as patient, status from appointments
     where id = any($1) and status <> 'cancelled' order by id`,
    [appointments],
  );
  if (rows.length === 0 || (rows.length < 3 && dice.next() < 0.2)) {
    appointments.push(await book(db, dice.pick(members), dice.pick(free).id));
    return;
  }
  const one = dice.pick(rows);
  const patient = members.find(({ id }) => id === one.patient)!;
  const target = { appointmentId: one.id, versions: [one.version], patientId: null, override: null };
  const slotId = dice.pick(free).id;
  const verbs: (() => Promise<unknown>)[] = [
    async () => reschedule(db, actOf(patient), { ...target, holdId: await holdSlot(db, patient, slotId) }),
    () => cancel(db, actOf(patient), { ...target, reason: { by: "patient", code: "other", note: null } }),
    () => transfer(db, actOf(staff), { ...target, recipientId: dice.pick(members).id }),
    () => place(db, actOf(staff), target, { slotId, agreed: dice.next() < 0.5, override: null }),
    () => displace(one.id),
    () => merge(family),
  ];
  const shared = members.filter(({ id }) => id !== family.apart);
  const weights = [3, 1, 5, 2, one.status === "to-place" ? 0 : 1, shared.length > 1 ? 1 : 0];
  const done = (await verbs[dice.weighted(weights)]!()) as Outcome<AppointmentRow, { code: string }> | undefined;
  if (done?.kind === "refused" && !["no-such-patient", "overlaps-own-appointment"].includes(done.why.code)) {
    throw new Error(JSON.stringify(done));
  }
}

let merges = 0;

/** Two records with the family's mailbox turn out to be of one person. Only one of the two may have a login. */
async function merge(family: Family): Promise<Outcome<unknown, { code: string }>> {
  const shared = family.members.filter(({ id }) => id !== family.apart);
  const source = dice.pick(shared);
  const target = dice.pick(shared.filter(({ id }) => id !== source.id));
  const { rows } = await admin.query<{ version: number }>(
    "update patients set person_id = null where id = $1 returning version",
    [source.id],
  );
  const input = { sourceId: source.id, versions: [rows[0]!.version], targetId: target.id, targetVersion: null };
  const outcome = await mergePatients(db, actOf(staff), { ...input, reason: "The same person" });
  if (outcome.kind === "done") {
    merges += 1;
    family.members = family.members.filter(({ id }) => id !== source.id);
  } else {
    await admin.query("update patients set person_id = $2 where id = $1", [source.id, source.personId]);
  }
  return outcome;
}

/** The clinic takes an appointment's slot away: what displace_appointments.sql does to one, and no more. */
async function displace(id: string): Promise<void> {
  await admin.query(
    `with was as materialized (select a.slot_id from appointments a where a.id = $1 for no key update),
       displaced as (
         update appointments a set status = 'to-place', slot_id = null, version = a.version + 1 from was where a.id = $1
         returning a.*),
       freed as (update slots s set appointment_id = null, version = s.version + 1 from was where s.id = was.slot_id)
     select ${db.functions}.notify_later(d) from displaced d`,
    [id],
  );
}

/** The true visits of the patients of a mailbox. */
async function visitsOf(mailbox: string): Promise<string[]> {
  const { rows } = await admin.query<{ id: string; at: Date }>(
    `select a.id, date_trunc('second', a.starts_at) as at from appointments a join patients t on t.id = a.patient_id
     where a.slot_id is not null and t.email = $1`,
    [mailbox],
  );
  return rows.map(({ id, at }) => `${id}@holdfast ${at.toISOString()}`).sort();
}

function shuffled<T>(list: readonly T[], by: Random): T[] {
  return list
    .map((item) => [by.next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

test(`After ${LIVES} lives of appointments in one mailbox a calendar program has exactly the true visits, in any order of mails`, async () => {
  const families: Family[] = [];
  for (let n = 0; n < LIVES; n++) {
    const members = await hire(admin, "patient", 4);
    const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
    const mailbox = `family${n}@patients.example`;
    // The fourth is a patient with a mailbox of their own.
    await admin.query("update patients set email = $2 where id = any($1)", [
      members.slice(0, 3).map(({ id }) => id),
      mailbox,
    ]);
    const slots = await addSlots(
      admin,
      doctor,
      location,
      Array.from({ length: 10 }, (_, k) => 20_000 + n * 300 + k * 20),
    );
    families.push({ mailbox, members, apart: members[3]!.id, slots, appointments: [] });
  }
  for (let n = 0; n < STEPS; n++) {
    for (const family of families) {
      await step(family);
      if (dice.next() < 0.2) await notifyAll();
    }
  }
  const isDirty = async () => (await admin.query("select from outbox where due_at is not null")).rows.length > 0;
  for (let n = 0; n < 20 && (await isDirty()); n++) await notifyAll();
  expect(await isDirty()).toBe(false);
  // How often the dice merge two records depends on what the rules refuse at this hour.
  expect(merges).toBeGreaterThan(0);

  const { rows } = await admin.query<{ email: string }>("select distinct email from patients");
  const all = [...mailboxes.values()].flat();
  expect(all.filter(({ method }) => method === "CANCEL").length).toBeGreaterThan(LIVES);
  for (const { email } of rows) {
    const items = mailboxes.get(email) ?? [];
    const visits = await visitsOf(email);
    for (let n = 0; n < ORDERS; n++) {
      const order = n === 0 ? items : shuffled(items, dice);
      expect([email, calendarOf(order)]).toEqual([email, visits]);
    }
  }

  // The file that a patient downloads is the event of the last mail.
  for (const { members, appointments } of families) {
    for (const id of appointments) {
      const { rows: holders } = await admin.query<{ patient: string; email: string }>(
        `select t.id as patient, t.email from appointments a join patients t on t.id = a.patient_id
         where a.id = $1 and a.slot_id is not null`,
        [id],
      );
      const [holder] = holders;
      if (!holder) continue;
      const caller = members.find((member) => member.id === holder.patient)!.caller;
      const found = await findEvent(db, caller, id, "test");
      const told = (mailboxes.get(holder.email) ?? []).filter(({ uid }) => uid === `${id}@holdfast`);
      expect(found.item?.event.sequence).toBe(Math.max(...told.map(({ sequence }) => sequence)));
    }
  }
});

test("A patient who gets an appointment back before its cancellation was sent is notified again", async () => {
  faulty = false;
  const [ann, bob] = (await hire(admin, "patient", 2)) as [Person, Person];
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  const mailbox = "ann-and-bob@patients.example";
  await admin.query("update patients set email = $2 where id = any($1)", [[ann.id, bob.id], mailbox]);
  const [slotId] = await addSlots(admin, doctor, location, [90_000]);
  const id = await book(db, ann, slotId!);
  await notifyAll();
  const give = async (recipient: Person) => {
    const { rows } = await admin.query<{ version: number }>("select version from appointments where id = $1", [id]);
    const target = { appointmentId: id, versions: [rows[0]!.version], patientId: null, override: null };
    expect(await transfer(db, actOf(staff), { ...target, recipientId: recipient.id })).toMatchObject({ kind: "done" });
  };
  await give(bob);
  // Another run has the row of the former patient, and hangs.
  await admin.query(
    `update outbox set due_at = clock_timestamp(),
       lease_until = case when patient_id = $1 then clock_timestamp() + interval '1 hour' end where appointment_id = $2`,
    [ann.id, id],
  );
  await runOnce(services, {});
  await give(ann);
  await notifyAll();
  const items = mailboxes.get(mailbox) ?? [];
  expect(items.map(({ method }) => method).sort()).toEqual(["CANCEL", "REQUEST", "REQUEST", "REQUEST"]);
  for (const order of [items, items.toReversed()]) expect(calendarOf(order)).toEqual(await visitsOf(mailbox));
});
