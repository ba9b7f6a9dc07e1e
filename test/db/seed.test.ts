import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { escapeIdentifier, type QueryResultRow } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "#dev/build.ts";
import { hasFunctions } from "#dev/functions.ts";
import { connected, grantLogin, isEmpty, migrate } from "#dev/migrate.ts";
import { type Postgres, startPostgres } from "#dev/postgres.ts";
import { readAccounts, type SeedAccount } from "#dev/seed/accounts.ts";
import { seed } from "#dev/seed/seed.ts";
import { type Fact, settle } from "#domain/settle.ts";
import { withMigrations } from "#test/support/later-migrations.ts";

let postgres: Postgres;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-seed-"));
  await chmod(folder, 0o755);
  postgres = await startPostgres({ dataDir: join(folder, "data"), port: 0, durable: false });
});

afterAll(async () => {
  await postgres?.close();
  await rm(folder, { recursive: true, force: true });
});

async function database(name: string): Promise<string> {
  await postgres.createDatabase(name);
  return postgres.url(name);
}

async function query<Row extends QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  return connected(url, async (client) => (await client.query<Row>(text, values)).rows);
}

async function count(url: string, from: string, values: unknown[] = []): Promise<number> {
  const [row] = await query<{ n: number }>(url, `select count(*)::int as n from ${from}`, values);
  return row!.n;
}

describe("migrate", () => {
  test("A database can be migrated twice, and twice at once", async () => {
    const url = await database("migrated");
    await Promise.all([migrate(url), migrate(url)]);
    await migrate(url);
    const steps = await query<{ hash: string }>(url, "select hash from drizzle.__drizzle_migrations");
    expect(steps.length).toBeGreaterThanOrEqual(1);
    expect(new Set(steps.map(({ hash }) => hash)).size).toBe(steps.length);
  });

  test("Two databases of one cluster can be migrated at the same time, although both change the Worker's role", async () => {
    const [one, other] = [await database("first_of_two"), await database("second_of_two")];
    await migrate(one);
    await connected(one, async (client) => {
      await client.query("begin");
      await client.query("alter role holdfast_app set lock_timeout = '1s'");
      const migrated = migrate(other);
      const waiting = "pg_stat_activity where datname = 'second_of_two' and wait_event_type = 'Lock'";
      await expect.poll(() => count(one, waiting), { interval: 20 }).toBe(1);
      await client.query("commit");
      await migrated;
    });
    expect(await count(other, "policy")).toBe(0);
    expect(await connected(other, hasFunctions)).toBe(true);
  });

  test("A migration waits for a long read in pieces, so that bookings get through beside it; an index is built at the same time", async () => {
    const url = await database("migrated_beside_a_read");
    await migrate(url);
    const later = await withMigrations(folder, {
      more_room: 'ALTER TABLE "slots" ADD COLUMN "more" integer;',
      sooner: `-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS sooner;
--> statement-breakpoint\nCREATE INDEX CONCURRENTLY sooner ON slots (ends_at);`,
    });
    await connected(url, async (reader) => {
      await reader.query("begin; select count(*) from slots");
      let isMigrated = false;
      const migrated = migrate(url, later).then(() => (isMigrated = true));
      await expect.poll(() => count(url, "pg_locks where not granted and relation = 'slots'::regclass")).toBe(1);
      // Each of these waits behind the migration until it gives the lock up. Behind one that waits on, the last would fail.
      await connected(url, async (booking) => {
        await booking.query("set lock_timeout = '30s'");
        for (let n = 0; n < 3; n++) await booking.query("update slots set version = version");
      });
      expect(isMigrated).toBe(false);
      await reader.query("commit");
      await migrated;
    });
    expect(await count(url, "pg_index where indexrelid = 'sooner'::regclass and indisvalid")).toBe(1);
    await migrate(url, later);
    expect(await query(url, "select more from slots")).toEqual([]);
  });

  test("A build is not deployed before its functions are in the database", async () => {
    const url = await database("not_migrated");
    const deploy = (env: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, ["dev/deploy.ts"], { cwd: ROOT, env: { ...process.env, ...env } });
    await expect(deploy({ DATABASE_OWNER_URL: url })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "Nothing was deployed. The database does not have the functions of this build, v_",
      ),
    });
    await expect(deploy({ DATABASE_OWNER_URL: "" })).rejects.toMatchObject({
      stderr: expect.stringContaining("DATABASE_OWNER_URL is not set"),
    });
  });

  test("A database with another text of a migration is refused", async () => {
    const url = await database("edited");
    await migrate(url);
    await query(url, "update drizzle.__drizzle_migrations set hash = 'other' where id = 1");
    await expect(migrate(url)).rejects.toThrow("Migration 0000 was edited after this database had applied it");
  });

  test("A database is empty until it has a clinic", async () => {
    const url = await database("empty");
    expect(await isEmpty(url)).toBe(true);
    await migrate(url);
    expect(await isEmpty(url)).toBe(true);
    await query(url, "insert into clinic (name, phone, time_zone) values ('A', '1', 'Europe/Dublin')");
    expect(await isEmpty(url)).toBe(false);
  });

  test("the Worker's role can log in with its password only, and can neither rewrite history nor change the schema", async () => {
    const url = await database("role");
    await migrate(url);
    const password = 'it\'s \\ a "pass" wörd';
    await grantLogin(url, password);
    const app = new URL(url);
    app.username = "holdfast_app";
    app.password = "wrong";
    await expect(query(app.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    app.password = password;
    expect(await query(app.href, "select current_user as name")).toEqual([{ name: "holdfast_app" }]);
    for (const forbidden of [
      "delete from audit",
      "update audit set action = ''",
      "create table t ()",
      "drop table slots",
    ]) {
      await expect(query(app.href, forbidden)).rejects.toMatchObject({ code: "42501" });
    }
  });
});

