import { expect, test } from "vitest";
import { openSecrets, readSettings, routeFindings } from "#dev/doctor/settings.ts";
import { SettingsWrong, readEnv } from "#src/env.ts";

const GOOD = {
  PUBLIC_URL: "https://book.hillclinic.ie",
  ISSUER: "https://hill.eu.auth0.com/",
  AUDIENCE: "https://book.hillclinic.ie/api",
  PATIENT_CLIENT_ID: "patient",
  STAFF_CLIENT_ID: "staff",
  ROLE_CLAIM: "https://holdfast.example/role",
  SESSION_HOURS: "12",
  DATABASE_URL: "postgresql://holdfast_app:npg_8Kd0sVtQzX1c@ep-cool-pooler.c-2.eu-central-1.aws.neon.tech/holdfast",
  DATABASE_HTTP_URL: "https://api.c-2.eu-central-1.aws.neon.tech/sql",
  UPSTASH_REDIS_REST_URL: "https://hill-1.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: "AXlKACQgNjM4ODdlMjYtZWQ0",
  QSTASH_URL: "https://qstash.upstash.io",
  QSTASH_TOKEN: "eyJVc2VySUQiOiI0NDY1ZDk2",
  QSTASH_CURRENT_SIGNING_KEY: "sig_4nXyQm2cTz8vKp1sRb7d",
  QSTASH_NEXT_SIGNING_KEY: "sig_9wLhGf3jUe6xZa0oVi5t",
  SES_ENDPOINT: "https://email.eu-central-1.amazonaws.com",
  SES_REGION: "eu-central-1",
  SES_FROM: "appointments@hillclinic.ie",
  SES_CONFIGURATION_SET: "holdfast",
  SES_FEEDBACK_TOPIC: "arn:aws:sns:eu-central-1:210987654321:ses-feedback",
  SNS_ORIGIN: "https://sns.eu-central-1.amazonaws.com",
  SES_PER_SECOND: "50",
  NOTIFY_PARALLELISM: "10",
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMIK7MDENGbPxRfiCY",
  LINK_SECRET: "q7Zt0mB4yWc9Lr2Xe5Vn8Kp1Hs3Df6Gj",
  FIELD_KEYS: "1:3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=",
  API_KEYS_SECONDS: "30",
};
const OTHER_KEY = "gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp8=";
type Name = keyof typeof GOOD | "DATABASE_WS_PROXY" | "REDIS_TIMEOUT_MS";

/** The Worker's faults of these settings; empty when it accepts them. */
function sentencesOf(changes: Partial<Record<Name, string>>): string[] {
  try {
    readEnv({ ...GOOD, ...changes });
    return [];
  } catch (error) {
    if (error instanceof SettingsWrong) return error.settings;
    throw error;
  }
}

test("Settings as a deployment has them are accepted, and plain http is on this machine.", () => {
  expect(sentencesOf({})).toEqual([]);
  expect(sentencesOf({ FIELD_KEYS: `${GOOD.FIELD_KEYS},2:${OTHER_KEY}` })).toEqual([]);
  for (const host of ["127.0.0.1:8787", "[::1]:8787"]) {
    expect(
      sentencesOf({ PUBLIC_URL: `http://${host}`, ISSUER: `http://${host}/`, QSTASH_URL: `http://${host}` }),
    ).toEqual([]);
  }
});

