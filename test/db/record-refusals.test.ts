import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Act } from "#db/call.ts";
import { countAudit, readAudit } from "#db/queries/audit.ts";
import { findDoctor } from "#db/queries/doctors.ts";
import { findPatient, searchPatients } from "#db/queries/patients.ts";
import { readPolicy } from "#db/queries/policy.ts";
import { changeDoctor, createDoctor, endDoctorLogin, giveDoctorLogin } from "#db/verbs/doctors.ts";
import { removeFeed, setFeed } from "#db/verbs/feeds.ts";
import { linkLogin } from "#db/verbs/logins.ts";
import { erasePatient } from "#db/verbs/erase.ts";
import { mergePatients } from "#db/verbs/merge.ts";
import { changePatient, changePreferences, createPatient, endPatientLogin } from "#db/verbs/patients.ts";
import { changePolicy } from "#db/verbs/policy.ts";
import { resumeMail } from "#db/verbs/tasks.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const UNKNOWN_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
const conflict = { code: "version-conflict", changedBy: null, zone: "Europe/Dublin", changedAt: expect.any(Number) };
const nextYear = `${new Date().getFullYear() + 1}-01-01`;

let patient: Person;
let other: Person;
let doctor: Person;
beforeEach(async () => {
  [patient, other] = (await hire(admin, "patient", 2)) as [Person, Person];
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
});

const merge = () => ({ sourceId: patient.id, versions: [1], targetId: other.id, targetVersion: null, reason: null });
const asStaff = () => actOf(staff);
const record = { number: null, name: "New", dateOfBirth: "1990-01-01", email: null, phone: null, language: null };
const numberOf = async (id: string): Promise<string> =>
  (await admin.query<{ number: string }>("select number from patients where id = $1", [id])).rows[0]!.number;
const stranger = () => ({
  ...asStaff(),
  caller: { subject: `auth0|${crypto.randomUUID()}`, role: "patient", sessionVersion: null } as const,
});

/** The rows of the records' tables, to prove that a refusal changed nothing. */
async function all(): Promise<unknown> {
  const { rows } = await admin.query(
    `select (select jsonb_agg(t order by t.id) from patients t) as patients, (select jsonb_agg(d order by d.id) from doctors d)
       as doctors, (select jsonb_agg(p order by p.id) from people p) as people, (select to_jsonb(y) from policy y) as policy,
       (select count(*) from audit) as audit`,
  );
  return rows[0];
}

