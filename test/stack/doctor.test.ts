import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examine } from "#dev/doctor/examine.ts";
import { grantLogin, migrate } from "#dev/migrate.ts";
import { useStack } from "../support/stack.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const stack = useStack();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-doctor-"));
  // A stack of the tests has no crons, and its seed may have been made an hour ago: this seals the audit trail.
  await stack().worker.scheduled("* * * * *");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The doctor's findings that are not `fine`, for the running stack with other settings. */
async function diagnosis(
  changes: Record<string, string> = {},
  { ownerUrl = stack().urls.postgres, commit = "local" } = {},
): Promise<string[]> {
  const settings = { ...stack().env, SES_FROM: "appointments@hillclinic.ie", ...changes };
  const parts = await examine({ settings, ownerUrl, commit });
  const found = Object.values(parts).flat();
  return found
    .filter(({ level }) => level === "blocks" || level === "wrong")
    .map(({ level, text }) => `${level}: ${text}`);
}

/** Runs a command of dev as people do. */
function run(script: string, args: string[], env: Record<string, string>): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const command = [join(ROOT, "dev", script), ...args];
    execFile(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...env } }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, said: out + err });
    });
  });
}

/** An address of this machine where nothing listens. */
const NOTHING = "http://127.0.0.1:9";

describe("npm run doctor against the running stack", () => {
  test("A stack that works has no finding", async () => {
    expect(await diagnosis()).toEqual([]);
  });

  test.each<[string, () => Record<string, string>, RegExp[]]>([
    [
      "another token for Redis",
      () => ({ UPSTASH_REDIS_REST_TOKEN: "AXlKACQgNjM4ODdlMjYtZWQ0" }),
      [/^blocks: Redis refuses/],
    ],
    ["no Redis at its address", () => ({ UPSTASH_REDIS_REST_URL: NOTHING }), [/^blocks: Redis does not answer/]],
    [
      "another service in Redis' place",
      () => ({ UPSTASH_REDIS_REST_URL: stack().ses.url }),
      [/^blocks: No Redis answers/],
    ],
    [
      "another token for QStash",
      () => ({ QSTASH_TOKEN: "eyJVc2VySUQiOiI0NDY1ZDk2" }),
      [/^wrong: QStash refuses QSTASH_TOKEN/],
    ],
    ["no QStash at its address", () => ({ QSTASH_URL: NOTHING }), [/^wrong: QStash does not answer/]],
    [
      "signing keys in the wrong order",
      () => {
        const { QSTASH_CURRENT_SIGNING_KEY: current = "", QSTASH_NEXT_SIGNING_KEY: next = "" } = stack().env;
        return { QSTASH_CURRENT_SIGNING_KEY: next, QSTASH_NEXT_SIGNING_KEY: current };
      },
      [/CURRENT_SIGNING_KEY is not QStash's current/, /NEXT_SIGNING_KEY is not QStash's next/],
    ],
    [
      "another AWS secret",
      () => ({ AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMIK7MDENGbPxRfiCY" }),
      [/^wrong: SES refuses the AWS key/],
    ],
    ["a higher send rate than the account's", () => ({ SES_PER_SECOND: "500" }), [/more than the account's 200 mails/]],
    [
      "an issuer that is no login provider",
      () => ({ ISSUER: `${stack().env["PUBLIC_URL"]}/` }),
      [/^blocks: No login provider answers/, /another ISSUER/],
    ],
    [
      "a client that the provider does not know",
      () => ({ STAFF_CLIENT_ID: "nobody" }),
      [/^blocks: The provider does not accept .*\/staff\/login\/callback/, /another STAFF_CLIENT_ID/],
    ],
    [
      "an origin where nothing is deployed",
      () => ({ PUBLIC_URL: NOTHING }),
      [
        /not accept .*9\/login\/callback.*Allowed Callback/,
        /not accept .*staff/,
        /^blocks: Nothing answers at PUBLIC_URL/,
      ],
    ],
    ["another secret for links", () => ({ LINK_SECRET: "q7Zt0mB4yWc9Lr2Xe5Vn8Kp1Hs3Df6Gj" }), [/another LINK_SECRET/]],
    [
      "another password for the database",
      () => ({ DATABASE_URL: stack().env["DATABASE_URL"]!.replace(/:[^:@]+@/, ":npg_8Kd0sVtQzX1c@") }),
      [/^blocks: The database refuses the password/],
    ],
    [
      "a database that is not there",
      () => ({ DATABASE_URL: stack().env["DATABASE_URL"]!.replace(/[^/]+$/, "elsewhere") }),
      [/^blocks: The database that DATABASE_URL names/],
    ],
    [
      "no HTTP wire at its address",
      () => ({ DATABASE_HTTP_URL: `${NOTHING}/sql` }),
      [/^blocks: .*HTTP wire does not answer/],
    ],
  ])("The doctor finds %s", async (_, changes, expected) => {
    expect(await diagnosis(changes())).toEqual(expected.map((text) => expect.stringMatching(text)));
  });

  test("The doctor finds a deployment with wrong settings, and one of another commit", async () => {
    const isolate = await stack().startIsolate({ LINK_SECRET: "short" });
    const said = await diagnosis({ PUBLIC_URL: isolate.url });
    expect(said).toContainEqual(
      expect.stringMatching(/^blocks: The deployment does not say whether it is ready: see its log/),
    );
    await isolate.close();
    expect(await diagnosis({}, { commit: "0123456" })).toEqual([
      expect.stringMatching(/^wrong: .*commit local.*0123456/),
    ]);
  });

  test("The doctor finds rights that holdfast_app must not have, and a call that it lacks", async () => {
    const [{ schema } = { schema: "" }] = await stack().sql<{ schema: string }>(
      "select nspname as schema from pg_namespace where nspname ~ '^v_[0-9a-f]{8}$'",
    );
    await stack().sql("grant insert on appointments to holdfast_app");
    await stack().sql("grant create on schema public to holdfast_app");
    await stack().sql(`revoke execute on function ${schema}.read_policy(${schema}.caller) from holdfast_app`);
    expect(await diagnosis()).toEqual([
      expect.stringMatching(/^blocks: holdfast_app may not call 1 function/),
      expect.stringMatching(/^wrong: holdfast_app may write appointments/),
      expect.stringMatching(/^wrong: holdfast_app may create objects/),
    ]);
    await stack().sql("revoke insert on appointments from holdfast_app");
    await stack().sql("revoke create on schema public from holdfast_app");
    await stack().sql(`grant execute on function ${schema}.read_policy(${schema}.caller) to holdfast_app`);
    expect(await diagnosis()).toEqual([]);
  });

  test("Texts in clear or under another key are found, counted and sealed again by npm run fields", async () => {
    const [appointment] = await stack().sql<{ id: string; reason: string }>(
      "select id, reason from appointments where reason is not null limit 1",
    );
    const setReason = (reason: string) =>
      stack().sql("update appointments set reason = $2 where id = $1", [appointment!.id, reason]);
    expect(appointment!.reason).toMatch(/^v1\./);
    await setReason("In clear");
    expect(await diagnosis()).toEqual([
      expect.stringMatching(/^wrong: 1 texts are stored in clear: run npm run fields/),
    ]);
    const env = { DATABASE_OWNER_URL: stack().urls.postgres, FIELD_KEYS: stack().env["FIELD_KEYS"]! };
    expect(await run("fields.ts", ["--count"], env)).toMatchObject({
      code: 1,
      said: expect.stringContaining("1 in clear"),
    });
    expect(await run("fields.ts", [], env)).toMatchObject({
      code: 0,
      said: expect.stringContaining("Sealed under key 1: 1."),
    });
    expect(await diagnosis()).toEqual([]);

    const other = `2:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;
    expect(await diagnosis({ FIELD_KEYS: other })).toEqual([
      expect.stringMatching(/^wrong: No key of FIELD_KEYS opens \d+ texts/),
    ]);
    expect(await diagnosis({ FIELD_KEYS: `${env.FIELD_KEYS},${other}` })).toEqual([
      expect.stringMatching(/^wrong: \d+ texts are sealed under an older key/),
    ]);
    expect(await run("fields.ts", [], { ...env, FIELD_KEYS: other })).toMatchObject({
      code: 1,
      said: expect.stringContaining(`No key opens appointments.reason of ${appointment!.id}.`),
    });
  });
});

test("From an empty database to a clinic: migrated, set up, repeated, and each step named by the doctor", async () => {
  const { postgres, env } = stack();
  await postgres.createDatabase("first");
  const ownerUrl = postgres.url("first");
  const plan = join(folder, "clinic.json");
  const [, json = ""] = /```json\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "docs", "deploy.md"), "utf8")) ?? [];
  await writeFile(plan, json);
  const setup = () => run("setup.ts", [plan], { DATABASE_OWNER_URL: ownerUrl });
  /** The doctor's findings about the database. The deployment is the stack's, with another database. */
  const said = async (url: string): Promise<string[]> => {
    const { database = [] } = await examine({ settings: { ...env, DATABASE_URL: url }, ownerUrl, commit: "local" });
    return database.filter(({ level }) => level !== "fine").map(({ level, text }) => `${level}: ${text}`);
  };
  const before = env["DATABASE_URL"]!.replace(/[^/]+$/, "first");

  expect(await said(before)).toEqual([
    expect.stringMatching(/^blocks: The database lacks \d+ migrations of this build: run npm run migrate/),
    expect.stringMatching(/^blocks: The database lacks the functions of this build/),
  ]);
  await migrate(ownerUrl);
  expect(await said(before)).toEqual([expect.stringMatching(/^blocks: The database has no clinic: run npm run setup/)]);
  // As in a new Postgres: the migrations make the role without a login.
  await stack().sql("alter role holdfast_app nologin");
  try {
    expect(await said(before)).toContainEqual(expect.stringMatching(/^blocks: The role holdfast_app has no login/));
    const first = await setup();
    expect(first).toMatchObject({
      code: 0,
      said: expect.stringMatching(/Made: the clinic\.[\s\S]*npx wrangler login/),
    });
    const [url = ""] = /postgresql:\/\/holdfast_app:\S+/.exec(first.said) ?? [];
    expect(new URL(url).password).toMatch(/^[\w-]{43}$/);
    expect(await said(url)).toEqual([]);

    const again = await setup();
    expect(again).toMatchObject({ code: 0, said: expect.stringContaining("Nothing was changed.") });
    expect(again.said).not.toContain("postgresql://");
    expect(await said(url)).toEqual([]);
  } finally {
    await grantLogin(stack().urls.postgres, new URL(env["DATABASE_URL"]!).password);
  }
});

test("The command reads wrangler.toml, a file of secrets and the environment, and prints none of the secrets", async () => {
  const { env, urls } = stack();
  const isSecret = (name: string) => /TOKEN|KEY|SECRET|DATABASE_URL/.test(name) && name !== "API_KEYS_SECONDS";
  const secrets = Object.entries(env).filter(([name]) => isSecret(name));
  const config = join(folder, "wrangler.toml");
  const vars = Object.entries(env).filter(([name]) => !isSecret(name));
  const lines = vars.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join("\n");
  const head = `name = "holdfast"\nmain = "x.js"\ncompatibility_date = "2026-11-01"\nworkers_dev = false\n`;
  const file = join(folder, "secrets");
  await writeFile(file, secrets.map(([name, value]) => `${name}=${value}`).join("\n"));

  await writeFile(
    config,
    `${head}routes = [{ pattern = "book.hillclinic.ie", custom_domain = true }]\n[vars]\n${lines}\n`,
  );
  const done = await run("doctor.ts", ["--config", config, "--secrets", file], { DATABASE_OWNER_URL: urls.postgres });
  // The stack's build says `local` instead of the commit, and its sender's address is an example.
  expect(done.said.match(/^WRONG .*/gm)).toEqual([
    expect.stringMatching(/SES_FROM is still an example/),
    expect.stringMatching(/of commit local/),
  ]);
  expect(done.said).toMatch(/^ok\s+redis\s+Redis answers PING\.$/m);
  expect(done.code).toBe(2);
  for (const [, secret] of secrets) expect(done.said).not.toContain(secret);
});
