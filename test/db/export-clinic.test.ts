import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { NOT_EXPORTED, exportedTables } from "#dev/export/tables.ts";
import { exportClinic } from "#dev/export/write.ts";
import { partsOf } from "#dev/import/files.ts";
import { connected } from "#dev/migrate.ts";
import { IMPORT_ROWS } from "#contract/requests/import-rows.ts";
import { openFields } from "#db/fields.ts";
import { erasePatient } from "#db/verbs/erase.ts";
import { importChunk } from "#db/verbs/imports.ts";
import { givenRow, readRows } from "#http/import-rows.ts";
import { csvCells, csvRecords } from "#lib/read-csv.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, TEST_KEYS, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-export-"));
const [first, second] = [
  await createTestDatabase({ template: "migrated" }),
  await createTestDatabase({ template: "migrated" }),
];
const [old, empty] = [openDesk(first), openDesk(second)];
afterAll(async () => {
  await Promise.all([old.close(), empty.close()]);
  rmSync(folder, { recursive: true });
});

const read = (path: string) => readFileSync(join(folder, path), "utf8");
const objects = (path: string) => csvRecords(read(path)).map((line) => JSON.parse(line) as Record<string, unknown>);
const exported = (database: typeof first, to: string) =>
  connected(database.url, (client) => exportClinic(client, openFields(TEST_KEYS), join(folder, to)));

/** A clinic with each thing that an export treats in its own way. */
async function fill() {
  const { db, admin } = old;
  const locationId = await foundClinic(admin);
  const [staff] = (await hire(admin, "staff", 1)) as [Person];
  const [doctor, left] = (await hire(admin, "doctor", 2)) as [Person, Person];
  const [patient, waiting, gone] = (await hire(admin, "patient", 3)) as [Person, Person, Person];
  await admin.query(
    `update patients t set number = 'N-' || x.n, email = 'p' || x.n || '@patients.example', phone = '+353 1 700 100' || x.n
     from (select id, row_number() over (order by id) as n from patients) x where x.id = t.id`,
  );
  const slots = await addSlots(admin, doctor, locationId, [-50_000, 10_000, 10_020, 10_040, 10_060]);
  // One after the other, so that their ids are in this order.
  const visits: string[] = [];
  for (const slot of slots) visits.push(await seat(admin, patient, slot));
  const reason = await openFields(TEST_KEYS).seal("appointments.reason", visits[1]!, '=cough; "dry", — or not?');
  await admin.query("update appointments set reason = $2 where id = $1", [visits[1], reason]);
  await admin.query("update appointments set status = 'completed' where id = $1", [visits[0]]);
  await admin.query("update slots set appointment_id = null where id = $1", [slots[2]]);
  await admin.query(
    `update appointments set status = 'cancelled', slot_id = null, cancelled_by = 'patient', cancel_code = 'better' where id = $1`,
    [visits[2]],
  );
  await admin.query("update appointments set patient_id = $2 where id = $1", [visits[3], waiting.id]);
  await displace(admin, visits[3]!);
  await admin.query("update appointments set patient_id = $2 where id = $1", [visits[4], gone.id]);
  await admin.query("update slots set appointment_id = null where id = $1", [slots[4]]);
  await admin.query(
    `update appointments set status = 'cancelled', slot_id = null, cancelled_by = 'clinic', cancel_code = 'staffing' where id = $1`,
    [visits[4]],
  );
  await admin.query("update patients set active = false where id = $1", [gone.id]);
  const erased = await erasePatient(db, actOf(staff), { id: gone.id, versions: [1] });
  expect(erased.kind).toBe("done");
  await admin.query("update doctors set active = false where id = $1", [left.id]);
  await admin.query(
    `insert into schedules (doctor_id, location_id, weekday, from_time, to_time, valid_from, valid_to)
     values ($1, $2, 1, '09:00', '17:00', '2026-01-05', '2027-01-01')`,
    [doctor.id, locationId],
  );
  return { visits, gone, left };
}

