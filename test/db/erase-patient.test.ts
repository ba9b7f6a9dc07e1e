import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { verifyAudit } from "#dev/audit/verify.ts";
import { connected } from "#dev/migrate.ts";
import { exportPatient } from "#db/queries/patients.ts";
import { erasePatient } from "#db/verbs/erase.ts";
import { setFeed } from "#db/verbs/feeds.ts";
import { mergePatients } from "#db/verbs/merge.ts";
import { changePatient, createPatient, endPatientLogin } from "#db/verbs/patients.ts";
import { sealAudit } from "#db/verbs/seals.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const locationId = await foundClinic(admin, { min_notice_minutes: 0, freeze_hours: 0 });
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];

let minutes = 10_000;
let phones = 1000;
let canary = "";
let patient: Person;
let twin: Person;

const sql = async <Row>(text: string, values: unknown[] = []) => (await admin.query(text, values)).rows as Row[];
const recordOf = async (id: string) =>
  (await sql<{ version: number; person_id: string | null }>("select * from patients where id = $1", [id]))[0]!;
const versions = async (id: string) => [(await recordOf(id)).version];
const slot = async () => (await addSlots(admin, doctor, locationId, [(minutes += 30)]))[0]!;
const erase = async (id: string, given?: number[]) =>
  erasePatient(db, actOf(staff), { id, versions: given ?? (await versions(id)) });
/** The clinic's days are over: nothing is booked, and all have been notified. */
const calmDown = (ids: string[]) =>
  sql("update outbox set due_at = null, first_dirty_at = null where patient_id = any($1)", [ids]);

/** Tables with a row that has the text in any column. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await sql<{ name: string }>(
    "select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'",
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await sql("select from " + name + " t where position(lower($1) in lower(t::text)) > 0 limit 1", [
        text,
      ]);
      return rows.length > 0 ? [name] : [];
    }),
  );
  return found.flat().sort();
}

/** A patient with something private in every table that can have it, and a second record that is merged into theirs. */
beforeEach(async () => {
  canary = `xyzzy${crypto.randomUUID().slice(0, 8)}`;
  [patient, twin] = (await hire(admin, "patient", 2)) as [Person, Person];
  const changes = {
    name: `Ann ${canary}`,
    number: `N-${canary}`,
    email: `${canary}@example.org`,
    phone: `+353 1 700 ${++phones}`,
  };
  await changePatient(db, actOf(staff), { patientId: patient.id, versions: [1], changes, cancels: false });
  await sql("update people set subject = $2, name = $3 where id = $1", [
    patient.personId,
    `auth0|${canary}`,
    `Ann ${canary}`,
  ]);
  await sql("insert into suppressions (address, reason) values ($1, 'bounce')", [`${canary}@example.org`]);
  const visit = await seat(admin, patient, await slot());
  await sql("update appointments set reason = $2 where id = $1", [visit, `1:${canary}`]);
  const lost = await seat(admin, twin, await slot());
  const placement = await displace(admin, lost);
  await sql("update cases set contact_note = $2 where id = $1", [placement, `1:call ${canary}`]);
  await sql("update people set name = $2 where id = $1", [twin.personId, `Twin ${canary}`]);
  await endPatientLogin(db, actOf(staff), { id: twin.id, versions: await versions(twin.id), block: false });
  const into = { targetId: patient.id, targetVersion: null, reason: `the same ${canary}` };
  const merged = await mergePatients(db, actOf(staff), {
    sourceId: twin.id,
    versions: await versions(twin.id),
    ...into,
  });
  expect(merged.kind).toBe("done");
  const person = { ...patient, caller: { ...patient.caller, subject: `auth0|${canary}` } };
  await setFeed(db, actOf(person), crypto.randomUUID().replaceAll("-", "").repeat(2));
  // The answer to it names the patient as a possible duplicate.
  const alike = { number: null, name: "Someone Else", dateOfBirth: "1980-01-01", email: null, language: null };
  const keyed = { ...actOf(staff), idempotency: { key: canary, hash: "h" } };
  const other = await createPatient(db, keyed, { ...alike, phone: changes.phone });
  expect(other.kind === "done" && other.result.possibleDuplicates.map(({ id }) => id)).toContain(patient.id);
  await sql(
    `insert into deliveries (appointment_id, patient_id, version, sequence, kind, state, message_id)
     values ($1, $2, 1, 0, 'booked', 'sent', $3)`,
    [visit, patient.id, canary],
  );
});

/** Switches the record off, cancels its appointments, and waits until all have been notified. */
async function switchOff(): Promise<void> {
  const off = {
    patientId: patient.id,
    versions: await versions(patient.id),
    changes: { active: false, inactiveBecause: "died" as const },
    cancels: true,
  };
  expect((await changePatient(db, actOf(staff), off)).kind).toBe("done");
  await calmDown([patient.id, twin.id]);
}

const PLACES = [
  "appointments",
  "audit",
  "cases",
  "deliveries",
  "idempotency_keys",
  "patients",
  "people",
  "suppressions",
];
const entriesOf = () =>
  sql<object>(
    `select id, at::text, actor_id, action, entity, entity_id, request_id from audit
     where patient_id = any($1) or entity_id = any($1) order by id`,
    [[patient.id, twin.id]],
  );
const verify = () => connected(database.url, (client) => verifyAudit(client, []));

