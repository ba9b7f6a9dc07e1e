import { afterAll, describe, expect, test } from "vitest";
import { findImport, importRules } from "#db/queries/imports.ts";
import { type GivenRow, forgetDryRuns, importChunk, undoImport } from "#db/verbs/imports.ts";
import { changePatient } from "#db/verbs/patients.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const locationId = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const UNKNOWN_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

let files = 0;
/** An import of a source of its own. */
const anImport = (options: { dryRun?: boolean; notify?: boolean } = {}) => {
  files += 1;
  return { name: `file ${files}`, source: `system ${files}`, dryRun: false, notify: false, ...options };
};
type Asked = ReturnType<typeof anImport>;

const rowsOf = (rows: object[]): GivenRow[] =>
  rows.map((row, index) => {
    const { id, ...data } = row as { id: string } & Record<string, unknown>;
    return { n: index + 1, sourceId: id, data, findings: [] };
  });

/** Brings rows and gives what became of each: its state, or the code of the fault. */
async function bring(
  asked: Asked,
  kind: "doctors" | "patients" | "schedules" | "appointments",
  rows: object[],
  firstRow = 1,
) {
  const given = rowsOf(rows).map((row) => ({ ...row, n: row.n + firstRow - 1 }));
  const input = { asked, kind, firstRow, hash: JSON.stringify(rows), rows: given };
  const outcome = await importChunk(db, actOf(staff), input);
  if (outcome.kind !== "done") return outcome;
  const { import: brought, rows: report } = outcome.result;
  const ends = report.map(({ state, findings }) => findings.find(({ refuses }) => refuses)?.code ?? state);
  return { id: brought.id, ends, report };
}

const count = async (table: string): Promise<number> =>
  Number((await admin.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]!.count);
const born = { date_of_birth: "1980-05-17" };
const DOCTOR = { id: "d-1", name: "Dr Import", specialty: "Imported" };
const hoursAhead = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const visit = (id: string, more: object) => ({
  id,
  patient: "p-1",
  doctor: "d-1",
  status: "booked",
  minutes: 15,
  ...more,
});

/** A weekly session of a doctor whose schedule was judged at its first version. */
const session = (id: string, doctorId: string) => ({
  id,
  doctor_id: doctorId,
  location_id: locationId,
  weekday: 1,
  from_time: "09:00",
  to_time: "12:00",
  slot_minutes: null,
  valid_from: "2026-01-05",
  valid_to: null,
  version: 1,
});

/** A source with a doctor and two patients. */
async function people(asked: Asked): Promise<void> {
  await bring(asked, "doctors", [DOCTOR]);
  const patients = ["p-1", "p-2"].map((id) => ({
    id,
    name: `Import ${files} ${id}`,
    date_of_birth: `19${30 + (files % 60)}-01-0${id.at(-1)}`,
  }));
  expect(await bring(asked, "patients", patients)).toMatchObject({ ends: ["accepted", "accepted"] });
}