test("A clinic is exported whole, and what an import can read makes the same doctors, patients and appointments elsewhere", async () => {
  const { visits, gone, left } = await fill();
  const written = await exported(first, "old");

  expect(written).toMatchObject({
    "import/doctors": 2,
    "import/patients": 2,
    "import/schedules": 1,
    "import/appointments": 3,
  });
  expect(objects("old/import/schedules.jsonl")).toMatchObject([{ from: "09:00", to: "17:00", validTo: "2026-12-31" }]);
  expect(objects("old/left-out.jsonl")).toEqual([
    { kind: "appointments", id: visits[3], why: "waits for a new time" },
    { kind: "appointments", id: visits[4], why: "the patient was erased" },
    { kind: "doctors", id: left.id, why: "switched off: an import opens it again" },
    { kind: "patients", id: gone.id, why: "erased" },
  ]);
  const tables = await connected(first.url, exportedTables);
  for (const { name } of tables) {
    const rows = csvRecords(read(`old/tables/${name}.csv`));
    expect({ name, rows: rows.length - 1 }).toEqual({ name, rows: written[`tables/${name}`] });
    expect(objects(`old/tables/${name}.jsonl`)).toHaveLength(written[`tables/${name}`] ?? -1);
  }
  // Texts are opened, also for a spreadsheet, which must not run one as a formula.
  const [header = "", ...cells] = csvRecords(read("old/import/appointments.csv"));
  const column = csvCells(header, ",")?.indexOf("reason") ?? -1;
  expect(cells.map((record) => csvCells(record, ",")?.[column])).toContain('\'=cough; "dry", — or not?'.slice(1));
  expect(read("old/import/appointments.csv").startsWith("\ufeffid,")).toBe(true);
  for (const [kind, schema] of Object.entries(IMPORT_ROWS)) {
    for (const row of objects(`old/import/${kind}.jsonl`)) {
      expect(schema().safeParse(row).error?.issues).toBeUndefined();
    }
  }

  await foundClinic(empty.admin);
  const [staff] = (await hire(empty.admin, "staff", 1)) as [Person];
  // One kind as CSV, the others as JSON Lines.
  const files = ["doctors.jsonl", "patients.csv", "appointments.jsonl"].map((file) => join(folder, "old/import", file));
  const asked = { name: "from elsewhere", source: "holdfast", dryRun: false, notify: false };
  for (const part of partsOf(files)) {
    const input = { asked, kind: part.kind, firstRow: part.firstRow, hash: part.kind };
    const rows = readRows({ ...asked, ...part }).map(givenRow);
    const outcome = await importChunk(empty.db, actOf(staff), { ...input, rows });
    if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
    expect(
      outcome.result.rows.map(({ state, findings }) => [state, findings.filter(({ refuses }) => refuses)]),
    ).toEqual(rows.map(() => ["accepted", []]));
  }
  expect(statSync(join(folder, "old/tables/patients.csv")).mode & 0o077).toBe(0);
  const noted = await old.admin.query("select after from audit where action = 'clinic.export'");
  expect(noted.rows).toEqual([{ after: { patients: 3 } }]);
  await exported(second, "new");
  for (const kind of ["doctors", "patients", "appointments"]) {
    expect(objects(`new/import/${kind}.jsonl`)).toEqual(objects(`old/import/${kind}.jsonl`));
  }
});

test("A text under a key that is missing stops the export, and each table is exported or has a reason why not", async () => {
  const other = openFields([{ version: 9, bytes: new Uint8Array(32).fill(9) }]);
  await expect(
    connected(first.url, (client) => exportClinic(client, other, join(folder, "wrong key"))),
  ).rejects.toThrow("No key of FIELD_KEYS opens appointments.reason");
  expect(existsSync(join(folder, "wrong key"))).toBe(false);
  const { rows } = await old.admin.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const names = rows.map(({ name }) => name);
  expect(Object.keys(NOT_EXPORTED).filter((name) => !names.includes(name))).toEqual([]);
  const tables = (await connected(first.url, exportedTables)).map(({ name }) => name);
  expect([...tables, ...Object.keys(NOT_EXPORTED)].sort()).toEqual(names.sort());
  // Nothing that is exported has the hash of a secret.
  const columns = (await connected(first.url, exportedTables)).flatMap((table) => table.columns);
  expect(columns.filter((name) => name.includes("secret"))).toEqual([]);
});
