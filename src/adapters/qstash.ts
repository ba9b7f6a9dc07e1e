import { Client } from "@upstash/qstash";
import { type JWTPayload, jwtVerify } from "jose";
import { sha256, toBase64url, utf8 } from "#lib/encoding.ts";

export interface QueueSettings {
  url: string;
  token: string;
  currentSigningKey: string;
  nextSigningKey: string;
  /** The Worker's public origin: the base of the callback URLs, which their signatures name. */
  publicUrl: string;
  /** Jobs with flow control: `parallelism` is the maximum number of callbacks in flight, `rate` that of starts a second. */
  flows: Record<string, { parallelism: number; rate: number }>;
}

/** The job that gets the reports of dead letters. */
const FAILED = "failed";

/** Maximum number of retries; after them a message is a dead letter, and the job `failed` gets a report. */
const RETRIES = 5;

/**
 * Milliseconds before each retry: 15 s, 1 min, 4 min, 16 min, 1 h. The first comes when a failed row can be claimed again,
 * the last when a longer outage may be over. Between them the cron finds everything that is due.
 */
const RETRY_DELAY = "min(3600000, 15000 * pow(4, retried))";

/**
 * QStash signs each attempt when it sends it, for 5 minutes. Maximum distance of a signature's `exp`. It bounds how long an
 * id must be remembered (src/adapters/sessions.ts).
 */
const SIGNED_SECONDS = 300;
const TOLERANCE_SECONDS = 5;

export interface Queue {
  /**
   * Schedules `POST /jobs/{job}` with ids only, not before an instant (epoch milliseconds; QStash counts in seconds). The
   * first message with a deduplication id wins for ten minutes. A failed callback is retried after growing pauses, and
   * after the last retry the job `failed` gets a report.
   * @throws if QStash does not accept it
   */
  publish(job: string, ids: Record<string, string>, options: { notBefore: number; dedupe: string }): Promise<void>;
  /**
   * The unique id (`jti`) of a callback's signature; null for a bad one. A good one is at most 5 minutes old, by the current
   * or the next key (HS256), for exactly this job's URL and body.
   */
  verify(job: string, signature: string, body: string): Promise<string | null>;
  answers(): Promise<boolean>;
}

/** QStash: delayed, deduplicated callbacks. */
export function openQueue(settings: QueueSettings): Queue {
  const client = new Client({
    baseUrl: settings.url,
    token: settings.token,
    devMode: false,
    enableTelemetry: false,
    retry: { retries: 1, backoff: () => 100 },
  });
  const urlOf = (job: string) => `${settings.publicUrl}/jobs/${job}`;
  return {
    async publish(job, ids, options) {
      const flow = settings.flows[job];
      await client.publishJSON({
        url: urlOf(job),
        body: ids,
        notBefore: Math.ceil(options.notBefore / 1000),
        deduplicationId: options.dedupe,
        retries: RETRIES,
        retryDelay: RETRY_DELAY,
        failureCallback: urlOf(FAILED),
        ...(flow && { flowControl: { key: job, ...flow, period: 1 } }),
      });
    },
    async verify(job, signature, body) {
      const payload = await signed(signature, urlOf(job), settings);
      if (!payload || typeof payload.jti !== "string" || typeof payload["body"] !== "string") return null;
      if ((payload.exp ?? Infinity) > Date.now() / 1000 + SIGNED_SECONDS + TOLERANCE_SECONDS) return null;
      // QStash pads the hash; the padding says nothing.
      return payload["body"].replace(/=+$/, "") === toBase64url(await sha256(body)) ? payload.jti : null;
    },
    async answers() {
      return fetch(`${settings.url}/v2/keys`, {
        headers: { Authorization: `Bearer ${settings.token}` },
        signal: AbortSignal.timeout(1_000),
      }).then(
        (response) => response.ok,
        () => false,
      );
    },
  };
}

/**
 * The content of a signature; null for one that neither key made. QStash's own `Receiver` accepts signatures of any age
 * without `exp`, and by any HMAC. In development mode it accepts the keys that its package publishes.
 */
async function signed(signature: string, url: string, settings: QueueSettings): Promise<JWTPayload | null> {
  const options = {
    algorithms: ["HS256"],
    issuer: "Upstash",
    subject: url,
    maxTokenAge: SIGNED_SECONDS,
    clockTolerance: TOLERANCE_SECONDS,
    requiredClaims: ["exp", "iat", "jti", "body"],
  };
  for (const key of [settings.currentSigningKey, settings.nextSigningKey]) {
    const payload = await jwtVerify(signature, utf8(key), options).then(
      (verified) => verified.payload,
      () => null,
    );
    if (payload) return payload;
  }
  return null;
}
