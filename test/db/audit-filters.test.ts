import { afterAll, describe, expect, test } from "vitest";
import { type AuditFilter, readAudit } from "#db/queries/audit.ts";
import { createTestDatabase } from "../support/database.ts";
import { plansOf } from "../support/plans.ts";
import { foundClinic, hire, openDesk } from "../support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
await foundClinic(desk.admin);
const staff = await hire(desk.admin, "staff", 200);
const patients = await hire(desk.admin, "patient", 2_000);

/** A year of a clinic: 300,000 entries of 200 people about 2,000 patients, 20,000 of them lists of ten patients. */
await desk.admin.query(
  `insert into audit (at, actor_id, patient_id, action, entity, entity_id, after, request_id)
   select now() - make_interval(secs => n * 100), s[1 + n % 200],
     case when n % 15 > 0 then p[1 + n % 2000] end,
     case when n % 15 = 0 then 'appointment.list' when n % 5000 = 1 then 'patient.change' else 'appointment.read' end,
     'appointment', uuidv7(),
     case when n % 15 = 0 then jsonb_build_object('patientIds', to_jsonb(p[1 + n % 1990:10 + n % 1990])) end, 'x'
   from generate_series(1, 300000) n, (select $1::uuid[] as s, $2::uuid[] as p) x`,
  [staff.map(({ personId }) => personId), patients.map(({ id }) => id)],
);
await desk.admin.query("vacuum analyze audit");

describe("reading 300,000 entries of the audit trail", () => {
  const day = new Date(Date.now() - 100 * 86_400_000).toISOString().slice(0, 10);
  test.each<[string, AuditFilter]>([
    ["nothing", {}],
    ["who", { actor: staff[7]!.personId }],
    ["whom", { subject: patients[7]!.id }],
    ["a rare action", { action: "patient.change" }],
    ["what", { entityId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11" }],
    ["a day", { from: day, to: day }],
    ["who, whom and a day", { actor: staff[7]!.personId, subject: patients[7]!.id, from: day, to: day }],
  ])("A filter by %s uses an index and finds its page without reading the rest", async (what, filter) => {
    const { lines, milliseconds } = await plansOf(database, desk, (db) =>
      readAudit(db, staff[0]!.caller, filter, { after: undefined, limit: 51 }, "read", "r"),
    );
    expect(lines.filter((line) => /Index (Only )?Scan.* on audit|on audit_/.test(line)).length).toBeGreaterThan(0);
    expect(lines.filter((line) => /Seq Scan on audit/.test(line))).toEqual([]);
    console.log(`audit by ${what}: ${milliseconds} ms in the database`);
  });

  test("The entries of a patient are those about the patient and the lists that showed the patient", async () => {
    const subject = patients[7]!.id;
    const found = await readAudit(
      desk.db,
      staff[0]!.caller,
      { subject },
      { after: undefined, limit: 1000 },
      "read",
      // The look itself is recorded under this request.
      "r",
    );
    const { rows } = await desk.admin.query<{ id: string }>(
      `select id from audit where (patient_id = $1 or after::text like '%' || $1 || '%') and request_id <> 'r' order by at desc, id desc limit 1000`,
      [subject],
    );
    expect(found!.items.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(found!.items.filter(({ subjectId }) => subjectId === null).length).toBeGreaterThan(10);
  });
});
