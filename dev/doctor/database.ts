import type { Client } from "pg";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { readClinic, readReadiness } from "#db/queries/clinic.ts";
import { countKeptTooLong } from "#db/verbs/retention.ts";
import { openDatabase } from "#db/client.ts";
import { type FieldKey, openFields } from "#db/fields.ts";
import { codeOf } from "#db/errors.ts";
import { countTexts } from "#dev/fields/seal.ts";
import { hasFunctions, readFunctions } from "#dev/functions.ts";
import { MIGRATIONS, connected } from "#dev/migrate.ts";
import { ZONE_MONTHS, judgeReadiness } from "#domain/readiness.ts";
import type { Env } from "#src/env.ts";
import { type Finding, blocks, fine, unchecked, wrong } from "./finding.ts";
import { REMEDIES } from "./remedies.ts";

/** Number of nights in which the job may not have run before the doctor says so. */
const NIGHTS = 3;

const MIGRATE = "run npm run migrate";

/** Checks as the owner: the schema's version, the functions of this build, and the rights of the Worker's role. */
export async function ownerFindings(ownerUrl: string | undefined, keys: readonly FieldKey[] = []): Promise<Finding[]> {
  if (!ownerUrl) {
    return [
      unchecked(
        "DATABASE_OWNER_URL is not set, so schema and grants were not checked: set it to the owner's direct connection string.",
      ),
    ];
  }
  try {
    return await connected(ownerUrl, async (client) => {
      const missing = await missingMigrations(client);
      if (missing > 0) return [blocks(`The database lacks ${missing} migrations of this build: ${MIGRATE}.`)];
      if (!(await hasFunctions(client))) {
        return [blocks(`The database lacks the functions of this build (${readFunctions().schema}): ${MIGRATE}.`)];
      }
      const faults = [...(await roleFindings(client)), ...(keys.length > 0 ? await textFindings(client, keys) : [])];
      return faults.length > 0 ? faults : [fine("Schema, functions and the rights of holdfast_app are this build's.")];
    });
  } catch {
    return [wrong("The owner cannot log in, so schema and grants were not checked: correct DATABASE_OWNER_URL.")];
  }
}

async function missingMigrations(client: Client): Promise<number> {
  const files = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const known = await client.query(
    "select from pg_tables where schemaname = 'drizzle' and tablename = '__drizzle_migrations'",
  );
  if (known.rowCount === 0) return files.length;
  const { rows } = await client.query<{ hash: string }>("select hash from drizzle.__drizzle_migrations");
  return files.filter(({ hash }) => !rows.some((row) => row.hash === hash)).length;
}

/** Texts that are stored in clear, under a key that the Worker does not have, or under an older one. */
async function textFindings(client: Client, keys: readonly FieldKey[]): Promise<Finding[]> {
  const { newest } = openFields(keys);
  const isThere = (version: string) => keys.some((key) => version === `v${key.version}.`);
  const counts = await countTexts(client);
  const sum = (of: (version: string) => boolean) =>
    counts.filter(({ version }) => of(version)).reduce((total, { count }) => total + count, 0);
  const lost = sum((version) => version !== "clear" && !isThere(version));
  const clear = sum((version) => version === "clear");
  const older = sum((version) => version !== newest && isThere(version));
  return [
    ...(lost > 0 ? [wrong(`No key of FIELD_KEYS opens ${lost} texts: add the key that sealed them again.`)] : []),
    ...(clear > 0 ? [wrong(`${clear} texts are stored in clear: run npm run fields.`)] : []),
    ...(older > 0 ? [wrong(`${older} texts are sealed under an older key: run npm run fields.`)] : []),
  ];
}

interface Role {
  login: boolean;
  strong: boolean;
  settings: string[] | null;
  creates: boolean;
  writes: string[];
  unread: string[];
  lacks: number;
  helpers: number;
}