/** The second is already the next day in Dublin, and its calendar crosses the end of summer time. */
const MOMENTS = [
  {
    now: "2026-11-23T10:20:00Z",
    today: "2026-11-23",
    closed: ["2026-12-25", "2026-12-26", "2026-12-28", "2027-01-01", "2027-02-01"],
  },
  { now: "2027-09-30T23:15:00Z", today: "2027-10-01", closed: ["2027-10-25", "2027-12-25", "2027-12-27"] },
];

describe.each(MOMENTS)("the clinic seeded at $now", ({ now, today, closed }) => {
  let url: string;
  let accounts: SeedAccount[];
  beforeAll(async () => {
    url = await database(`clinic_${today}`);
    await migrate(url);
    ({ accounts } = await seed(url, { now: new Date(now) }));
  });

  test("The clinic has 3 locations, 12 doctors, 200 patients and 5 staff", async () => {
    expect(await count(url, "clinic")).toBe(1);
    expect(await count(url, "locations")).toBe(3);
    expect(await count(url, "doctors where active")).toBe(12);
    expect(await count(url, "patients where active")).toBe(200);
    expect(await query(url, "select role, count(*)::int from people group by role order by role")).toEqual([
      { role: "doctor", count: 12 },
      { role: "patient", count: 200 },
      { role: "staff", count: 5 },
    ]);
    const lengths = await query<{ minutes: number }>(
      url,
      "select distinct extract(epoch from ends_at - starts_at)::int / 60 as minutes from slots order by 1",
    );
    expect(lengths.map(({ minutes }) => minutes)).toEqual([10, 15, 20, 30]);
    expect(
      await count(url, "(select from schedules group by doctor_id having count(distinct location_id) > 1) x"),
    ).toBeGreaterThan(2);
  });

  test("The clinic has the default policy, except that mails come within seconds", async () => {
    const [row] = await query(url, "select * from policy");
    expect(row).toMatchObject({
      slot_minutes: 15,
      horizon_days: 90,
      freeze_hours: 24,
      quiet_seconds: 5,
      max_delay_seconds: 60,
    });
  });

  test("The clinic has slots on every working day of the next 90 days and the last 14 only", async () => {
    const bare = await query<{ day: string }>(
      url,
      `select d::date::text as day from generate_series($1::date - 14, $1::date + 89, interval '1 day') d
       where extract(isodow from d) < 6 and not exists (select from slots where clinic_date = d::date)`,
      [today],
    );
    expect(bare).toEqual([]);
    expect(await count(url, "slots where clinic_date < $1::date - 14 or clinic_date >= $1::date + 90", [today])).toBe(
      0,
    );
    expect(await count(url, "slots where clinic_date >= $1::date", [today])).toBeGreaterThan(15_000);
  });

  test("No two slots of a doctor overlap, in any state", async () => {
    const overlapping = `(select starts_at, lag(ends_at) over (partition by doctor_id order by starts_at, ends_at) as before
      from slots) x where starts_at < before`;
    expect(await count(url, overlapping)).toBe(0);
  });

  test("Every slot lies within a session of its doctor at that location, by local time", async () => {
    const within = `exists (select from schedules c where c.doctor_id = s.doctor_id and c.location_id = s.location_id
      and c.weekday = extract(isodow from s.clinic_date) and c.valid_from <= s.clinic_date
      and s.clinic_date < coalesce(c.valid_to, 'infinity')
      and c.from_time <= (s.starts_at at time zone l.time_zone)::time
      and (s.ends_at at time zone l.time_zone)::time <= c.to_time)`;
    const extra = `exists (select from exceptions e where e.doctor_id = s.doctor_id and e.location_id = s.location_id
      and e.kind = 'extra' and e.from_date = s.clinic_date
      and e.from_time <= (s.starts_at at time zone l.time_zone)::time
      and (s.ends_at at time zone l.time_zone)::time <= e.to_time)`;
    const slots = "slots s join locations l on l.id = s.location_id";
    expect(await count(url, `${slots} where not ${within} and s.origin = 'template'`)).toBe(0);
    expect(await count(url, `${slots} where not ${extra} and s.origin = 'extra'`)).toBe(0);
    expect(await count(url, `${slots} where s.origin = 'extra'`)).toBe(12);
  });

  test("Every session is filled with slots of the right length", async () => {
    const [row] = await query<{ wanted: number; there: number }>(
      url,
      `select (select sum(extract(epoch from c.to_time - c.from_time) / 60
            / coalesce(c.slot_minutes, d.slot_minutes, p.slot_minutes))::int
          from generate_series($1::date - 14, $1::date + 89, interval '1 day') day, policy p,
            schedules c join doctors d on d.id = c.doctor_id
          where c.weekday = extract(isodow from day) and c.valid_from <= day and day < coalesce(c.valid_to, 'infinity')
        ) as wanted, (select count(*)::int from slots where origin = 'template') as there`,
      [today],
    );
    expect(row!.there).toBe(row!.wanted);
  });

  test("A slot's clinic date is the local date", async () => {
    const wrong = `slots s join locations l on l.id = s.location_id
      where s.clinic_date <> (s.starts_at at time zone l.time_zone)::date`;
    expect(await count(url, wrong)).toBe(0);
  });

  test("Public holidays are real, and close exactly the slots of their days", async () => {
    const dates = await query<{ date: string }>(
      url,
      "select distinct clinic_date::text as date from slots where closed_by = 'holiday' order by 1",
    );
    expect(dates.map(({ date }) => date)).toEqual(closed);
    const known = `exists (select from holidays h where h.location_id = s.location_id and h.date = s.clinic_date)`;
    expect(await count(url, `slots s where (s.closed_by is not distinct from 'holiday') <> ${known}`)).toBe(0);
  });

  test("Absences close exactly the slots that they overlap", async () => {
    const absent = `exists (select from exceptions e where e.doctor_id = s.doctor_id and e.kind = 'absence'
      and e.from_date <= s.clinic_date and s.clinic_date <= e.to_date
      and (e.from_time is null or ((s.starts_at at time zone l.time_zone)::time < e.to_time
        and e.from_time < (s.ends_at at time zone l.time_zone)::time)))`;
    const elsewise = "s.closed_by is distinct from 'holiday'";
    expect(
      await count(
        url,
        `slots s join locations l on l.id = s.location_id
        where ${elsewise} and (s.status = 'closed') <> ${absent}`,
      ),
    ).toBe(0);
    expect(await count(url, "(select distinct doctor_id from slots where closed_by = 'absence') x")).toBeGreaterThan(2);
  });

  test("Some hundred appointments are in their slots. Past ones have an end, and no patient is at two locations at once", async () => {
    expect(await count(url, "appointments")).toBeGreaterThan(300);
    const seated = `a join slots s on s.id = a.slot_id where s.appointment_id = a.id and s.status = 'open'
      and (s.doctor_id, s.location_id, s.starts_at, s.ends_at) = (a.doctor_id, a.location_id, a.starts_at, a.ends_at)`;
    expect(await count(url, `appointments ${seated}`)).toBe(await count(url, "appointments where slot_id is not null"));
    expect(await count(url, "slots where appointment_id is not null")).toBe(
      await count(url, "appointments where slot_id is not null"),
    );
    expect(await count(url, "appointments where status = 'booked' and starts_at <= $1", [now])).toBe(0);
    expect(await count(url, "appointments where status in ('completed', 'no-show') and ends_at > $1", [now])).toBe(0);
    const states = await query<{ status: string }>(url, "select distinct status from appointments order by 1");
    expect(states.map(({ status }) => status)).toEqual(
      expect.arrayContaining(["booked", "cancelled", "completed", "no-show"]),
    );
    const clashes = `appointments a join appointments b on a.patient_id = b.patient_id and a.id < b.id
      where tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`;
    expect(await count(url, clashes)).toBe(0);
  });

  test("patient1 has one appointment ahead, outside the freeze. patient2 and patient200 have none", async () => {
    const of = (account: string) => accounts.find((known) => known.account === account)!.patientId;
    const ahead = await query<{ status: string; days: number }>(
      url,
      `select status, extract(epoch from starts_at - $2::timestamptz)::int / 86400 as days
       from appointments where patient_id = $1 and ends_at > $2`,
      [of("patient1"), now],
    );
    expect(ahead).toHaveLength(1);
    expect(ahead[0]!.status).toBe("booked");
    expect(ahead[0]!.days).toBeGreaterThanOrEqual(10);
    expect(ahead[0]!.days).toBeLessThan(16);
    for (const account of ["patient2", "patient200"]) {
      expect(await count(url, "appointments where patient_id = $1", [of(account)])).toBe(0);
    }
  });

  test("Each appointment is in the audit trail, and no notification is due", async () => {
    const audited = `audit u join appointments a on a.id = u.entity_id and a.patient_id = u.patient_id
      join people p on p.id = u.actor_id where p.role = 'staff' and u.action = 'seed'
      and u.before is null and u.after ->> 'status' = a.status and (u.after ->> 'startsAt')::timestamptz = a.starts_at`;
    const appointments = await count(url, "appointments");
    expect(await count(url, audited)).toBe(appointments);
    expect(await count(url, "audit")).toBe(appointments);

    const told = await query<{ told: Fact; status: string; dueAt: Date | null; now: Omit<Fact, "state"> }>(
      url,
      `select o.last_notified as told, o.due_at as "dueAt", a.status, jsonb_build_object('startsAt', extract(epoch from a.starts_at) * 1000,
         'endsAt', extract(epoch from a.ends_at) * 1000, 'timeZone', l.time_zone, 'locationId', l.id,
         'doctorId', a.doctor_id) as now
       from appointments a join outbox o on o.appointment_id = a.id and o.patient_id = a.patient_id
         join locations l on l.id = a.location_id`,
    );
    expect(told).toHaveLength(appointments);
    for (const row of told) {
      const state = row.status === "cancelled" ? "cancelled" : "booked";
      expect(row.dueAt).toBeNull();
      expect(settle(row.told, { ...row.now, state })).toEqual({ kind: "nothing" });
      expect(row.told).toEqual({ ...row.now, state });
    }
  });

  test("People have names of many kinds, each once, and no doctor is a patient", async () => {
    const names = (await query<{ name: string }>(url, "select name from patients")).map(({ name }) => name);
    expect(new Set(names).size).toBe(200);
    for (const kind of [/O'/, /^\S+ Ní /, /ł|Ł/, /[áéíóú]/]) expect(names.some((name) => kind.test(name))).toBe(true);
    expect(await count(url, "patients t join doctors d on d.person_id = t.person_id or d.name = t.name")).toBe(0);
    expect(
      await count(url, "patients where date_of_birth > $1::date or date_of_birth < $1::date - 36525", [today]),
    ).toBe(0);
  });

  test("The accounts can be read again, as the login page and the scripts need them", async () => {
    expect(await readAccounts(url)).toEqual(accounts);
    const numbered = (role: string, last: number) => Array.from({ length: last }, (_, index) => `${role}${index + 1}`);
    expect(accounts.map(({ account }) => account)).toEqual([
      ...numbered("patient", 200),
      ...numbered("doctor", 12),
      ...numbered("staff", 5),
    ]);
    const [patient] = await query<{ id: string; name: string }>(url, "select id, name from patients where email = $1", [
      "patient7@patients.example",
    ]);
    expect(accounts[6]).toEqual({
      account: "patient7",
      role: "patient",
      name: patient!.name,
      subject: "auth0|patient7",
      email: "patient7@patients.example",
      patientId: patient!.id,
    });
    for (const { role, patientId, doctorId } of accounts) {
      expect([patientId !== undefined, doctorId !== undefined]).toEqual([role === "patient", role === "doctor"]);
    }
  });

  test("A second seed is refused and changes nothing", async () => {
    const before = await digest(url);
    await expect(seed(url, { now: new Date(now) })).rejects.toThrow("This database has a clinic already");
    expect(await digest(url)).toEqual(before);
  });
});

describe("seeding", () => {
  test("The same instant gives the same clinic in every row, another instant the same people", async () => {
    const [clinic, later] = MOMENTS.map(({ today }) => postgres.url(`clinic_${today}`));
    const again = await database("again");
    await migrate(again);
    await seed(again, { now: new Date(MOMENTS[0]!.now) });
    expect(await digest(again)).toEqual(await digest(clinic!));

    const names = "select subject, name from people order by subject";
    expect(await query(later!, names)).toEqual(await query(clinic!, names));
    const slots = "select min(clinic_date)::text as from, max(clinic_date)::text as to from slots";
    expect(await query(clinic!, slots)).toEqual([{ from: "2026-11-09", to: "2027-02-20" }]);
    expect(await query(later!, slots)).toEqual([{ from: "2027-09-17", to: "2027-12-29" }]);
  });

  test("Every hour of a day has the same visits with the same ids. Only the states of today's visits differ", async () => {
    // In summer the clinic's day begins at 23:00 UTC.
    const hours = ["2027-06-15T23:00:01Z", "2027-06-16T10:40:00Z", "2027-06-16T22:59:59Z"];
    const visits: { today: boolean; status: string }[][] = [];
    for (const [index, now] of hours.entries()) {
      const url = await database(`hour_${index}`);
      await migrate(url);
      await seed(url, { now: new Date(now) });
      const rows = await query<{ today: boolean; status: string }>(
        url,
        `select id, patient_id, doctor_id, location_id, starts_at, ends_at, reason, changes_used, status,
           (starts_at at time zone 'Europe/Dublin')::date = '2027-06-16' as today
         from appointments order by id`,
      );
      visits.push(rows);
    }
    const ofToday = (rows: { today: boolean; status: string }[]) =>
      rows.flatMap(({ today, status }) => (today && status !== "cancelled" ? status : []));
    expect(ofToday(visits[0]!).length).toBeGreaterThan(10);
    expect(new Set(ofToday(visits[0]!))).toEqual(new Set(["booked"]));
    expect(new Set(ofToday(visits[1]!)).size).toBeGreaterThan(2);
    expect(ofToday(visits[2]!)).not.toContain("booked");
    const drawn = visits.map((rows) =>
      rows.map(({ status, ...row }) => ({ ...row, state: row.today && status !== "cancelled" ? "today" : status })),
    );
    expect(drawn[1]).toEqual(drawn[0]);
    expect(drawn[2]).toEqual(drawn[0]);
  });

  test("Of two seeds at once one is done and the other is refused", async () => {
    const url = await database("raced");
    await migrate(url);
    const now = new Date("2027-01-13T08:00:00Z");
    const outcomes = await Promise.allSettled([seed(url, { now }), seed(url, { now })]);
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
    expect(refused).toEqual(["Error: This database has a clinic already; only an empty one can be seeded."]);
    expect(await count(url, "patients")).toBe(200);
  });

  test("A clinic that was changed has its accounts as they are now, and can be copied", async () => {
    const url = await database("changed");
    await migrate(url);
    await seed(url, { now: new Date("2027-01-13T08:00:00Z") });
    await query(url, "update patients set name = 'Changed Since' where email = 'patient3@patients.example'");
    await query(url, "update people set active = false where subject = 'auth0|staff5'");
    const accounts = await readAccounts(url);
    expect(accounts).toHaveLength(216);
    expect(accounts[2]).toMatchObject({ account: "patient3", name: "Changed Since" });
    expect(await postgres.createDatabase("copy", { template: "changed" })).toBe(true);
    expect(await readAccounts(postgres.url("copy"))).toEqual(accounts);
  });
});

/** A fingerprint of every table; the audit trail's own ids are the database's, also where they wait for a seal. */
async function digest(url: string): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    url,
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  expect(tables.length).toBeGreaterThan(10);
  const prints: Record<string, string> = {};
  for (const { name } of tables) {
    const table = escapeIdentifier(name);
    const row = name.startsWith("audit") ? "(to_jsonb(t) - 'id' - 'audit_id')::text" : "t::text";
    const [found] = await query<{ print: string }>(
      url,
      `select md5(coalesce(string_agg(${row}, E'\\n' order by ${row}), '')) as print from ${table} t`,
    );
    prints[name] = found!.print;
  }
  return prints;
}