describe("importChunk", () => {
  test("A patient's row is refused with what registering refuses, and likely duplicates of clinic and file are named", async () => {
    const [there] = (await hire(admin, "patient", 1)) as [Person];
    await admin.query("update patients set name = 'Aoife Known', number = 'X-1', date_of_birth = $2 where id = $1", [
      there.id,
      born.date_of_birth,
    ]);
    const rows = [
      { id: "1", name: "Known Aoife", ...born },
      { id: "2", name: "Second", date_of_birth: "1991-01-01", number: "x1" },
      { id: "3", name: "Third", date_of_birth: "2199-01-01" },
      { id: "4", name: "Fourth", date_of_birth: "1991-01-01", phone: "12345" },
      { id: "5", name: "Fifth", date_of_birth: "1991-01-01", language: "fr" },
      { id: "6", name: "Aoife Known", ...born, number: "Y-1" },
      { id: "7", name: "Seventh", date_of_birth: "1992-01-01", number: "y 1" },
      { id: "6", name: "Again", ...born },
      { id: "9", name: "Ninth", date_of_birth: "1993-01-01", phone: "01 555 0123" },
    ];
    const ends = [
      "accepted",
      "number-taken",
      "not-born-yet",
      "no-such-phone",
      "unknown-language",
      "accepted",
      "number-taken",
      "same-id",
      "accepted",
    ];
    const before = await count("patients");
    const dry = await bring(anImport({ dryRun: true }), "patients", rows);
    expect(dry).toMatchObject({ ends });
    expect(await count("patients")).toBe(before);
    const real = await bring(anImport(), "patients", rows);
    expect(real).toMatchObject({ ends });
    expect(await count("patients")).toBe(before + 3);
    const same = ["name", "dateOfBirth"];
    for (const run of [dry, real]) {
      if (!("report" in run)) throw new Error("refused");
      expect(run.report[0]!.findings).toEqual([{ code: "possible-duplicate", patientId: there.id, same }]);
      expect(run.report[5]!.findings).toEqual([
        { code: "possible-duplicate", row: 1, same },
        { code: "possible-duplicate", patientId: there.id, same },
      ]);
    }
    const { rows: kept } = await admin.query("select phone, e164, language from patients where name = 'Ninth'");
    expect(kept).toEqual([{ phone: "01 555 0123", e164: "+35315550123", language: "en" }]);
    // What a dry run kept is forgotten after some days.
    expect(await forgetDryRuns(db, 7, 100)).toBe(0);
    await admin.query("update imports set created_at = now() - interval '8 days' where dry_run");
    expect(await forgetDryRuns(db, 7, 100)).toBe(rows.length);
    expect(await count("imports where dry_run")).toBe(0);
  });

  test("An appointment's row is judged as a booking would be, in a dry run and for good, and no patient is notified", async () => {
    const kept = anImport();
    await people(kept);
    const closed = hoursAhead(24 * 20).slice(0, 10);
    await admin.query("insert into holidays (location_id, date, name, source) values ($1, $2, 'Import day', 'test')", [
      locationId,
      closed,
    ]);
    const rows = [
      visit("past", { starts_at: "2019-03-04T09:00", status: "completed", reason: "Knee" }),
      visit("same time", { patient: "p-2", starts_at: "2019-03-04T09:10" }),
      visit("same patient", { doctor: "d-2", starts_at: "2019-03-04T09:05" }),
      visit("beside", { starts_at: "2019-03-04T09:05", doctor: "d-2", overlap_allowed: true }),
      visit("nobody", { patient: "p-9", starts_at: "2019-03-04T10:00" }),
      visit("no doctor", { doctor: "d-9", starts_at: "2019-03-04T10:00" }),
      visit("elsewhere", { location: "Moon", starts_at: "2019-03-04T10:00" }),
      visit("skipped hour", { starts_at: "2019-03-31T01:30" }),
      visit("backwards", { starts_at: "2019-03-04T10:00", ends_at: "2019-03-04T09:00" }),
      visit("not yet", { starts_at: hoursAhead(50), status: "no-show" }),
      visit("holiday", { starts_at: `${closed}T10:00` }),
      visit("to come", { starts_at: hoursAhead(51) }),
      visit("cancelled", {
        starts_at: hoursAhead(51),
        status: "cancelled",
        cancelled_by: "patient",
        cancel_code: "unwell",
      }),
      visit("twice", { starts_at: "2019-10-27T01:30", status: "no-show" }),
    ];
    const ends = [
      "accepted",
      "slot-taken",
      "overlaps-own-appointment",
      "accepted",
      "no-such-patient",
      "no-such-doctor",
      "no-such-location",
      "no-such-time",
      "out-of-order",
      "not-yet",
      "closed",
      "accepted",
      "accepted",
      "accepted",
    ];
    await bring(kept, "doctors", [{ ...DOCTOR, id: "d-2" }], 2);
    const before = await count("appointments");
    expect(await bring({ ...kept, name: "dry", dryRun: true }, "appointments", rows)).toMatchObject({ ends });
    expect(await count("appointments")).toBe(before);
    const real = await bring(kept, "appointments", rows);
    expect(real).toMatchObject({ ends });
    const { rows: written } = await admin.query(
      `select a.id, a.reason, a.starts_at, a.status, s.appointment_id = a.id as has_slot, o.due_at, o.last_notified ->> 'state' as knows
       from import_rows r join appointments a on a.id = r.entity_id left join slots s on s.id = a.slot_id
       left join outbox o on o.appointment_id = a.id
       where r.source = $1 and r.kind = 'appointments' and r.state = 'accepted' order by r.row_number`,
      [kept.source],
    );
    expect(written).toMatchObject([
      { starts_at: new Date("2019-03-04T09:00Z"), status: "completed", has_slot: true, knows: null },
      { has_slot: true, knows: null },
      { status: "booked", has_slot: true, due_at: null, knows: "booked" },
      { status: "cancelled", has_slot: null, knows: null },
      { starts_at: new Date("2019-10-27T00:30Z"), status: "no-show" },
    ]);
    // The reason is sealed for its row.
    const [past] = written as [{ id: string; reason: string }];
    expect(past.reason).toMatch(/^v1\./);
    expect(await db.fields.unseal("appointments.reason", past.id, past.reason)).toBe("Knee");
    // The same part again gives the same report; another content under its rows is refused.
    const again = await bring(kept, "appointments", rows);
    expect(again).toEqual(real);
    expect(await bring(kept, "appointments", rows.slice(1))).toMatchObject({
      why: { code: "wrong-state", current: "other-content" },
    });
    expect(await bring({ ...kept, notify: true }, "patients", [])).toMatchObject({ why: { current: "other-options" } });
    // A later import of the same source finds them there.
    expect(await bring({ ...kept, name: "later" }, "appointments", rows.slice(0, 1))).toMatchObject({
      ends: ["unchanged"],
    });
  });

  test("An appointment takes a slot that is free at its very time, and is notified where that was asked for", async () => {
    const asked = anImport({ notify: true });
    await people(asked);
    const {
      rows: [doctor],
    } = await admin.query<{ id: string }>(
      "select entity_id as id from import_rows where source = $1 and kind = 'doctors'",
      [asked.source],
    );
    const [free] = await addSlots(admin, { ...staff, id: doctor!.id }, locationId, [60 * 24 * 9]);
    await admin.query(
      `update slots set starts_at = date_trunc('hour', starts_at), ends_at = date_trunc('hour', starts_at) + interval '15 minutes'
       where id = $1`,
      [free],
    );
    const {
      rows: [slot],
    } = await admin.query<{ starts_at: Date }>("select starts_at from slots where id = $1", [free]);
    const found = await bring(asked, "appointments", [visit("grid", { starts_at: slot!.starts_at.toISOString() })]);
    expect(found).toMatchObject({ ends: ["accepted"] });
    const { rows } = await admin.query(
      "select a.slot_id, o.due_at is not null as due from appointments a join outbox o on o.appointment_id = a.id where a.doctor_id = $1",
      [doctor!.id],
    );
    expect(rows).toEqual([{ slot_id: free, due: true }]);
  });

  test("A weekly session of a schedule that has changed since it was judged is refused", async () => {
    const asked = anImport();
    await people(asked);
    const { item } = await importRules(db, staff.caller, asked, ["d-1", "d-7"]);
    expect(item).toMatchObject({ slotMinutes: 15, doctors: [{ ref: "d-1", version: 1, sessions: [] }] });
    const doctorId = item!.doctors[0]!.id;
    expect(await bring(asked, "schedules", [session("s-1", doctorId)])).toMatchObject({ ends: ["accepted"] });
    const second = await bring(asked, "schedules", [session("s-2", doctorId)], 2);
    expect(second).toMatchObject({ ends: ["schedule-changed"] });
  });

  test("An appointment of a patient or doctor who is switched off is refused", async () => {
    const asked = anImport();
    await people(asked);
    const of = (kind: string) =>
      `(select entity_id from import_rows where source = '${asked.source}' and kind = '${kind}')`;
    const rows = [visit("to come", { starts_at: hoursAhead(90) })];
    await admin.query(`update doctors set active = false where id in ${of("doctors")}`);
    expect(await bring(asked, "appointments", rows)).toMatchObject({ ends: ["doctor-inactive"] });
    await admin.query(`update patients set active = false where id in ${of("patients")}`);
    expect(await bring(asked, "appointments", rows, 2)).toMatchObject({ ends: ["patient-inactive"] });
  });
});

