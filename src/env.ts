import * as z from "zod/v4";

/** The Worker's settings from outside. Local and production differ in these values only. */
function settings() {
  const httpUrl = z.url({ protocol: /^https?$/ });
  return z.object({
    /** The origin of both apps and the base of the URLs that QStash signs. No trailing slash. */
    PUBLIC_URL: httpUrl.transform((url) => url.replace(/\/$/, "")),
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
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    /** Neon's HTTP wire, `https://api.<region host>/sql`. */
    DATABASE_HTTP_URL: httpUrl,
    /** Neon's WebSocket wire for transactions; left out, it is `wss://<the database's host>/v2`. */
    DATABASE_WS_PROXY: z.url({ protocol: /^wss?$/ }).optional(),
    UPSTASH_REDIS_REST_URL: httpUrl,
    UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
    QSTASH_URL: httpUrl,
    QSTASH_TOKEN: z.string().min(1),
    QSTASH_CURRENT_SIGNING_KEY: z.string().min(1),
    QSTASH_NEXT_SIGNING_KEY: z.string().min(1),
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
    AWS_SECRET_ACCESS_KEY: z.string().min(1),
    /** The secret for links that need no login: in mails and of calendar feeds. */
    LINK_SECRET: z.string().min(32),
  });
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