async function roleFindings(client: Client): Promise<Finding[]> {
  const { rows } = await client.query<Role>(
    `select r.rolcanlogin as login, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls as strong,
       r.rolconfig as settings,
       has_database_privilege(r.oid, current_database(), 'create') or has_database_privilege(r.oid, current_database(), 'temporary')
         or has_schema_privilege(r.oid, 'public', 'create') as creates,
       array(select t.relname::text from pg_class t where t.relnamespace = 'public'::regnamespace and t.relkind = 'r'
         and has_table_privilege(r.oid, t.oid, 'insert, update, delete, truncate') order by 1) as writes,
       array(select t.relname::text from pg_class t where t.relnamespace = 'public'::regnamespace and t.relkind = 'r'
         and not has_table_privilege(r.oid, t.oid, 'select') order by 1) as unread,
       (select count(*)::int from pg_proc p where p.pronamespace = $1::regnamespace and p.prosecdef
         and not has_function_privilege(r.oid, p.oid, 'execute')) as lacks,
       (select count(*)::int from pg_proc p where p.pronamespace = $1::regnamespace and not p.prosecdef
         and has_function_privilege(r.oid, p.oid, 'execute')) as helpers
     from pg_roles r where r.rolname = 'holdfast_app'`,
    [readFunctions().schema],
  );
  const role = rows[0];
  if (!role) return [blocks(`The role holdfast_app is not there: ${MIGRATE}.`)];
  const found: Finding[] = [];
  if (!role.login) found.push(blocks("The role holdfast_app has no login: run npm run setup."));
  if (role.lacks > 0) {
    found.push(
      blocks(
        `holdfast_app may not call ${role.lacks} functions of this build: drop ${readFunctions().schema} and ${MIGRATE}.`,
      ),
    );
  }
  if (role.unread.length > 0) {
    found.push(wrong(`holdfast_app may not read ${role.unread.join(", ")}: GRANT SELECT on them to it.`));
  }
  if (role.writes.length > 0) {
    found.push(
      wrong(
        `holdfast_app may write ${role.writes.join(", ")} past the functions: REVOKE that from it and from PUBLIC.`,
      ),
    );
  }
  if (role.helpers > 0) {
    found.push(wrong(`holdfast_app may call ${role.helpers} helpers: REVOKE EXECUTE on them from it and from PUBLIC.`));
  }
  if (role.creates)
    found.push(wrong("holdfast_app may create objects or temporary tables: REVOKE that from it and from PUBLIC."));
  if (role.strong)
    found.push(
      wrong(
        "holdfast_app is more than a login: ALTER ROLE holdfast_app NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS.",
      ),
    );
  if (!role.settings?.some((setting) => setting.startsWith("statement_timeout="))) {
    found.push(
      wrong(
        "holdfast_app has no statement_timeout, so one slow statement can hold others up: ALTER ROLE holdfast_app SET statement_timeout = '5s'.",
      ),
    );
  }
  return found;
}

/** Checks as the Worker's role, over the Worker's wire: login, functions, the clinic, clock and zones. */
export async function workerFindings(env: Env): Promise<Finding[]> {
  const db = openDatabase({
    url: env.DATABASE_URL,
    httpUrl: env.DATABASE_HTTP_URL,
    wsUrl: env.DATABASE_WS_PROXY,
    functions: readFunctions().schema,
    fields: openFields(env.FIELD_KEYS),
    timeoutMs: 15_000,
  });
  try {
    const readiness = await readReadiness(db, ZONE_MONTHS);
    const { clock, zones } = judgeReadiness(readiness, Date.now());
    const found: Finding[] = [];
    if (clock.off)
      found.push(wrong(`This machine's clock is ${clock.skewSeconds} s off the database's: set this machine's clock.`));
    for (const zone of zones.different) {
      found.push(
        wrong(
          `The database has other clock rules for ${zone} than this runtime: update the older one before booking far ahead.`,
        ),
      );
    }
    const kept = Object.entries(await countKeptTooLong(db, NIGHTS)).filter(([, count]) => count > 0);
    if (kept.length > 0) {
      const counts = kept.map(([kind, count]) => `${count} ${kind}`).join(", ");
      found.push(wrong(`Older than the settings allow: ${counts}. See that the nightly trigger of the Worker runs.`));
    }
    const isSetUp = await readClinic(db).then(
      () => true,
      () => false,
    );
    if (!isSetUp) found.push(blocks("The database has no clinic: run npm run setup."));
    return found.length > 0
      ? found
      : [fine("holdfast_app logs in, calls the functions of this build and finds the clinic.")];
  } catch (error) {
    return [blocks(loginFault(codeOf(error)))];
  }
}

/** Why the first statement of the Worker's role failed, by its SQLSTATE (PostgreSQL, appendix A). */
function loginFault(code: string | undefined): string {
  if (code === undefined)
    return `The database's HTTP wire does not answer or refuses the login: check DATABASE_HTTP_URL, and ${REMEDIES.DATABASE_URL.replace("set it", "set DATABASE_URL")}.`;
  if (code.startsWith("28")) return `The database refuses the password of DATABASE_URL: ${REMEDIES.DATABASE_URL}.`;
  if (code === "3D000") return "The database that DATABASE_URL names is not there: correct the name at its end.";
  if (["3F000", "42883"].includes(code))
    return `The database lacks the functions of this build (${readFunctions().schema}): ${MIGRATE}.`;
  if (code === "42501")
    return `holdfast_app may not call the functions of this build: ${MIGRATE}, and check its grants with DATABASE_OWNER_URL.`;
  return `The database fails the Worker's first statement (SQLSTATE ${code}): look the code up in PostgreSQL's appendix A.`;
}