describe("refused changes of records", () => {
  test.each<[string, () => Promise<unknown>, object]>([
    [
      "a number that another patient has",
      async () => createPatient(db, asStaff(), { ...record, number: await numberOf(other.id) }),
      { code: "number-taken" },
    ],
    [
      "a number that another patient has with other signs and capitals",
      async () =>
        createPatient(db, asStaff(), {
          ...record,
          number: (await numberOf(other.id)).toLowerCase().replaceAll("-", " "),
        }),
      { code: "number-taken" },
    ],
    [
      "a telephone number that no country has",
      () => createPatient(db, asStaff(), { ...record, phone: "12345" }),
      { code: "no-such-phone" },
    ],
    [
      "a patient who is not born yet",
      () => createPatient(db, asStaff(), { ...record, dateOfBirth: nextYear }),
      { code: "not-born-yet" },
    ],
    [
      "a patient with a language that the clinic does not write",
      () => createPatient(db, asStaff(), { ...record, language: "fr" }),
      { code: "unknown-language", languages: ["en", "de"] },
    ],
  ])("A record with %s is refused with nothing changed", async (_, verb, why) => {
    const before = await all();
    expect(await verb()).toEqual({ kind: "refused", why });
    expect(await all()).toEqual(before);
  });

  test.each<[string, (id: string, version: number) => Parameters<typeof changePatient>[2], object]>([
    [
      "an unknown record",
      (_, version) => ({ patientId: UNKNOWN_ID, versions: [version], changes: { name: "X" } }),
      { code: "not-found" },
    ],
    ["an old version", (patientId) => ({ patientId, versions: [7, 9], changes: { name: "X" } }), conflict],
    [
      "a telephone number that no country has",
      (patientId, version) => ({ patientId, versions: [version], changes: { phone: "+999 123 4567" } }),
      { code: "no-such-phone" },
    ],
    [
      "a birth in the future",
      (patientId, version) => ({ patientId, versions: [version], changes: { dateOfBirth: nextYear } }),
      { code: "not-born-yet" },
    ],
    [
      "a language that the clinic does not write",
      (patientId, version) => ({ patientId, versions: [version], changes: { language: "fr" } }),
      { code: "unknown-language", languages: ["en", "de"] },
    ],
  ])("A change of a patient is refused: %s", async (_, input, why) => {
    const before = await all();
    expect(await changePatient(db, asStaff(), input(patient.id, 1))).toEqual({ kind: "refused", why });
    expect(await all()).toEqual(before);
  });

  test("A patient's number cannot become that of another, even in two requests at once", async () => {
    const taken = { number: await numberOf(other.id) };
    expect(await changePatient(db, asStaff(), { patientId: patient.id, versions: [1], changes: taken })).toEqual({
      kind: "refused",
      why: { code: "number-taken" },
    });
    const both = await Promise.all(
      [patient, other].map(({ id }) =>
        changePatient(db, asStaff(), { patientId: id, versions: [1], changes: { number: "RACE-1" } }),
      ),
    );
    expect(both.map((outcome) => (outcome.kind === "refused" ? outcome.why.code : outcome.kind)).sort()).toEqual([
      "done",
      "number-taken",
    ]);
    await admin.query("update patients set number = id::text where number = 'RACE-1'");
  });

  test("a record that was merged into another", async () => {
    await admin.query("update patients set active = false, merged_into = $2 where id = $1", [patient.id, other.id]);
    const refused = { kind: "refused", why: { code: "wrong-state", current: "merged" } };
    const input = { patientId: patient.id, versions: [1], changes: { name: "X" } };
    expect(await changePatient(db, asStaff(), input)).toEqual(refused);
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      "an old version",
      () => changePreferences(db, actOf(patient), { versions: [3], changes: { reminders: false } }),
      conflict,
    ],
    [
      "a language that the clinic does not write",
      () => changePreferences(db, actOf(patient), { versions: [1], changes: { language: "fr" } }),
      { code: "unknown-language", languages: ["en", "de"] },
    ],
    [
      "a caller without a record",
      () => changePreferences(db, asStaff(), { versions: [1], changes: { reminders: false } }),
      { code: "not-found" },
    ],
  ])("A change of preferences is refused: %s", async (_, verb, why) => {
    const before = await all();
    expect(await verb()).toEqual({ kind: "refused", why });
    expect(await all()).toEqual(before);
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      "changing an unknown doctor",
      () => changeDoctor(db, asStaff(), { doctorId: UNKNOWN_ID, versions: [1], changes: {} }),
      { code: "not-found" },
    ],
    [
      "changing an old version",
      () => changeDoctor(db, asStaff(), { doctorId: doctor.id, versions: [2], changes: {} }),
      conflict,
    ],
    [
      "a login for an unknown doctor",
      () => giveDoctorLogin(db, asStaff(), { id: UNKNOWN_ID, versions: [1] }, "x"),
      { code: "not-found" },
    ],
    [
      "a login for an old version",
      () => giveDoctorLogin(db, asStaff(), { id: doctor.id, versions: [2] }, "x"),
      conflict,
    ],
    [
      "a second login",
      () => giveDoctorLogin(db, asStaff(), { id: doctor.id, versions: [1] }, "x"),
      { code: "wrong-state", current: "linked" },
    ],
    [
      "a login that a person has",
      async () => {
        const created = await createDoctor(db, asStaff(), { name: "Dr X", specialty: "Y", slotMinutes: null });
        if (created.kind !== "done") throw new Error("not created");
        return giveDoctorLogin(db, asStaff(), { id: created.result.id, versions: [1] }, patient.caller.subject);
      },
      { code: "login-taken" },
    ],
    [
      "ending an unknown doctor's login",
      () => endDoctorLogin(db, asStaff(), { id: UNKNOWN_ID, versions: [1] }),
      { code: "not-found" },
    ],
    ["ending it in an old version", () => endDoctorLogin(db, asStaff(), { id: doctor.id, versions: [2] }), conflict],
    [
      "ending an unknown patient's login",
      () => endPatientLogin(db, asStaff(), { id: UNKNOWN_ID, versions: [1], block: false }),
      { code: "not-found" },
    ],
    [
      "ending it in an old version",
      () => endPatientLogin(db, asStaff(), { id: patient.id, versions: [2], block: false }),
      conflict,
    ],
    ["mails again to an unknown patient", () => resumeMail(db, asStaff(), UNKNOWN_ID), { code: "not-found" }],
    [
      "a calendar feed of a caller without a record",
      () => setFeed(db, asStaff(), "ab".repeat(32)),
      { code: "not-found" },
    ],
    ["the end of such a feed", () => removeFeed(db, asStaff()), { code: "not-found" }],
  ])("%s", async (_, verb, why) => {
    expect(await verb()).toEqual({ kind: "refused", why });
  });
});

