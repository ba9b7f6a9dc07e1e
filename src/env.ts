import type { FieldKey } from "#db/fields.ts";
import { fromBase64 } from "#lib/encoding.ts";
import * as z from "zod/v4";

/** The Worker's settings from outside. Local and production differ in these values only. */
function settings() {
  const httpUrl = z.url({ protocol: /^https?$/ }).refine(isSafe, "must be https: outside this machine");
  const secret = z.string().min(16, "a secret has at least 16 characters").refine(isStrong, "can be guessed");
  const signingKey = secret.refine((key) => !PRINTED_KEYS.includes(key), "is printed in QStash's own package");
  const fields = z.object({
    /** The origin of both apps and the base of the URLs that QStash signs. No trailing slash. */
    PUBLIC_URL: httpUrl
      .refine(isOrigin, "must be an origin, without a path")
      .transform((url) => url.replace(/\/$/, "")),
    /** Exact issuer of access tokens; Auth0's ends in a slash. */
    ISSUER: httpUrl.refine((url) => url.endsWith("/"), "must end in a slash, as the issuer in the tokens does"),
    AUDIENCE: z.string().min(1),
    PATIENT_CLIENT_ID: z.string().min(1),
    STAFF_CLIENT_ID: z.string().min(1),
    /** The namespaced claim that carries the role. */
    ROLE_CLAIM: httpUrl,
    /** Maximum duration of a session, hours; its maximum idle time is a policy setting. */
    SESSION_HOURS: z.coerce.number().int().min(1).max(168),
    /** The app role's connection string; a secret. */
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/ })
      .refine(
        (url) => !URL.canParse(url) || new URL(url).username === APP_ROLE,
        `must log in as ${APP_ROLE}, not as the database's owner`,
      )
      .refine((url) => !URL.canParse(url) || isStrong(new URL(url).password), "has a password that can be guessed"),
    /** Neon's HTTP wire, `https://api.<region host>/sql`. */
    DATABASE_HTTP_URL: httpUrl,
    /** Neon's WebSocket wire for transactions; left out, it is `wss://<the database's host>/v2`. */
    DATABASE_WS_PROXY: z
      .url({ protocol: /^wss?$/ })
      .refine(isSafe, "must be wss: outside this machine")
      .optional(),
    UPSTASH_REDIS_REST_URL: httpUrl,
    UPSTASH_REDIS_REST_TOKEN: secret,
    /** Longest wait for an answer of Redis, milliseconds: so much later a request goes on or fails when Redis hangs. */
    REDIS_TIMEOUT_MS: z.coerce.number().int().min(50).max(5_000).default(300),
    QSTASH_URL: httpUrl,
    QSTASH_TOKEN: secret,
    QSTASH_CURRENT_SIGNING_KEY: signingKey,
    QSTASH_NEXT_SIGNING_KEY: signingKey,
    /** `https://email.<region>.amazonaws.com`. */
    SES_ENDPOINT: httpUrl,
    SES_REGION: z.string().min(1),
    /** The verified sender's address; mails put the clinic's name before it. */
    SES_FROM: z.email(),
    /** The configuration set whose events come back to /feedback/ses with our tags. */
    SES_CONFIGURATION_SET: z.string().min(1).optional(),
    /** The SNS topic that those events are published to. */
    SES_FEEDBACK_TOPIC: z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/),
    /** The origin of SNS in the topic's region, for certificates and confirmations; locally the emulator's. */
    SNS_ORIGIN: z
      .string()
      .regex(
        /^(https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?|http:\/\/127\.0\.0\.1:\d{1,5})$/,
        "must be SNS itself",
      ),
    /** The account's maximum send rate at SES, mails a second. */
    SES_PER_SECOND: z.coerce.number().int().min(1).max(1000),
    /** Maximum number of `notify` callbacks in flight. */
    NOTIFY_PARALLELISM: z.coerce.number().int().min(1).max(100),
    AWS_ACCESS_KEY_ID: z.string().min(1),
    AWS_SECRET_ACCESS_KEY: secret,
    /** The secret for links that need no login: in mails and of calendar feeds, and for API keys. */
    LINK_SECRET: secret.min(32, "has at least 32 characters"),
    /**
     * The keys that seal what patients and staff say in their own words, `<version>:<32 bytes in base64>` each, with commas
     * between. The highest version seals, all of them open.
     */
    FIELD_KEYS: fieldKeys(),
    /** How long an isolate uses its list of API keys, seconds. An ended key is refused after this time at the latest. */
    API_KEYS_SECONDS: z.coerce.number().int().min(1).max(60).default(30),
  });
  return fields.check(({ value, issues }) => {
    const holders = new Map<string, string>();
    for (const name of SECRETS) {
      const holder = holders.get(value[name]);
      if (holder) issues.push({ code: "custom", path: [name], message: `is the same as ${holder}`, input: undefined });
      holders.set(value[name], name);
    }
  });
}

