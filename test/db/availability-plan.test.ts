import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import type { CallerRef } from "#db/call.ts";
import { readAvailability, readAvailableDays } from "#db/queries/availability.ts";
import { listAppointments } from "#db/queries/appointments.ts";
import { findCase, listCases } from "#db/queries/cases.ts";
import { listLateOpenings } from "#db/queries/late-openings.ts";
import { cancel } from "#db/verbs/appointment-changes.ts";
import { claimCase, place } from "#db/verbs/placement.ts";
import { hold } from "#db/verbs/holds.ts";
import { addDays, clinicDateOf } from "#domain/clinic-time.ts";
import { fillClinic, subjectOf } from "../../bench/large-clinic.ts";
import { planOf, readWhole, rowsRead } from "../../bench/plan.ts";
import { createTestDatabase } from "../support/database.ts";

/** Number of slots: enough for the planner to prefer indexes wherever there is one; `npm run bench` does it with 1.4 million. */
const SIZE = { doctors: 50, days: 60, slotsPerDay: 24, patients: 500, roundTheClock: true };
/** The clinic's date in SQL; the database's own `current_date` is UTC's. */
const TODAY = "(now() at time zone 'Europe/Dublin')::date";

const database = await createTestDatabase({ template: "migrated" });

describe("plans", () => {
  const client = new pg.Client({ connectionString: database.url });
  client.on("error", () => {});
  const caller: CallerRef = { subject: "", role: "patient", sessionVersion: null };
  const staff: CallerRef = { subject: subjectOf("staff", 1), role: "staff", sessionVersion: null };
  const act = { caller, requestId: "plan", idempotency: { key: "plan", hash: "plan" } };
  const ids = { doctor: "", free: "", taken: "" };

  beforeAll(async () => {
    await client.connect();
    await fillClinic(client, SIZE);
    const one = async (text: string) => (await client.query<{ id: string }>(text)).rows[0]?.id ?? "";
    ids.doctor = await one("select id from doctors order by name limit 1");
    const later = "starts_at > now() + interval '20 days' order by starts_at, id limit 1";
    ids.free = await one(`select id from slots where status = 'open' and appointment_id is null and ${later}`);
    ids.taken = await one(`select id from slots where appointment_id is not null and ${later}`);
    // A patient with a visit at the first free time is not offered it. A search would skip all slots of that time.
    caller.subject = await one(
      `select subject as id from people where role = 'patient' and not exists (
         select from appointments a join patients p on p.id = a.patient_id
         where p.person_id = people.id and a.starts_at between now() - interval '1 hour' and now() + interval '4 hours')
       order by subject limit 1`,
    );
    // Late openings beyond number, all of one day.
    await client.query(
      `update slots set late_opening = true where clinic_date = ${TODAY} + 1 and appointment_id is null and status = 'open'`,
    );
    await client.query(
      "insert into audit (action, entity, entity_id, request_id) select 'seed', 'appointment', id, 'seed' from appointments",
    );
    await client.query("vacuum (analyze) slots, audit");
  });
  afterAll(() => client.end());

  const date = (days: number): string => addDays(clinicDateOf(Date.now(), "Europe/Dublin"), days);

  /** The free slots before the first that patients may have. Staff fill them, and a search from now skips them. */
  async function lateBeforeFirst(): Promise<number> {
    const { rows } = await client.query<{ count: number }>(
      `with free as (
         select s.* from slots s, policy p where s.status = 'open' and s.appointment_id is null
           and s.starts_at > now() + make_interval(mins => p.min_notice_minutes))
       select count(*)::int as count from free
       where late_opening and (clinic_date, starts_at) < (
         select clinic_date, starts_at from free where not late_opening order by clinic_date, starts_at limit 1)`,
    );
    return rows[0]!.count;
  }

  type Statement = [name: string, most: number, use: (db: Database) => Promise<unknown>];

  /**
   * Each read, and the maximum number of rows of the growing tables that it may read in a clinic of any size. The late
   * openings before the first free slot do not count. Among them are the patient's own appointments to come, which are not
   * offered.
   */
  const SEARCHES: Statement[] = [
    ["availability of everybody", 450, (db) => readAvailability(db, null, { limit: 200 })],
    ["availability of everybody, for a patient", 450, (db) => readAvailability(db, caller, { limit: 200 })],
    ["availability of one doctor", 450, (db) => readAvailability(db, caller, { limit: 200, doctorId: ids.doctor })],
    [
      "availability of one doctor for 31 days",
      1000,
      (db) => readAvailability(db, caller, { limit: 200, doctorId: ids.doctor, from: date(5), to: date(35) }),
    ],
    [
      "availability of a specialty",
      1500,
      (db) => readAvailability(db, caller, { limit: 200, specialty: "Specialty 3" }),
    ],
    [
      "availability of a specialty without doctors",
      110,
      (db) => readAvailability(db, caller, { limit: 200, specialty: "x" }),
    ],
    ["availability of the last week", 450, (db) => readAvailability(db, caller, { limit: 200, from: date(55) })],
    [
      "availability beyond the last slot",
      110,
      (db) => readAvailability(db, caller, { limit: 200, from: date(70), to: date(100) }),
    ],
    [
      "availability of the past",
      110,
      (db) => readAvailability(db, caller, { limit: 200, from: date(-30), to: date(-1) }),
    ],
    ["the number of times by day of one doctor", 450, (db) => readAvailableDays(db, caller, { doctorId: ids.doctor })],
    ["the number of times beyond the last slot", 450, (db) => readAvailableDays(db, caller, { from: date(70) })],
    ["the first available hold", 60, (db) => hold(db, act, null, {})],
    ["the first available hold of a doctor", 60, (db) => hold(db, act, null, { doctorId: ids.doctor })],
    ["the first available hold of a specialty", 150, (db) => hold(db, act, null, { specialty: "Specialty 3" })],
    ["the first available hold of a specialty without doctors", 150, (db) => hold(db, act, null, { specialty: "x" })],
    ["the first available hold from a date on", 60, (db) => hold(db, act, null, { from: date(50) })],
  ];

  test.each(SEARCHES)("%s reads slots by index only, at most %i rows and late openings", async (_, most, use) => {
    await expectByIndex(use, most + (await lateBeforeFirst()));
  });

  /** The same of what searches nothing: no late opening is excused. */
  const STATEMENTS: Statement[] = [
    ["a hold of a named slot", 50, (db) => hold(db, act, null, { slotId: ids.free })],
    ["a hold of a taken slot", 110, (db) => hold(db, act, null, { slotId: ids.taken })],
    ["late openings with who could take them", 800, (db) => listLateOpenings(db, staff, { limit: 10 }, "test")],
  ];

  test.each(STATEMENTS)("%s reads slots by index only, at most %i rows of growing tables", async (_, most, use) => {
    await expectByIndex(use, most);
  });

  async function expectByIndex(use: Statement[2], most: number): Promise<void> {
    const nodes = await planOf(client, use);
    expect(nodes.length).toBeGreaterThan(5);
    // A call of the predicate would hide its conditions from the partial indexes.
    expect(nodes.filter(({ Filter }) => Filter?.includes("is_free("))).toEqual([]);
    expect(readWhole(nodes).filter((table) => ["slots", "appointments", "audit"].includes(table))).toEqual([]);
    expect(rowsRead(nodes)).toBeLessThanOrEqual(most);
  }

  describe("with hundreds of appointments to place", () => {
    const queue = { case: "", free: "", visit: "" };
    beforeAll(async () => {
      const placed = await client.query(
        `with lost as (
           update slots s set appointment_id = null, status = 'closed', closed_by = 'staff'
           from slots b where b.id = s.id and b.appointment_id is not null and s.clinic_date between ${TODAY} + 2 and ${TODAY} + 5
           returning b.appointment_id as id),
         displaced as (
           update appointments a set status = 'to-place', slot_id = null from lost where a.id = lost.id returning a.id, a.starts_at)
         insert into cases (appointment_id, reason, request_id, due_at) select id, 'holiday', 'plan', starts_at from displaced`,
      );
      expect(placed.rowCount).toBeGreaterThan(500);
      await client.query("vacuum (analyze) slots, appointments, cases");
      const one = async (text: string) => (await client.query<{ id: string }>(text)).rows[0]?.id ?? "";
      // Of a specialty that three doctors have, like half of them: the others have two.
      queue.case = await one(
        `select k.id from cases k join appointments a on a.id = k.appointment_id join doctors d on d.id = a.doctor_id
         where d.specialty = 'Specialty 3' order by k.due_at desc, k.id limit 1`,
      );
      queue.free = await one(
        `select s.id from slots s join doctors d on d.id = s.doctor_id
         where s.status = 'open' and s.appointment_id is null and s.clinic_date > ${TODAY} + 6 and d.specialty = (
           select d.specialty from cases k join appointments a on a.id = k.appointment_id join doctors d on d.id = a.doctor_id
           where k.id = '${queue.case}') order by s.starts_at, s.id limit 1`,
      );
      queue.visit = await one(
        "select id from appointments where status = 'booked' and starts_at > now() + interval '8 days' order by starts_at, id limit 1",
      );
    });

    const staffs = { caller: staff, requestId: "plan", idempotency: { key: "plan", hash: "plan" } };
    const reason = { by: "clinic", code: "staffing", note: null } as const;
    test.each<[string, number, (db: Database) => Promise<unknown>]>([
      ["a page of the queue", 600, (db) => listCases(db, staff, { status: "open", mine: false, limit: 50 }, "test")],
      ["one case with its candidates", 3500, (db) => findCase(db, staff, queue.case, "test")],
      ["a claim", 50, (db) => claimCase(db, staffs, { caseId: queue.case, versions: [1] })],
      [
        "a placement",
        80,
        (db) =>
          place(
            db,
            staffs,
            { caseId: queue.case, versions: [1] },
            { slotId: queue.free, agreed: false, override: null },
          ),
      ],
      [
        "a cancellation, whose slot may fit a case",
        150,
        (db) =>
          cancel(db, staffs, { appointmentId: queue.visit, versions: [1], reason, patientId: null, override: null }),
      ],
    ])("%s reads by index only, at most %i rows of growing tables", async (_, most, use) => {
      const nodes = await planOf(client, use);
      expect(nodes.length).toBeGreaterThan(5);
      const whole = nodes.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"] ?? "");
      expect(whole.filter((table) => ["slots", "appointments", "audit"].includes(table))).toEqual([]);
      expect(rowsRead(nodes)).toBeLessThanOrEqual(most);
    });
  });

  /** Staff's upcoming list begins a day back: what goes on may have begun then. */
  describe("with years of past appointments", () => {
    beforeAll(async () => {
      await client.query(
        `insert into appointments (patient_id, doctor_id, location_id, starts_at, ends_at, status, cancelled_by, cancel_code)
         select a.patient_id, a.doctor_id, a.location_id, a.starts_at - n * interval '91 days', a.ends_at - n * interval '91 days',
           'cancelled', 'patient', 'unspecified'
         from (select * from appointments order by id limit 2000) a, generate_series(1, 25) n`,
      );
      await client.query("vacuum (analyze) appointments");
    });

    test.each<[string, number, (db: Database) => Promise<unknown>]>([
      ["the upcoming appointments", 2000, (db) => listAppointments(db, staff, { when: "upcoming", limit: 50 }, "test")],
      ["the past appointments", 700, (db) => listAppointments(db, staff, { when: "past", limit: 50 }, "test")],
      ["a patient's upcoming ones", 700, (db) => listAppointments(db, caller, { when: "upcoming", limit: 50 }, "test")],
      ["the first available hold", 200, (db) => hold(db, act, null, {})],
    ])("%s read at most %i rows of growing tables, and late openings", async (_, most, use) => {
      expect(rowsRead(await planOf(client, use))).toBeLessThanOrEqual(most + (await lateBeforeFirst()));
    });
  });

  test.each([
    ["that a statement makes", "select count(*) from slots where ends_at > now()"],
    ["inside a function that a statement calls", "select pg_temp.count_slots()"],
  ])("The measure detects a search that reads everything, %s", async (_, text) => {
    await client.query(`create or replace function pg_temp.count_slots() returns bigint language plpgsql as $$
      begin return (select count(*) from slots where ends_at > now()); end $$`);
    const nodes = await planOf(client, (db) => db.rows({ text, params: [] }));
    expect(nodes.map((node) => node["Node Type"])).toContain("Seq Scan");
    expect(rowsRead(nodes)).toBe(SIZE.doctors * SIZE.days * SIZE.slotsPerDay);
  });
});