describe("erasing a patient", () => {
  test("No table has a word of the patient any more. Appointments and entries of the trail stay, and the trail verifies", async () => {
    expect(await tablesWith(canary)).toEqual(PLACES);
    await sealAudit(db, 1000);
    await switchOff();
    const visits =
      "select id, slot_id, status, starts_at, doctor_id from appointments where patient_id = $1 order by id";
    const [entries, appointments] = [await entriesOf(), await sql(visits, [patient.id])];
    expect(appointments).toHaveLength(2);

    const done = await erase(patient.id);
    const left = {
      name: "-",
      number: patient.id,
      email: null,
      phone: null,
      dateOfBirth: "1900-01-01",
      hasLogin: false,
      inactiveBecause: null,
    };
    expect(done).toMatchObject({ kind: "done", result: { ...left, active: false, erased: true } });
    expect(await tablesWith(canary)).toEqual([]);
    expect(await sql(visits, [patient.id])).toEqual(appointments);
    expect((await entriesOf()).slice(0, -1)).toEqual(entries);
    const [last] = await sql<{ action: string; after: object }>(
      "select action, after from audit order by id desc limit 1",
    );
    expect(last).toMatchObject({ action: "patient.erase", after: { entries: expect.any(Number) as number } });

    while (await sealAudit(db, 1000));
    const report = await verify();
    expect(report.findings).toEqual([]);
    expect(report.erased).toBeGreaterThan(3);
  });

  test("An erased record cannot be changed, merged or erased again: wrong-state", async () => {
    await switchOff();
    await erase(patient.id);
    const why = { code: "wrong-state", current: "erased" };
    expect(await erase(patient.id)).toEqual({ kind: "refused", why });
    const change = {
      patientId: patient.id,
      versions: await versions(patient.id),
      changes: { active: true },
      cancels: false,
    };
    expect(await changePatient(db, actOf(staff), change)).toEqual({ kind: "refused", why });
    const [target] = (await hire(admin, "patient", 1)) as [Person];
    const merge = { sourceId: patient.id, versions: await versions(patient.id), targetId: target.id };
    const merged = await mergePatients(db, actOf(staff), { ...merge, targetVersion: null, reason: null });
    expect(merged).toEqual({ kind: "refused", why: { ...why, patientId: patient.id } });
  });

  test("Nothing is erased while the record is in use, was read in another version, or is not there", async () => {
    const refused = (why: object) => ({ kind: "refused", why });
    const state = (current: string) => refused({ code: "wrong-state", current });
    expect(await erase(crypto.randomUUID(), [1])).toEqual(refused({ code: "not-found" }));
    expect(await erase(patient.id, [1])).toMatchObject(refused({ code: "version-conflict" }));
    expect(await erase(patient.id)).toEqual(state("active"));
    expect(await erase(twin.id)).toEqual(state("merged"));
    const off = { patientId: patient.id, versions: await versions(patient.id), changes: { active: false } };
    await changePatient(db, actOf(staff), { ...off, cancels: false });
    expect(await erase(patient.id)).toEqual(state("booked"));
    await changePatient(db, actOf(staff), { ...off, versions: await versions(patient.id), cancels: true });
    expect(await erase(patient.id)).toEqual(state("notifying"));
    expect(await tablesWith(canary)).toEqual(PLACES);
  });

  test("The verifier finds an entry that was edited under the cover of an erasure, and the owner can edit no other way", async () => {
    await switchOff();
    await erase(patient.id);
    const [erased] = await sql<{ id: string; erasure: string }>(
      "select e.audit_id as id, e.erasure_id as erasure from audit_erased e order by e.erasure_id desc limit 1",
    );
    const [other] = await sql<{ id: string }>(
      "select u.id from audit u where not exists (select from audit_erased e where e.audit_id = u.id) limit 1",
    );
    await expect(sql("update audit set reason = 'x' where id = $1", [other!.id])).rejects.toThrow("append-only");
    await expect(sql("update audit set at = now() where id = $1", [erased!.id])).rejects.toThrow("append-only");
    for (const text of [
      "delete from audit_erased",
      "truncate audit_erased",
      "update audit_erased set erasure_id = uuidv7()",
    ]) {
      await expect(sql(text)).rejects.toThrow("append-only");
    }
    for (const erasure of [erased!.erasure, crypto.randomUUID()]) {
      await connected(database.url, async (client) => {
        await client.query("insert into audit_erased (audit_id, erasure_id) values ($1, $2)", [other!.id, erasure]);
        const { findings } = await verify();
        expect(findings.filter((finding) => finding.includes(erasure))).toHaveLength(1);
        await client.query("set session_replication_role = replica");
        await client.query("delete from audit_erased where audit_id = $1", [other!.id]);
      });
    }
  });
});

describe("everything about a patient", () => {
  test("An administrator gets the record, merged ones, appointments, messages and history. It is noted, and others get nothing", async () => {
    const { known, item } = await exportPatient(db, actOf(staff).caller, patient.id, "export");
    expect(known).toBe(true);
    expect(item).toMatchObject({
      patient: { id: patient.id, email: `${canary}@example.org`, mailStopped: "bounce" },
      login: `auth0|${canary}`,
      merged: [{ id: twin.id, mergedInto: patient.id }],
      messages: [{ kind: "booked", state: "sent" }],
    });
    expect(item?.appointments.map(({ status }) => status).sort()).toEqual(["booked", "to-place"]);
    expect(item?.history.map(({ action }) => action)).toContain("patient.merge");
    expect(item?.doctors.map(({ id }) => id)).toEqual([doctor.id]);
    const [noted] = await sql("select patient_id from audit where action = 'patient.export' and request_id = 'export'");
    expect(noted).toEqual({ patient_id: patient.id });
    expect(await exportPatient(db, actOf(staff).caller, crypto.randomUUID(), "x")).toEqual({ known: true, item: null });
    await sql("update people set administrator = false where id = $1", [staff.personId]);
    try {
      expect(await exportPatient(db, actOf(staff).caller, patient.id, "x")).toEqual({ known: false, item: null });
    } finally {
      await sql("update people set administrator = true where id = $1", [staff.personId]);
    }
  });
});