describe("undoImport", () => {
  test("Weekly sessions go with the free times that they made, and their doctor stays", async () => {
    const asked = anImport();
    await people(asked);
    const { item } = await importRules(db, staff.caller, asked, ["d-1"]);
    const doctorId = item!.doctors[0]!.id;
    const week = await bring({ ...asked, name: `${asked.name}: week` }, "schedules", [session("s-1", doctorId)]);
    await addSlots(admin, { ...staff, id: doctorId }, locationId, [60 * 24 * 9, 60 * 24 * 10]);
    await admin.query("update slots set origin = 'template' where doctor_id = $1", [doctorId]);
    const counts = () =>
      admin
        .query(
          `select (select count(*)::int from schedules where doctor_id = d.id) as sessions, d.schedule_version as version,
             (select count(*)::int from slots where doctor_id = d.id) as slots from doctors d where d.id = $1`,
          [doctorId],
        )
        .then(({ rows: [row] }) => row as unknown);
    expect(await counts()).toEqual({ sessions: 1, version: 2, slots: 2 });
    const undone = await undoImport(db, actOf(staff), { id: "id" in week ? week.id : "", batch: 10 });
    expect(undone).toMatchObject({ result: { phase: "undone", remaining: 0 } });
    expect(await counts()).toEqual({ sessions: 0, version: 3, slots: 0 });
  });

  test("An import goes as it came, with one entry of the audit trail for each part, unless something was built on it", async () => {
    const tables = ["doctors", "patients", "schedules", "slots", "appointments", "outbox"];
    const counts = () => Promise.all(tables.map(count));
    const before = await counts();
    const asked = anImport();
    await people(asked);
    const brought = await bring(asked, "appointments", [
      visit("1", { starts_at: "2018-03-05T09:00", status: "completed" }),
      visit("2", { starts_at: hoursAhead(75) }),
      visit("3", { starts_at: hoursAhead(75), patient: "p-2" }),
    ]);
    if (!("id" in brought)) throw new Error("refused");
    const { id, report } = brought;
    const patient = (
      await admin.query<{ id: string }>("select patient_id as id from appointments where id = $1", [
        report[0]!.recordId,
      ])
    ).rows[0]!;
    const undo = (which = id, batch = 2) => undoImport(db, actOf(staff), { id: which, batch });
    await changePatient(db, actOf(staff), { patientId: patient.id, versions: [1], changes: { name: "Changed Since" } });
    expect(await undo()).toEqual({
      kind: "refused",
      why: { code: "wrong-state", current: "built-on", builtOn: [{ kind: "patients", row: 1, why: "changed" }] },
    });
    await admin.query("update patients set version = 1 where id = $1", [patient.id]);
    const remaining: number[] = [];
    for (let left = Infinity; left > 0;) {
      const outcome = await undo();
      if (outcome.kind !== "done") throw new Error(outcome.kind);
      remaining.push((left = outcome.result.remaining));
      if (left > 0)
        expect(await bring(asked, "patients", [{ id: "p-3", name: "Late", ...born }], 9)).toMatchObject({
          why: { current: "undoing" },
        });
    }
    expect(remaining).toEqual([3, 1, 0]);
    expect(await counts()).toEqual(before);
    expect(await undo()).toMatchObject({ result: { phase: "undone", remaining: 0 } });
    expect(await bring(asked, "patients", [{ id: "p-3", name: "Late", ...born }], 9)).toMatchObject({
      why: { current: "undone" },
    });
    const { rows: trail } = await admin.query(
      "select action, count(*)::int from audit where entity_id = $1 group by 1 order by 1",
      [id],
    );
    expect(trail).toEqual([
      { action: "import.begin", count: 1 },
      { action: "import.chunk", count: 3 },
      { action: "import.undo", count: 3 },
    ]);
    const { item } = await findImport(
      db,
      staff.caller,
      id,
      { state: "undone", findings: false, after: undefined, limit: 10 },
      "r",
    );
    expect(item).toMatchObject({ phase: "undone", rows: expect.objectContaining({ length: 5 }) });
    const dry = await bring(anImport({ dryRun: true }), "doctors", [DOCTOR]);
    expect(await undo("id" in dry ? dry.id : "")).toMatchObject({ why: { code: "wrong-state", current: "dry-run" } });
    expect(await undo(UNKNOWN_ID)).toEqual({ kind: "refused", why: { code: "not-found" } });
  });

  test("Only administrators with a second factor, where policy requires it, may import or undo", async () => {
    await admin.query("update people set administrator = false");
    expect(await bring(anImport(), "doctors", [DOCTOR])).toMatchObject({ why: { code: "forbidden" } });
    expect(await undoImport(db, actOf(staff), { id: UNKNOWN_ID, batch: 1 })).toMatchObject({
      why: { code: "forbidden" },
    });
    expect(
      await findImport(
        db,
        staff.caller,
        UNKNOWN_ID,
        { state: undefined, findings: false, after: undefined, limit: 1 },
        "r",
      ),
    ).toEqual({ known: false, item: null });
    await admin.query("update people set administrator = true where role = 'staff'");
    await admin.query("update policy set step_up_minutes = 15");
    const stepUp = { why: { code: "step-up-required", minutes: 15 } };
    expect(await bring(anImport(), "doctors", [DOCTOR])).toMatchObject(stepUp);
    expect(await undoImport(db, actOf(staff), { id: UNKNOWN_ID, batch: 1 })).toMatchObject(stepUp);
  });
});