describe("functions that only staff may call", () => {
  const of = () => ({ id: doctor.id, versions: [1] });
  test.each<[string, (act: Act) => Promise<{ kind: string }>]>([
    ["open a record", (act) => createPatient(db, act, record)],
    [
      "correct a record",
      (act) => changePatient(db, act, { patientId: patient.id, versions: [1], changes: { name: "X" } }),
    ],
    ["add a doctor", (act) => createDoctor(db, act, { name: "Dr X", specialty: "Y", slotMinutes: null })],
    ["change a doctor", (act) => changeDoctor(db, act, { doctorId: doctor.id, versions: [1], changes: { name: "X" } })],
    ["give a login", (act) => giveDoctorLogin(db, act, of(), "x")],
    ["end a doctor's login", (act) => endDoctorLogin(db, act, of())],
    ["end a patient's login", (act) => endPatientLogin(db, act, { id: patient.id, versions: [1], block: true })],
    ["change the policy", (act) => changePolicy(db, act, { versions: [1], changes: { freezeHours: 1 } })],
    ["merge two records", (act) => mergePatients(db, act, merge())],
    ["erase a patient", (act) => erasePatient(db, act, { id: patient.id, versions: [1] })],
  ])("%s", async (_, verb) => {
    const before = await all();
    expect(await verb(actOf(patient))).toEqual({ kind: "no-actor" });
    expect(await verb(actOf(doctor))).toEqual({ kind: "no-actor" });
    expect(await all()).toEqual(before);
  });

  test("read", async () => {
    for (const { caller } of [patient, doctor]) {
      expect(await findPatient(db, caller, patient.id, "r")).toEqual({ known: false, item: null });
      expect(await findDoctor(db, caller, doctor.id)).toEqual({ known: false, item: null });
      expect(await readPolicy(db, caller)).toBeNull();
      expect(await readAudit(db, caller, {}, { after: undefined, limit: 1 }, "read", "r")).toBeNull();
      expect(await countAudit(db, caller, {}, 1)).toBe(0);
      const nothing = { words: [], dateOfBirth: null, number: null, after: undefined, limit: 1 };
      expect(await searchPatients(db, caller, nothing, "r")).toBeNull();
    }
  });
});

describe("a first login", () => {
  test("no-patient-record: An address that no active patient has is refused with the clinic's phone", async () => {
    expect(await linkLogin(db, stranger(), "nobody@example.com")).toEqual({
      kind: "refused",
      why: { code: "no-patient-record", phone: "+353 1 555 0199" },
    });
    expect(await linkLogin(db, stranger(), null)).toMatchObject({ why: { code: "no-patient-record" } });
  });

  test("A first login with an address that is linked already is refused", async () => {
    const { rows } = await admin.query<{ email: string }>("select email from patients where id = $1", [patient.id]);
    expect(await linkLogin(db, stranger(), rows[0]!.email)).toEqual({
      kind: "refused",
      why: { code: "ambiguous-patient-record", phone: "+353 1 555 0199" },
    });
  });

  test("A first login of a known person is refused", async () => {
    const act = { ...asStaff(), caller: { ...staff.caller, role: "patient" } as const };
    expect(await linkLogin(db, act, "nobody@example.com")).toEqual({ kind: "refused", why: { code: "forbidden" } });
  });
});

describe("the policy", () => {
  test.each([
    [{ quietSeconds: 700 }, { low: "quietSeconds", high: "maxDelaySeconds" }],
    [
      { holdSeconds: 1800, holdMinutesPerDay: 5 },
      { low: "holdSeconds", high: "holdMinutesPerDay" },
    ],
  ])("%j is out-of-order: Two settings would contradict each other", async (changes, pair) => {
    const before = await all();
    expect(await changePolicy(db, asStaff(), { versions: [1], changes })).toEqual({
      kind: "refused",
      why: { code: "out-of-order", ...pair },
    });
    expect(await all()).toEqual(before);
  });

  test("Every setting is changed by its name, and the others stay", async () => {
    const { rows } = await admin.query("select version from policy");
    const done = await changePolicy(db, asStaff(), { versions: [rows[0].version], changes: { mailNamesDoctor: true } });
    if (done.kind !== "done") throw new Error(JSON.stringify(done));
    const before = done.result.values;
    const changes = {
      ...Object.fromEntries(
        Object.entries(before).flatMap(([name, value]) => (typeof value === "number" ? [[name, value + 1]] : [])),
      ),
      reminderHours: [48, 2],
      lateOpenings: "patients" as const,
      locales: ["de" as const],
      mailNamesDoctor: false,
    };
    expect(Object.keys(changes).sort()).toEqual(Object.keys(before).sort());
    for (const [name, value] of Object.entries(changes)) {
      const { rows: now } = await admin.query("select version from policy");
      // As one setting asks for afterwards.
      const act = { ...asStaff(), caller: { ...staff.caller, secondFactorAt: Date.now() } };
      const one = await changePolicy(db, act, { versions: [now[0].version], changes: { [name]: value } });
      if (one.kind !== "done") throw new Error(JSON.stringify(one));
      Object.assign(before, { [name]: value });
      expect(one.result.values).toEqual(before);
    }
  });
});
