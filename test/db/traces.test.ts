import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { accept, attend, cancel, reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { changeDoctor, createDoctor, giveDoctorLogin } from "#db/verbs/doctors.ts";
import { changePatient, changePreferences, createPatient, endPatientLogin } from "#db/verbs/patients.ts";
import { changePolicy } from "#db/verbs/policy.ts";
import { claimCase, contactLater, releaseCase, place } from "#db/verbs/placement.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { endSessions } from "#db/verbs/logins.ts";
import { extendHold, hold, releaseHold } from "#db/verbs/holds.ts";
import { erasePatient } from "#db/verbs/erase.ts";
import { mergePatients } from "#db/verbs/merge.ts";
import { placeCases } from "#operations/place-cases.ts";
import { removeFeed, setFeed } from "#db/verbs/feeds.ts";
import type { Act, Outcome } from "#db/call.ts";
import { holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin, { hold_minutes_per_day: 14_400 });
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

let doctor: Person;
let patient: Person;
let other: Person;
let slots: [string, string, string];
beforeEach(async () => {
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  [patient, other] = (await hire(admin, "patient", 2)) as [Person, Person];
  slots = (await addSlots(admin, doctor, location, [5 * DAY, 6 * DAY, 7 * DAY])) as [string, string, string];
});

/** An appointment of the patient's in the first slot, without a notification. */
const visit = (): Promise<string> => seat(admin, patient, slots[0]);
const of = (appointmentId: string) => ({ appointmentId, versions: [1], patientId: null, override: null });
const reason = { by: "patient", code: "other", note: null } as const;
/** The same visit, waiting to be placed. */
async function waiting() {
  const appointmentId = await visit();
  return { appointmentId, caseId: await displace(admin, appointmentId) };
}

interface Trace {
  action: string;
  /** The patient that the entry names; null for none. */
  about: "patient" | "other" | null;
}

interface Expected {
  audit: Trace[];
  /** The patients whose notification of the appointment is due afterwards. */
  notices: ("patient" | "other")[];
}

type Verb = (act: (person: Person) => Act) => Promise<Outcome<unknown, { code: string }>>;

const entry = (action: string, about: Trace["about"] = "patient"): Trace => ({ action, about });

const VERBS: [name: string, verb: Verb, expected: Expected][] = [
  ["hold", (act) => hold(db, act(patient), null, { slotId: slots[0] }), { audit: [entry("hold")], notices: [] }],
  [
    "extend a hold",
    async (act) => extendHold(db, act(patient), await holdSlot(db, patient, slots[0])),
    { audit: [entry("hold.extend")], notices: [] },
  ],
  [
    "release a hold",
    async (act) => releaseHold(db, act(patient), await holdSlot(db, patient, slots[0])),
    { audit: [entry("hold.release")], notices: [] },
  ],
  [
    "confirm",
    async (act) => {
      const holdId = await holdSlot(db, patient, slots[0]);
      return confirm(db, act(patient), { holdId, patientId: null, reason: null });
    },
    { audit: [entry("appointment.confirm")], notices: ["patient"] },
  ],
  [
    "reschedule",
    async (act) => {
      const appointmentId = await visit();
      return reschedule(db, act(patient), { ...of(appointmentId), holdId: await holdSlot(db, patient, slots[1]) });
    },
    { audit: [entry("appointment.reschedule")], notices: ["patient"] },
  ],
  [
    "cancel",
    async (act) => cancel(db, act(patient), { ...of(await visit()), reason }),
    { audit: [entry("appointment.cancel")], notices: ["patient"] },
  ],
  [
    "accept",
    async (act) => {
      const appointmentId = await visit();
      await admin.query("update appointments set status = 'moved' where id = $1", [appointmentId]);
      return accept(db, act(patient), of(appointmentId));
    },
    { audit: [entry("appointment.accept")], notices: [] },
  ],
  [
    "attendance",
    async (act) => {
      const appointmentId = await visit();
      await admin.query(
        "update appointments set starts_at = now() - interval '20 minutes', ends_at = now() - interval '5 minutes' where id = $1",
        [appointmentId],
      );
      return attend(db, act(staff), { appointmentId, versions: [1], status: "no-show" });
    },
    { audit: [entry("appointment.no-show")], notices: [] },
  ],
  [
    "transfer",
    async (act) =>
      transfer(db, act(staff), {
        appointmentId: await visit(),
        versions: [1],
        recipientId: other.id,
        override: null,
      }),
    {
      audit: [entry("appointment.transfer"), entry("appointment.transfer", "other")],
      notices: ["patient", "other"],
    },
  ],
  [
    "place",
    async (act) => {
      const { caseId } = await waiting();
      return place(db, act(staff), { caseId, versions: [1] }, { slotId: slots[1], agreed: false, override: null });
    },
    { audit: [entry("appointment.place")], notices: ["patient"] },
  ],
  [
    "place several",
    async (act) => placeCases(db, act(staff), [(await waiting()).caseId]),
    { audit: [entry("appointment.place")], notices: ["patient"] },
  ],
  [
    "claim a case",
    async (act) => claimCase(db, act(staff), { caseId: (await waiting()).caseId, versions: [1] }),
    { audit: [entry("case.claim")], notices: [] },
  ],
  [
    "put a case off",
    async (act) => {
      const later = { at: Date.now() + 86_400_000, note: null };
      return contactLater(db, act(staff), { caseId: (await waiting()).caseId, versions: [1] }, later);
    },
    { audit: [entry("case.contact-later")], notices: [] },
  ],
  [
    "release a case",
    async (act) => {
      const { caseId } = await waiting();
      await claimCase(db, actOf(staff), { caseId, versions: [1] });
      return releaseCase(db, act(staff), caseId);
    },
    { audit: [entry("case.release")], notices: [] },
  ],
  [
    "add a patient",
    (act) => {
      const nothing = { number: null, email: null, phone: null, language: null };
      return createPatient(db, act(staff), { ...nothing, name: "New Patient", dateOfBirth: "1990-01-01" });
    },
    { audit: [{ action: "patient.create", about: null }], notices: [] },
  ],
  [
    "change a patient",
    (act) => changePatient(db, act(staff), { patientId: patient.id, versions: [1], changes: { name: "Else" } }),
    { audit: [entry("patient.change")], notices: [] },
  ],
  [
    "change one's preferences",
    (act) => changePreferences(db, act(patient), { versions: [1], changes: { reminders: false } }),
    { audit: [entry("preferences.change")], notices: [] },
  ],
  [
    "merge two patients",
    async (act) => {
      await admin.query("update patients set person_id = null where id = $1", [patient.id]);
      const input = { sourceId: patient.id, versions: [1], targetId: other.id, targetVersion: null, reason: null };
      return mergePatients(db, act(staff), input);
    },
    { audit: [entry("patient.merge"), entry("patient.merge", "other")], notices: [] },
  ],
  [
    "erase a patient",
    async (act) => {
      await admin.query("update patients set active = false where id = $1", [patient.id]);
      return erasePatient(db, act(staff), { id: patient.id, versions: [1] });
    },
    { audit: [entry("patient.erase")], notices: [] },
  ],
  [
    "end a patient's login",
    (act) => endPatientLogin(db, act(staff), { id: patient.id, versions: [1], block: false }),
    { audit: [entry("patient.unlink")], notices: [] },
  ],
  [
    "add a doctor",
    (act) => createDoctor(db, act(staff), { name: "Dr New", specialty: "Anything", slotMinutes: null }),
    { audit: [entry("doctor.create", null)], notices: [] },
  ],
  [
    "change a doctor",
    (act) => changeDoctor(db, act(staff), { doctorId: doctor.id, versions: [1], changes: { name: "Dr Else" } }),
    { audit: [entry("doctor.change", null)], notices: [] },
  ],
  [
    "give a doctor a login",
    async (act) => {
      await admin.query("update doctors set person_id = null where id = $1", [doctor.id]);
      return giveDoctorLogin(db, act(staff), { id: doctor.id, versions: [1] }, `auth0|${crypto.randomUUID()}`);
    },
    { audit: [entry("doctor.link", null)], notices: [] },
  ],
  [
    "change the policy",
    async (act) => {
      const { rows } = await admin.query("select version, claim_minutes as minutes from policy");
      const changes = { claimMinutes: rows[0].minutes + 1 };
      return changePolicy(db, act(staff), { versions: [rows[0].version], changes });
    },
    { audit: [entry("policy.change", null)], notices: [] },
  ],
  [
    "end one's sessions",
    (act) => endSessions(db, act(patient)),
    { audit: [entry("session.end-all", null)], notices: [] },
  ],
  [
    "set a calendar feed",
    (act) => setFeed(db, act(patient), "0".repeat(64)),
    { audit: [entry("calendar-feed.set")], notices: [] },
  ],
  [
    "remove a calendar feed",
    async (act) => {
      await setFeed(db, actOf(patient), "1".repeat(64));
      return removeFeed(db, act(patient));
    },
    { audit: [entry("calendar-feed.remove")], notices: [] },
  ],
];

describe("a verb writes its entry of the audit trail and its notifications, each once", () => {
  test.each(VERBS)("%s", async (_, verb, expected) => {
    const acts: Act[] = [];
    const act = (person: Person): Act => {
      const one = actOf(person, crypto.randomUUID());
      acts.push(one);
      return one;
    };
    const actors = new Set<string>();
    const outcome = await verb((person) => {
      actors.add(person.personId);
      return act(person);
    });
    expect(outcome).toMatchObject({ kind: "done", replayed: false });
    const names = new Map([
      [patient.id, "patient"],
      [other.id, "other"],
    ]);
    const { rows } = await admin.query<{ action: string; subject: string | null; actor: string }>(
      "select action, patient_id as subject, actor_id as actor from audit where request_id = any($1)",
      [acts.map(({ requestId }) => requestId)],
    );
    const audit = rows.map(({ action, subject }) => ({ action, about: names.get(subject ?? "") ?? null }));
    expect(audit).toHaveLength(expected.audit.length);
    expect(audit).toEqual(expect.arrayContaining(expected.audit));
    for (const { actor } of rows) expect(actors).toContain(actor);

    const { rows: notices } = await admin.query<{ patient: string; version: number }>(
      "select patient_id as patient, version from outbox where patient_id = any($1) and due_at is not null",
      [[patient.id, other.id]],
    );
    const notified = new Set(notices.map(({ patient: whose }) => names.get(whose)));
    expect(notices).toHaveLength(expected.notices.length);
    expect(notified).toEqual(new Set(expected.notices));
    for (const { version } of notices) expect(version).toBe(1);
    const dueAt = outcome.kind === "done" ? outcome.dueAt : null;
    expect(dueAt === null, "the answer says when a notification is due").toBe(expected.notices.length === 0);
  });
});
