import { neonConfig } from "@neondatabase/serverless";
import pg from "pg";
import { type Database, openDatabase } from "#db/client.ts";
import { type FieldKey, openFields } from "#db/fields.ts";
import { readFunctions } from "#dev/functions.ts";
import type { Act, CallerRef } from "#db/call.ts";
import type { TestDatabase } from "./database.ts";
import { APP_PASSWORD } from "./templates.ts";

export interface Person {
  personId: string;
  /** The patient's or doctor's own id; null for staff. */
  id: string;
  caller: CallerRef;
}

/** The database as the Worker sees it, and past all rules, as a test arranges and inspects it. */
export interface Desk {
  db: Database;
  admin: pg.Pool;
  close(): Promise<void>;
}

export function openDesk(database: TestDatabase, httpUrl = database.httpUrl, keys = TEST_KEYS): Desk {
  const url = new URL(database.url);
  url.username = "holdfast_app";
  url.password = APP_PASSWORD;
  const admin = new pg.Pool({ connectionString: database.url, max: 4 });
  admin.on("error", () => {});
  const db = openDatabase({
    url: url.href,
    httpUrl,
    wsUrl: `ws://${database.wsProxy}`,
    functions: readFunctions().schema,
    fields: openFields(keys),
    timeoutMs: 20_000,
  });
  neonConfig.fetchEndpoint = httpUrl;
  return { db, admin, close: () => admin.end() };
}

/** The key of the fields in databases of tests. The Worker refuses it: it can be guessed. */
export const TEST_KEYS: FieldKey[] = [{ version: 1, bytes: new Uint8Array(32).fill(7) }];

let requests = 0;
let people = 0;

/** An act in a request of its own; with a key, one that can be repeated. */
export function actOf(person: Person, key?: string): Act {
  const idempotency = key === undefined ? null : { key, hash: `hash of ${key}` };
  return { caller: person.caller, requestId: `test-${++requests}`, idempotency };
}

/** A clinic with one location in Dublin and the schema's own policy, except for the given settings. */
export async function foundClinic(admin: pg.Pool, policy: Record<string, number | string> = {}): Promise<string> {
  people = 0;
  await admin.query(
    "insert into clinic (name, phone, time_zone) values ('Test Clinic', '+353 1 555 0199', 'Europe/Dublin')",
  );
  await admin.query("insert into policy (locales) values ('{en,de}')");
  await setPolicy(admin, policy);
  const { rows } = await admin.query<{ id: string }>(
    `insert into locations (name, address, time_zone, country) values ('Quay', '1 Quay', 'Europe/Dublin', 'IE') returning id`,
  );
  return rows[0]!.id;
}

export async function setPolicy(admin: pg.Pool, policy: Record<string, number | string>): Promise<void> {
  for (const [name, value] of Object.entries(policy)) {
    await admin.query(`update policy set ${pg.escapeIdentifier(name)} = $1`, [value]);
  }
}

/**
 * Adds a number of people of one role who can log in. Each clinic counts its own from 1 (`Staff 1`). Staff are
 * administrators.
 */
export async function hire(admin: pg.Pool, role: CallerRef["role"], count: number): Promise<Person[]> {
  const from = people;
  people += count;
  const { rows } = await admin.query<{ personId: string; subject: string; id: string }>(
    `with person as (
       insert into people (subject, role, name, administrator)
       select 'test|' || n, $1::text, initcap($1::text) || ' ' || n, $1::text = 'staff' from generate_series($2::int + 1, $3::int) n
       returning id, subject, name),
     patient as (
       insert into patients (person_id, number, name, date_of_birth, email)
       select id, subject, name, '1980-01-01', subject || '@patients.example' from person where $1::text = 'patient'
       returning id, person_id),
     doctor as (
       insert into doctors (person_id, name, specialty)
       select id, name, 'General practice' from person where $1::text = 'doctor'
       returning id, person_id)
     select p.id as "personId", p.subject, coalesce(t.id, d.id, p.id) as id
     from person p left join patient t on t.person_id = p.id left join doctor d on d.person_id = p.id
     order by p.id`,
    [role, from, people],
  );
  return rows.map(({ personId, id, subject }) => ({ personId, id, caller: { subject, role, sessionVersion: null } }));
}

/** Adds quarter-hour slots of a doctor at these minutes from now; returns their ids in that order. */
export async function addSlots(
  admin: pg.Pool,
  doctor: Person,
  locationId: string,
  minutes: readonly number[],
): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
     select $1::uuid, $2::uuid, x.at, x.at + interval '15 minutes', (x.at at time zone 'Europe/Dublin')::date, 'staff'
     from (select now() + make_interval(secs => m * 60) as at, n from unnest($3::float8[]) with ordinality u (m, n)) x
     order by x.n returning id`,
    [doctor.id, locationId, minutes],
  );
  return rows.map(({ id }) => id);
}
