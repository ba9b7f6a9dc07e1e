import { workerDatabase } from "#dev/setup/neon.ts";
import { type Env, SettingsWrong, readEnv } from "#src/env.ts";
import { type Finding, blocks, fine, wrong } from "./finding.ts";
import { REMEDIES } from "./remedies.ts";

/** The settings that only `wrangler secret put` may set. */
const SECRET_NAMES = [
  "DATABASE_URL",
  "UPSTASH_REDIS_REST_TOKEN",
  "QSTASH_TOKEN",
  "QSTASH_CURRENT_SIGNING_KEY",
  "QSTASH_NEXT_SIGNING_KEY",
  "AWS_SECRET_ACCESS_KEY",
  "LINK_SECRET",
  "FIELD_KEYS",
];

/** The placeholders of wrangler.toml before a clinic edits it (RFC 2606 reserves `.example`). */
const PRINTED: Partial<Record<Exclude<keyof Env, "FIELD_KEYS">, RegExp>> = {
  PUBLIC_URL: /\.example$/,
  ISSUER: /^https:\/\/clinic\.eu\.auth0\.com\/$/,
  UPSTASH_REDIS_REST_URL: /^https:\/\/clinic\.upstash\.io/,
  SES_FROM: /\.example$/,
  SES_FEEDBACK_TOPIC: /:123456789012:/,
};

/** The settings as the Worker reads them, or null when it refuses them, and the findings about them. */
export function readSettings(raw: Record<string, string>): { env: Env | null; findings: Finding[] } {
  try {
    const env = readEnv({ ...raw });
    const findings = settingsThatDisagree(env, raw);
    return { env, findings: findings.length > 0 ? findings : [fine("All settings are there and well formed.")] };
  } catch (error) {
    if (!(error instanceof SettingsWrong)) throw error;
    // Of several rules that one setting breaks, the first says enough.
    const said = new Map(error.settings.toReversed().map((one) => [one.split(" ", 1)[0], one]));
    return { env: null, findings: [...said.values()].reverse().map((one) => blocks(refusal(one, raw))) };
  }
}

/** One of the Worker's refusals, `NAME (rule)`, as a sentence with its remedy. */
function refusal(said: string, raw: Record<string, string>): string {
  const [, name = "", rule = ""] = /^(\w+) \((.*)\)$/s.exec(said) ?? [];
  const what = raw[name] === undefined ? "is not set" : `is wrong (${rule})`;
  return `${name} ${what}: ${REMEDIES[name as keyof Env]}.`;
}

/** Secrets that stand in the file [vars] of wrangler.toml, which is kept with the sources. */
export function openSecrets(vars: Record<string, unknown>): Finding[] {
  return SECRET_NAMES.filter((name) => name in vars).map((name) =>
    wrong(
      `${name} stands in [vars], where readers of the sources see it: remove it there, and use wrangler secret put ${name}.`,
    ),
  );
}

/** A Worker without a route, and without an address at workers.dev, has no address at all. */
export function routeFindings(hasRoute: boolean): Finding[] {
  if (hasRoute) return [];
  return [
    blocks("wrangler.toml has no route, so no address leads to the Worker: add routes, as docs/deploy.md shows."),
  ];
}

/** Settings that are each well formed but cannot be right, alone or together. */
function settingsThatDisagree(env: Env, raw: Record<string, string>): Finding[] {
  const found: Finding[] = [];
  for (const [name, pattern] of Object.entries(PRINTED)) {
    const isPrinted = pattern.test(String(env[name as keyof typeof PRINTED]));
    if (isPrinted) found.push(wrong(`${name} is still an example: ${REMEDIES[name as keyof Env]}.`));
  }
  for (const name of ["QSTASH_URL", "UPSTASH_REDIS_REST_URL"] as const) {
    const isOrigin = URL.parse(env[name])?.origin === env[name];
    if (!isOrigin) found.push(wrong(`${name} is more than an origin: remove what follows the host.`));
  }
  return [...found, ...identityFindings(env), ...databaseFindings(env), ...mailFindings(env, raw)];
}

function identityFindings(env: Env): Finding[] {
  const found: Finding[] = [];
  if (env.PATIENT_CLIENT_ID === env.STAFF_CLIENT_ID) {
    found.push(wrong("STAFF_CLIENT_ID is the same as PATIENT_CLIENT_ID: create an application for each app at Auth0."));
  }
  if (/\.auth0\.com\/|webtask\.io/.test(env.ROLE_CLAIM)) {
    found.push(
      blocks("ROLE_CLAIM has a namespace that Auth0 removes from tokens: use a URL of your own, also in the Action."),
    );
  }
  if (env.AUDIENCE === `${env.ISSUER}api/v2/`) {
    found.push(blocks("AUDIENCE is Auth0's Management API: create an API for Holdfast, and use its identifier."));
  }
  if (env.AUDIENCE === `${env.ISSUER}userinfo`) {
    found.push(blocks("AUDIENCE is Auth0's userinfo: create an API for Holdfast, and use its identifier."));
  }
  return found;
}

function databaseFindings(env: Env): Finding[] {
  const { hostname, password } = new URL(env.DATABASE_URL);
  const { databaseUrl, httpUrl } = workerDatabase(env.DATABASE_URL, password);
  if (httpUrl === null) return [];
  const found: Finding[] = [];
  if (new URL(databaseUrl).hostname !== hostname) {
    found.push(
      wrong(
        "DATABASE_URL is the direct connection: use the pooled one, with -pooler behind the first part of the host.",
      ),
    );
  }
  if (env.DATABASE_HTTP_URL !== httpUrl) {
    found.push(blocks(`DATABASE_HTTP_URL is not the HTTP wire of the host in DATABASE_URL: set it to ${httpUrl}.`));
  }
  return found;
}

function mailFindings(env: Env, raw: Record<string, string>): Finding[] {
  const found: Finding[] = [];
  const [, mailRegion] = /^https:\/\/email(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com/.exec(env.SES_ENDPOINT) ?? [];
  const topicRegion = env.SES_FEEDBACK_TOPIC.split(":")[3];
  const [, snsRegion] = /^https:\/\/sns\.([a-z0-9-]+)\./.exec(env.SNS_ORIGIN) ?? [];
  if (mailRegion && mailRegion !== env.SES_REGION) {
    found.push(
      wrong(`SES_REGION is not the region of SES_ENDPOINT: set it to ${mailRegion}, or SES refuses every signature.`),
    );
  }
  if (topicRegion !== env.SES_REGION) {
    found.push(wrong("SES_FEEDBACK_TOPIC is in another region than SES: create the topic in SES_REGION."));
  }
  if (snsRegion && snsRegion !== topicRegion) {
    found.push(
      wrong(`SNS_ORIGIN is in another region than the topic: set it to https://sns.${topicRegion}.amazonaws.com.`),
    );
  }
  if (raw["SES_CONFIGURATION_SET"] === undefined) {
    found.push(wrong(`SES_CONFIGURATION_SET is not set, so no bounce comes back: ${REMEDIES.SES_CONFIGURATION_SET}.`));
  }
  if (env.AWS_ACCESS_KEY_ID.startsWith("ASIA")) {
    found.push(wrong("AWS_ACCESS_KEY_ID is temporary and ends within hours: create an access key of the IAM user."));
  }
  return found;
}
