import { eq, getTableName, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { type Client, escapeIdentifier } from "pg";
import { appointments, slots } from "#db/schema/appointments.ts";
import { clinic, holidays, locations, policy } from "#db/schema/clinic.ts";
import { apiClients, apiKeys } from "#db/schema/access.ts";
import { audit, outbox } from "#db/schema/ledger.ts";
import { doctors, patients, people } from "#db/schema/people.ts";
import { exceptions, schedules } from "#db/schema/schedule.ts";
import { readFunctions } from "#dev/functions.ts";
import { connected } from "#dev/migrate.ts";
import { clinicDateOf } from "#domain/clinic-time.ts";
import { type SeedAccount, selectAccounts } from "./accounts.ts";
import { CLINIC, POLICY, TIME_ZONE } from "./clinic.ts";
import { insertRows } from "./insert.ts";
import { makeRows, type SeedRows } from "./rows.ts";

const TABLES = [
  clinic,
  policy,
  locations,
  holidays,
  people,
  doctors,
  patients,
  schedules,
  exceptions,
  slots,
  appointments,
  audit,
  outbox,
  apiClients,
  apiKeys,
];

/**
 * Fills a migrated, empty database with a clinic to try things on, in one transaction. Everything is made up, and follows
 * from `now` alone. The same moment gives the same rows, ids included, except in the audit trail. Seeds of one day have the
 * same people, slots and visits. The hour decides the states of today's visits, and when rows were made.
 * @throws when there is a clinic already; nothing is changed then
 */
export async function seed(adminUrl: string, options: { now: Date }): Promise<{ accounts: SeedAccount[] }> {
  const now = options.now.getTime();
  const rows = makeRows(now, clinicDateOf(now, TIME_ZONE));
  return connected(adminUrl, async (client) => {
    await client.query("begin");
    await insertAll(client, rows, options.now);
    const accounts = await selectAccounts(client);
    await client.query("commit");
    // So that the first plans know the tables' sizes, and index-only scans need not read the rows.
    const names = TABLES.map((table) => escapeIdentifier(getTableName(table)));
    await client.query(`vacuum (analyze) ${names.join(", ")}`);
    return { accounts };
  });
}

async function insertAll(client: Client, rows: SeedRows, now: Date): Promise<void> {
  const db = drizzle(client, { casing: "snake_case" });
  // Of two seeds at once the second waits here for the first and then finds its row.
  const fresh = await db
    .insert(clinic)
    .values({ ...CLINIC, updatedAt: now })
    .onConflictDoNothing()
    .returning({ id: clinic.id });
  if (fresh.length === 0) throw new Error("This database has a clinic already; only an empty one can be seeded.");
  await db.insert(policy).values({ ...POLICY, updatedAt: now, remindersSince: now });
  await insertRows(client, locations, rows.locations);
  await insertRows(client, holidays, rows.holidays);
  await insertRows(client, people, rows.people);
  await insertRows(client, doctors, rows.doctors);
  await insertRows(client, patients, rows.patients);
  await insertRows(client, schedules, rows.schedules);
  await insertRows(client, exceptions, rows.exceptions);
  await insertRows(client, slots, rows.slots);
  await insertRows(client, appointments, rows.appointments);
  // Slot and appointment reference each other, so the slot's reference is written last.
  await db
    .update(slots)
    .set({ appointmentId: sql`${appointments.id}` })
    .from(appointments)
    .where(eq(appointments.slotId, slots.id));
  await db.execute(sql`
    insert into audit (at, actor_id, patient_id, action, entity, entity_id, after, request_id)
    select ${now.toISOString()}, ${rows.receptionistId}, a.patient_id, 'seed', 'appointment', a.id,
      ${sql.identifier(readFunctions().schema)}.appointment_audit(a), 'seed'
    from appointments a order by a.id`);
  await insertRows(client, outbox, rows.outbox);
  await insertRows(client, apiClients, rows.apiClients);
  await insertRows(client, apiKeys, rows.apiKeys);
}
