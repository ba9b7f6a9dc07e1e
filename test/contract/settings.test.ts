import { expect, test } from "vitest";
import { SettingsWrong, readEnv } from "#src/env.ts";

const GOOD = {
  PUBLIC_URL: "https://book.clinic.example",
  ISSUER: "https://clinic.eu.auth0.com/",
  AUDIENCE: "https://book.clinic.example/api",
  PATIENT_CLIENT_ID: "patient",
  STAFF_CLIENT_ID: "staff",
  ROLE_CLAIM: "https://holdfast.example/role",
  SESSION_HOURS: "12",
  DATABASE_URL: "postgresql://holdfast_app:npg_8Kd0sVtQzX1c@ep-cool.eu-central-1.aws.neon.tech/holdfast",
  DATABASE_HTTP_URL: "https://api.eu-central-1.aws.neon.tech/sql",
  UPSTASH_REDIS_REST_URL: "https://clinic.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: "AXlKACQgNjM4ODdlMjYtZWQ0",
  QSTASH_URL: "https://qstash.upstash.io",
  QSTASH_TOKEN: "eyJVc2VySUQiOiI0NDY1ZDk2",
  QSTASH_CURRENT_SIGNING_KEY: "sig_4nXyQm2cTz8vKp1sRb7d",
  QSTASH_NEXT_SIGNING_KEY: "sig_9wLhGf3jUe6xZa0oVi5t",
  SES_ENDPOINT: "https://email.eu-central-1.amazonaws.com",
  SES_REGION: "eu-central-1",
  SES_FROM: "appointments@clinic.example",
  SES_FEEDBACK_TOPIC: "arn:aws:sns:eu-central-1:123456789012:ses-feedback",
  SNS_ORIGIN: "https://sns.eu-central-1.amazonaws.com",
  SES_PER_SECOND: "50",
  NOTIFY_PARALLELISM: "10",
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMIK7MDENGbPxRfiCY",
  LINK_SECRET: "q7Zt0mB4yWc9Lr2Xe5Vn8Kp1Hs3Df6Gj",
  API_KEYS_SECONDS: "30",
};
type Name = keyof typeof GOOD | "DATABASE_WS_PROXY";

/** What the Worker says of these settings; empty when it accepts them. */
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