const owner = "postgresql://neondb_owner:npg_8Kd0sVtQzX1c@ep-cool.eu-central-1.aws.neon.tech/holdfast";
test.each<[string, Name, string, string]>([
  [
    "the first key printed in QStash's package",
    "QSTASH_CURRENT_SIGNING_KEY",
    "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r",
    "printed",
  ],
  [
    "the second key printed in QStash's package",
    "QSTASH_NEXT_SIGNING_KEY",
    "sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs",
    "printed",
  ],
  ["one signing key twice", "QSTASH_NEXT_SIGNING_KEY", GOOD.QSTASH_CURRENT_SIGNING_KEY, "same as QSTASH_CURRENT"],
  ["a token used for links as well", "QSTASH_TOKEN", GOOD.LINK_SECRET, "same as LINK_SECRET"],
  [
    "one token for Redis and the queue",
    "QSTASH_TOKEN",
    GOOD.UPSTASH_REDIS_REST_TOKEN,
    "same as UPSTASH_REDIS_REST_TOKEN",
  ],
  ["a short secret for links", "LINK_SECRET", "q7Zt0mB4yWc9Lr2X", "32 characters"],
  ["a secret of one character", "LINK_SECRET", "a".repeat(40), "guessed"],
  ["a secret of two characters", "LINK_SECRET", "ab".repeat(20), "guessed"],
  ["a secret from an example", "LINK_SECRET", "change-me-change-me-0123456789-abcdef", "guessed"],
  ["a key of fields without its version", "FIELD_KEYS", GOOD.FIELD_KEYS.slice(2), "<version>:<key>"],
  ["a key of fields that is too short", "FIELD_KEYS", "1:3q2+7wABAgMEBQYHCAkKCw==", "32 bytes"],
  ["a key of fields that is no base64", "FIELD_KEYS", `1:${"ä".repeat(43)}=`, "32 bytes"],
  ["a key of fields that says little", "FIELD_KEYS", `1:${"BwcH".repeat(10)}Bwc=`, "guessed"],
  ["one version of two keys of fields", "FIELD_KEYS", `${GOOD.FIELD_KEYS},1:${OTHER_KEY}`, "version twice"],
  ["one key of fields twice", "FIELD_KEYS", `${GOOD.FIELD_KEYS},2:${GOOD.FIELD_KEYS.slice(2)}`, "key twice"],
  ["ended API keys that are accepted for an hour", "API_KEYS_SECONDS", "3600", "60"],
  ["a word for a secret", "UPSTASH_REDIS_REST_TOKEN", "my-redis-password-1", "guessed"],
  ["a short token", "QSTASH_TOKEN", "q7Zt0mB4yWc9", "16 characters"],
  ["a short signing key", "QSTASH_CURRENT_SIGNING_KEY", "sig_4nXyQm2c", "16 characters"],
  ["an issuer in plain http", "ISSUER", "http://clinic.eu.auth0.com/", "https"],
  ["an issuer whose name only begins with loopback's", "ISSUER", "http://127.0.0.1.evil.example/", "https"],
  ["an issuer that only names localhost", "ISSUER", "http://localhost.evil.example/", "https"],
  ["apps in plain http", "PUBLIC_URL", "http://book.clinic.example", "https"],
  ["Redis in plain http", "UPSTASH_REDIS_REST_URL", "http://clinic.upstash.io", "https"],
  ["the queue in plain http", "QSTASH_URL", "http://qstash.upstash.io", "https"],
  ["the database in plain http", "DATABASE_HTTP_URL", "http://api.neon.tech/sql", "https"],
  ["mail in plain http", "SES_ENDPOINT", "http://email.eu-central-1.amazonaws.com", "https"],
  ["the database's WebSocket unencrypted", "DATABASE_WS_PROXY", "ws://ep-cool.neon.tech/v2", "wss"],
  ["the owner's connection string", "DATABASE_URL", owner, "holdfast_app"],
  [
    "a connection string without a role",
    "DATABASE_URL",
    "postgresql://:npg_8Kd0sVtQzX1c@ep-cool.neon.tech/x",
    "holdfast_app",
  ],
  ["the role without a password", "DATABASE_URL", "postgresql://holdfast_app@ep-cool.neon.tech/holdfast", "guessed"],
  ["a role's password that is a word", "DATABASE_URL", "postgresql://holdfast_app:password@ep.neon.tech/x", "guessed"],
])("The Worker refuses %s, and says so of that setting without its value.", (_, name, value, said) => {
  const sentences = sentencesOf({ [name]: value });
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toContain(said);
  expect(sentences[0]).toContain(name);
  if (!value.includes("holdfast_app")) expect(sentences[0]).not.toContain(value);
});

