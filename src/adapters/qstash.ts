import { Client, Receiver } from "@upstash/qstash";
import { decodeJwt } from "jose";

export interface QueueSettings {
  url: string;
  token: string;
  currentSigningKey: string;
  nextSigningKey: string;
  /** The Worker's public origin: the base of callback URLs, and what their signatures must name. */
  publicUrl: string;
  /** Jobs whose callbacks QStash holds back: so many at once, and so many begun in a second. */
  flows: Record<string, { parallelism: number; rate: number }>;
}

/** The job that is told of messages which QStash has given up. */
const FAILED = "failed";

/** After the first delivery; then a message is a dead letter, and the job `failed` is told. */
const RETRIES = 5;

/**
 * Milliseconds before each retry: 15 s, 1 min, 4 min, 16 min, 1 h. The first comes when a row that failed can be claimed
 * again, the last when a longer outage may be over; what is due meanwhile the cron tells in any case.
 */
const RETRY_DELAY = "min(3600000, 15000 * pow(4, retried))";

export interface Queue {
  /**
   * Asks for `POST /jobs/{job}` with ids only, not before an instant (epoch milliseconds; QStash counts in seconds).
   * The first message with a deduplication id wins for some minutes. What fails is retried, with ever longer pauses, and
   * at last the job `failed` is told. Throws when QStash does not take it.
   */
  publish(job: string, ids: Record<string, string>, options: { notBefore: number; dedupe: string }): Promise<void>;
  /**
   * The unique id (`jti`) of a callback's signature, if it is signed with the current or next key for exactly this job's
   * URL and body; null if not.
   */
  verify(job: string, signature: string, body: string): Promise<string | null>;
  answers(): Promise<boolean>;
}

/** QStash: delayed, deduplicated callbacks. Its development keys are printed in its package: `devMode` is always off. */
export function openQueue(settings: QueueSettings): Queue {
  const client = new Client({
    baseUrl: settings.url,
    token: settings.token,
    devMode: false,
    enableTelemetry: false,
    retry: { retries: 1, backoff: () => 100 },
  });
  const receiver = new Receiver({
    currentSigningKey: settings.currentSigningKey,
    nextSigningKey: settings.nextSigningKey,
    devMode: false,
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
      const valid = await receiver.verify({ signature, body, url: urlOf(job), clockTolerance: 5 }).catch(() => false);
      return valid ? (decodeJwt(signature).jti ?? null) : null;
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