function fieldKeys() {
  return z
    .string()
    .regex(/^[1-9]\d{0,8}:[^,]+(,[1-9]\d{0,8}:[^,]+)*$/, "must be <version>:<key>, with commas between several")
    .transform((text) => text.split(",").map(fieldKey))
    .check(({ value, issues }) => {
      const message = faultOf(value);
      if (message) issues.push({ code: "custom", message, input: undefined });
    });
}

/** The first rule that the keys break. */
function faultOf(keys: readonly FieldKey[]): string | null {
  if (keys.some(({ bytes }) => bytes.length !== 32)) return "has a key that is not 32 bytes in base64";
  if (keys.some(({ bytes }) => new Set(bytes).size < 16)) return "has a key that can be guessed";
  if (new Set(keys.map(({ version }) => version)).size < keys.length) return "has a version twice";
  if (new Set(keys.map(({ bytes }) => String(bytes))).size < keys.length) return "has a key twice";
  return null;
}

/** A key that is no base64 has no bytes. */
function fieldKey(text: string): FieldKey {
  const [version = "", key = ""] = text.split(":");
  return { version: Number(version), bytes: fromBase64(key) ?? new Uint8Array() };
}

/**
 * The keys of the setting FIELD_KEYS alone, for commands.
 * @throws {SettingsWrong}
 */
export function readFieldKeys(text: string): FieldKey[] {
  const result = fieldKeys().safeParse(text);
  if (!result.success) throw new SettingsWrong(result.error.issues.map(({ message }) => `FIELD_KEYS (${message})`));
  return result.data;
}

/** The Worker's role in the database (drizzle/0000_schema.sql). */
const APP_ROLE = "holdfast_app";

/** Each secret opens one thing only, so no two are the same. */
const SECRETS = [
  "LINK_SECRET",
  "UPSTASH_REDIS_REST_TOKEN",
  "QSTASH_TOKEN",
  "QSTASH_CURRENT_SIGNING_KEY",
  "QSTASH_NEXT_SIGNING_KEY",
  "AWS_SECRET_ACCESS_KEY",
] as const;

/** The signing keys of QStash's development server, which anyone can read in the package @upstash/qstash. */
const PRINTED_KEYS = ["sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r", "sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs"];

/** Encrypted, or on this machine. Loopback: RFC 1122 3.2.1.3 and RFC 4291 2.5.3. */
function isSafe(address: string): boolean {
  // A text that is no URL has broken a rule already.
  if (!URL.canParse(address)) return true;
  const { protocol, hostname } = new URL(address);
  return /^(https|wss):$/.test(protocol) || /^(127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Only a slash may follow the host. */
function isOrigin(address: string): boolean {
  const url = URL.parse(address);
  return url === null || url.href === `${url.origin}/`;
}

/** Not one of the words that stand in examples, and not a few characters again and again. */
function isStrong(secret: string): boolean {
  return new Set(secret).size >= 8 && !/change.?me|password|secret|example|your[-_]/i.test(secret);
}

export type Env = z.infer<ReturnType<typeof settings>>;

/** The binding of the static assets, which is an object and not a text. */
export interface Bindings {
  ASSETS: { fetch: (request: Request) => Promise<Response> };
}

/** Settings are missing or wrong. `settings` names each with the rule that it breaks, never its value. */
export class SettingsWrong extends Error {
  override name = "SettingsWrong";
  readonly settings: string[];

  constructor(settings: string[]) {
    super(`Worker settings missing or wrong: ${settings.join(", ")}`);
    this.settings = settings;
  }
}

const parsed = new WeakMap<object, Env>();

/**
 * The Worker's settings, checked once per isolate.
 * @throws {SettingsWrong}
 */
export function readEnv(bindings: object): Env {
  let env = parsed.get(bindings);
  if (!env) {
    const result = settings().safeParse(bindings);
    if (!result.success) {
      const names = result.error.issues.map((issue) => `${issue.path.join(".")} (${issue.message})`);
      throw new SettingsWrong(names);
    }
    parsed.set(bindings, (env = result.data));
  }
  return env;
}
