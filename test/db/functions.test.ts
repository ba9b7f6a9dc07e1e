import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grantLogin, migrate } from "#dev/migrate.ts";
import { findPerson } from "#db/queries/people.ts";
import { endSessions } from "#db/verbs/logins.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";
import { APP_PASSWORD } from "#test/support/templates.ts";

// A copy of a template would have its own rights to make temporary tables.
const database = await createTestDatabase();
await migrate(database.url);
await grantLogin(database.url, APP_PASSWORD);
const desk = openDesk(database);
afterAll(() => desk.close());
await foundClinic(desk.admin);
const [staff, other] = await hire(desk.admin, "staff", 2);
const schema = desk.db.functions;

/** A session of the Worker's role, straight at PostgreSQL. */
async function asWorker<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const url = new URL(database.url);
  url.username = "holdfast_app";
  url.password = APP_PASSWORD;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const tables = (
  await desk.admin.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  )
).rows.map(({ name }) => name);

describe("what the Worker's role may do", () => {
  test("Every function with its owner's rights has its own search path, with a session's own tables last", async () => {
    const { rows } = await desk.admin.query<{ name: string; path: string | null }>(
      `select p.oid::regprocedure::text as name, (
         select split_part(s, '=', 2) from unnest(p.proconfig) s where s like 'search\\_path=%') as path
       from pg_proc p where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace)`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const { name, path } of rows) {
      expect([`${schema}, public, pg_temp`, "pg_catalog, pg_temp"], `${name}: ${path}`).toContain(path);
    }
  });

  test("The Worker's role can call the verbs and reads of its build, and none of their helpers", async () => {
    const { rows } = await desk.admin.query<{ name: string; definer: boolean; callable: boolean }>(
      `select p.oid::regprocedure::text as name, p.prosecdef as definer,
         has_function_privilege('holdfast_app', p.oid, 'execute') as callable
       from pg_proc p where p.pronamespace = $1::regnamespace`,
      [schema],
    );
    expect(rows.filter(({ definer, callable }) => definer !== callable)).toEqual([]);
    await expect(desk.db.rows({ text: `select ${schema}.clinic_today()`, params: [] })).rejects.toMatchObject({
      code: "42501",
    });
  });

  test.each(tables)("it cannot write %s past the functions", async (table) => {
    const { rows } = await desk.admin.query<{ column: string }>(
      `select attname as column from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum limit 1`,
      [table],
    );
    const column = pg.escapeIdentifier(rows[0]!.column);
    const refusals = await asWorker(async (client) => {
      const codes = [];
      for (const statement of [
        `insert into ${table} default values`,
        `update ${table} set ${column} = ${column}`,
        `delete from ${table}`,
        `truncate ${table}`,
      ]) {
        await client.query("begin");
        codes.push(
          await client.query(statement).then(
            () => "done",
            (error: pg.DatabaseError) => error.code,
          ),
        );
        await client.query("rollback");
      }
      return codes;
    });
    expect(refusals.filter((code) => code !== "42501")).toEqual([]);
  });

  test("The Worker's role can create no table and no function, not even a temporary one", async () => {
    for (const statement of [
      "create temp table audit_unsealed (audit_id uuid)",
      "create table public.mine (n int)",
      `create table ${schema}.mine (n int)`,
      `create function ${schema}.mine() returns int language sql return 1`,
      "create schema mine",
    ]) {
      await expect(asWorker((client) => client.query(statement))).rejects.toMatchObject({ code: "42501" });
    }
  });
});

describe("A temporary table never replaces a table of the clinic", () => {
  // The role gets rights here that it may not have: the search paths must hold without grants as well.
  beforeAll(async () => {
    await desk.admin.query(`grant temporary on database ${database.name} to holdfast_app`);
  });

  test("A person in a temporary table is unknown to the functions", async () => {
    await asWorker(async (client) => {
      await client.query("create temp table people as select * from public.people limit 0");
      await client.query(
        `insert into people (id, subject, role, name, active, session_version)
         values (uuidv7(), 'made up', 'staff', 'Mallory', true, 1)`,
      );
      const asked = client.query(
        `select ${schema}.find_person(row('made up', 'staff', null, 'r', null, null, null, null))`,
      );
      await expect(asked).rejects.toMatchObject({ code: "HF001" });
    });
    expect(await findPerson(desk.db, staff!.caller)).toMatchObject({ personId: staff!.personId });
  });

  test("a trigger on a table of one's own does not run with the owner's rights", async () => {
    const { caller } = other!;
    await asWorker(async (client) => {
      await client.query(`
        create temp table audit (like public.audit);
        create temp table audit_unsealed (audit_id uuid);
        create temp table ran (as_role text);
        grant all on ran to public;
        create function pg_temp.attack() returns trigger language plpgsql as $$
          begin insert into pg_temp.ran values (current_user); return new; end $$;
        create trigger attack before insert on audit_unsealed for each row execute function pg_temp.attack();
        create trigger attack before insert on audit for each row execute function pg_temp.attack()`);
      await client.query(
        `select ${schema}.end_sessions(row($1, $2, null, 'attack', null, null, null, null)::${schema}.caller)`,
        [caller.subject, caller.role],
      );
      expect((await client.query("select * from ran")).rows).toEqual([]);
      expect((await client.query("select * from audit")).rows).toEqual([]);
    });
    const { rows } = await desk.admin.query(
      `select u.audit_id from public.audit a join public.audit_unsealed u on u.audit_id = a.id
       where a.request_id = 'attack'`,
    );
    expect(rows).toHaveLength(1);
    expect((await endSessions(desk.db, actOf(other!))).kind).toBe("done");
  });
});
