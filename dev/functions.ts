import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";

const FOLDER = join(import.meta.dirname, "..", "src", "db", "functions");

/** The helpers of functions in plain SQL. Their bodies name them already when they are created. */
const FIRST = ["types.sql", "lib/json.sql"];

/** The stored functions of this build (src/db/functions). */
export interface Functions {
  /** The schema that they are installed into, named by the hash of their text, such as `v_3f9c2a81`. */
  schema: string;
  /** In the order in which they are created: types, then what others are built from, then the verbs and reads. */
  files: { path: string; text: string }[];
}

/** Reads the files of src/db/functions. The name changes with every change of any of them. */
export function readFunctions(): Functions {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".sql"));
  const rank = (path: string): number =>
    FIRST.includes(path) ? FIRST.indexOf(path) - FIRST.length : path.includes("/") ? 0 : 1;
  const files = paths
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => ({ path, text: readFileSync(join(FOLDER, path), "utf8") }));
  return functionsOf(files);
}

/** The functions that these files make, in this order. */
export function functionsOf(files: Functions["files"]): Functions {
  const hash = createHash("sha256");
  for (const { path, text } of files) hash.update(`${path}\0${text}\0`);
  return { schema: `v_${hash.digest("hex").slice(0, 8)}`, files };
}

/**
 * Installs the functions of a build (this one by default) beside those of other builds, all or nothing. The Workers of both
 * builds then find their own. Does nothing if they are installed already. The Worker's role may call verbs and reads
 * (`security definer`), and no helpers.
 * @returns the name of their schema
 * @throws the database's error, with the file that it is about
 */
export async function installFunctions(client: Client, functions = readFunctions()): Promise<string> {
  const { schema, files } = functions;
  const there = await client.query("select from pg_namespace where nspname = $1", [schema]);
  if (there.rowCount) return schema;
  await client.query("begin");
  try {
    await client.query(`create schema ${schema}`);
    // The search path of a definer's function: its own build's functions, then the tables, a session's own last.
    await client.query(`set local search_path = ${schema}, public, pg_temp`);
    await client.query("set local plpgsql.extra_errors = 'all'");
    for (const { path, text } of files) {
      await client.query(text).catch((error: Error) => {
        throw new Error(`src/db/functions/${path}: ${error.message}`, { cause: error });
      });
    }
    await client.query(`revoke all on all functions in schema ${schema} from public`);
    await client.query(`grant usage on schema ${schema} to holdfast_app`);
    const { rows } = await client.query<{ signature: string }>(
      "select oid::regprocedure::text as signature from pg_proc where pronamespace = $1::regnamespace and prosecdef",
      [schema],
    );
    for (const { signature } of rows) await client.query(`grant execute on function ${signature} to holdfast_app`);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
  return schema;
}

/** True when the database has the functions of this build, without which its Worker can do nothing. */
export async function hasFunctions(client: Client): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_namespace where nspname = $1", [readFunctions().schema]);
  return rowCount === 1;
}

/** The schemas of all builds whose functions the database has, by name. */
export async function installedFunctions(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname ~ '^v_[0-9a-f]{8}$' order by nspname",
  );
  return rows.map(({ name }) => name);
}

/**
 * Drops the functions of builds that no deployed Worker names any more. This build's stay.
 * @param keep schemas of other builds that are still deployed, or may be rolled back to
 * @returns the schemas that were dropped
 */
export async function dropUnusedFunctions(client: Client, keep: readonly string[]): Promise<string[]> {
  const { schema } = readFunctions();
  const unused = (await installedFunctions(client)).filter((name) => name !== schema && !keep.includes(name));
  for (const name of unused) await client.query(`drop schema ${name} cascade`);
  return unused;
}