/** The doctor's findings about these settings that are not `fine`. */
function diagnosis(changes: Partial<Record<Name, string | undefined>>): string[] {
  const settings = Object.entries({ ...GOOD, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const { findings } = readSettings(Object.fromEntries(settings));
  return findings.filter(({ level }) => level !== "fine").map(({ text }) => text);
}

test("The doctor finds nothing in settings as a deployment has them.", () => {
  expect(diagnosis({})).toEqual([]);
  expect(diagnosis({ API_KEYS_SECONDS: undefined })).toEqual([]);
});

const OPTIONAL = ["API_KEYS_SECONDS", "SES_CONFIGURATION_SET"];
test.each(Object.keys(GOOD).filter((name) => !OPTIONAL.includes(name)))(
  "The doctor says that %s is not set, and what to do.",
  (name) => {
    expect(diagnosis({ [name]: undefined })).toEqual([
      expect.stringMatching(new RegExp(`^${name} is not set: .{20,}\\.$`)),
    ]);
  },
);

test.each<[Name, string, RegExp]>([
  ["PUBLIC_URL", "book.hillclinic.ie", /wrong .*origin of the route/],
  ["PUBLIC_URL", "https://book.hillclinic.ie/staff", /without a path/],
  ["PUBLIC_URL", "https://book.clinic.example", /still an example/],
  ["ISSUER", "https://hill.eu.auth0.com", /end in a slash/],
  ["ISSUER", "hill.eu.auth0.com/", /Auth0 domain/],
  ["ISSUER", "https://clinic.eu.auth0.com/", /still an example/],
  ["AUDIENCE", "", /identifier of the API/],
  ["AUDIENCE", "https://hill.eu.auth0.com/api/v2/", /Management API: create an API/],
  ["AUDIENCE", "https://hill.eu.auth0.com/userinfo", /userinfo: create an API/],
  ["PATIENT_CLIENT_ID", "", /application for patients/],
  ["STAFF_CLIENT_ID", GOOD.PATIENT_CLIENT_ID, /same as PATIENT_CLIENT_ID: create an application/],
  ["ROLE_CLAIM", "role", /a URL that ends in \/role/],
  ["ROLE_CLAIM", "https://hill.eu.auth0.com/role", /Auth0 removes .* URL of your own/],
  ["SESSION_HOURS", "0", /1 to 168/],
  ["SESSION_HOURS", "a day", /1 to 168/],
  ["DATABASE_URL", "nonsense", /npm run setup -- --new-password/],
  ["DATABASE_URL", "https://holdfast_app:npg_8Kd0sVtQzX1c@ep-cool.neon.tech/x", /npm run setup/],
  ["DATABASE_URL", GOOD.DATABASE_URL.replace("-pooler", ""), /direct connection: use the pooled/],
  ["DATABASE_HTTP_URL", "https://api.eu-central-1.aws.neon.tech/sql", /set it to https:\/\/api\.c-2\.eu/],
  ["DATABASE_HTTP_URL", "https://api.c-2.eu-central-1.aws.neon.tech", /set it to .*\/sql\./],
  ["DATABASE_WS_PROXY", "https://ep-cool.neon.tech/v2", /leave it out with Neon/],
  ["UPSTASH_REDIS_REST_URL", "rediss://hill-1.upstash.io:6379", /REST API/],
  ["UPSTASH_REDIS_REST_URL", "https://clinic.upstash.io", /still an example/],
  ["UPSTASH_REDIS_REST_URL", "https://hill-1.upstash.io/get", /more than an origin: remove/],
  ["QSTASH_URL", "https://qstash.upstash.io/v2", /more than an origin: remove/],
  ["SES_ENDPOINT", "email.eu-central-1.amazonaws.com", /https:\/\/email\.<region>/],
  ["SES_ENDPOINT", "https://email.eu-west-1.amazonaws.com", /SES_REGION .* set it to eu-west-1/],
  ["SES_REGION", "", /the region of SES/],
  ["SES_FROM", "Hill Clinic <appointments@hillclinic.ie>", /an address of the domain/],
  ["SES_FROM", "appointments@clinic.example", /still an example/],
  ["SES_CONFIGURATION_SET", "", /name of the configuration set/],
  ["SES_FEEDBACK_TOPIC", "ses-feedback", /ARN of the SNS topic/],
  ["SES_FEEDBACK_TOPIC", "arn:aws:sns:eu-central-1:123456789012:ses-feedback", /still an example/],
  ["SNS_ORIGIN", "https://sns.example.com", /https:\/\/sns\.<region>/],
  ["SNS_ORIGIN", "https://sns.eu-west-1.amazonaws.com", /set it to https:\/\/sns\.eu-central-1/],
  ["SES_PER_SECOND", "0", /1 to 1000/],
  ["NOTIFY_PARALLELISM", "1.5", /1 to 100/],
  ["REDIS_TIMEOUT_MS", "10", /50 to 5000/],
  ["API_KEYS_SECONDS", "3600", /1 to 60/],
  ["AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7", /temporary .* create an access key/],
  ["FIELD_KEYS", "1:BwcH", /wrong .*openssl rand/],
  ["LINK_SECRET", "change-me-change-me-0123456789-abcdef", /guessed.*openssl rand/],
])("The doctor says what to do about %s as %j, and prints no secret.", (name, value, said) => {
  const [sentence = "", ...more] = diagnosis({ [name]: value });
  expect(more).toEqual([]);
  expect(sentence).toMatch(said);
  expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
  for (const secret of ["npg_8Kd0sVtQzX1c", GOOD.LINK_SECRET, GOOD.QSTASH_TOKEN])
    expect(sentence).not.toContain(secret);
});

test("The doctor finds a topic in another region, a missing configuration set, and secrets among the open settings.", () => {
  const elsewhere = "arn:aws:sns:us-east-1:210987654321:ses-feedback";
  expect(diagnosis({ SES_FEEDBACK_TOPIC: elsewhere })).toEqual([
    expect.stringContaining("create the topic in SES_REGION"),
    expect.stringContaining("https://sns.us-east-1.amazonaws.com"),
  ]);
  expect(diagnosis({ SES_CONFIGURATION_SET: undefined })).toEqual([expect.stringContaining("no bounce comes back")]);
  expect(routeFindings(true)).toEqual([]);
  expect(routeFindings(false)).toEqual([{ level: "blocks", text: expect.stringContaining("add routes") }]);
  const open = openSecrets({ LINK_SECRET: GOOD.LINK_SECRET, AUDIENCE: GOOD.AUDIENCE }).map(({ text }) => text);
  expect(open).toEqual([expect.stringContaining("wrangler secret put LINK_SECRET")]);
  expect(open[0]).not.toContain(GOOD.LINK_SECRET);
});
