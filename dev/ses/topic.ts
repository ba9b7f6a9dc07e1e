import { createHash, createSign, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { generate } from "selfsigned";

/** A message as SNS posts it to a subscriber. */
export type Envelope = Record<string, string>;

export interface Topic {
  readonly arn: string;
  /** Counts since the start; `refused` were answered 4xx, which SNS does not retry. */
  stats(): { published: number; delivered: number; refused: number; givenUp: number };
  /** Asks an endpoint to confirm, like `Subscribe`; after that it gets every message. @throws if it does not confirm */
  subscribe(endpoint: string): Promise<void>;
  publish(message: object): void;
  /** A message of this topic with SNS's signature (1: SHA-1, 2: SHA-256), for tests to send or to change. */
  envelope(fields: Envelope, version?: "1" | "2"): Envelope;
  /** The answer to requests for the certificate and the confirmation of subscriptions; null for other requests. */
  answer(url: URL): { status: number; type: string; body: string } | null;
  close(): Promise<void>;
}

const SIGNED = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
/** Milliseconds before each retry; SNS itself retries for an hour. */
const RETRIES = [200, 1000, 5000, 20_000];

/**
 * A topic of Amazon SNS for the local stack. It sends signed messages over HTTP, with retries, to endpoints with a confirmed
 * subscription. `origin` returns the origin of its certificate.
 */
export async function openTopic(origin: () => string): Promise<Topic> {
  const arn = "arn:aws:sns:eu-central-1:000000000000:ses-feedback";
  const { cert, private: key } = await generate([{ name: "commonName", value: "sns.local" }], {
    keySize: 2048,
    algorithm: "sha256",
  });
  const certificate = `/SimpleNotificationService-${createHash("md5").update(cert).digest("hex")}.pem`;
  const stats = { published: 0, delivered: 0, refused: 0, givenUp: 0 };
  const tokens = new Map<string, string>();
  const endpoints = new Set<string>();
  const closed = new AbortController();
  const underWay = new Set<Promise<void>>();

  const envelope = (fields: Envelope, version: "1" | "2" = "2"): Envelope => {
    const full: Envelope = { MessageId: randomUUID(), TopicArn: arn, Timestamp: new Date().toISOString(), ...fields };
    const text = SIGNED.filter((name) => full[name] !== undefined).map((name) => `${name}\n${full[name]}\n`);
    const signature = createSign(version === "1" ? "RSA-SHA1" : "RSA-SHA256")
      .update(text.join(""))
      .sign(key, "base64");
    const where = { SigningCertURL: `${origin()}${certificate}`, SignatureVersion: version, Signature: signature };
    return { ...full, ...where };
  };
  const post = (endpoint: string, body: Envelope): Promise<number> =>
    fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": body["Type"] ?? "" },
      body: JSON.stringify(body),
      signal: AbortSignal.any([closed.signal, AbortSignal.timeout(15_000)]),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
  const deliver = async (endpoint: string, body: Envelope): Promise<void> => {
    for (const pause of [0, ...RETRIES]) {
      // Closing does not wait for a pause, and the pause must not keep the process alive.
      await setTimeout(pause, undefined, { ref: false, signal: closed.signal }).catch(() => undefined);
      if (closed.signal.aborted) return;
      const status = await post(endpoint, body);
      if (status >= 200 && status < 300) return void (stats.delivered += 1);
      if (status >= 400 && status < 500 && status !== 429) return void (stats.refused += 1);
    }
    stats.givenUp += 1;
  };
  return {
    arn,
    stats: () => ({ ...stats }),
    async subscribe(endpoint) {
      const token = randomUUID();
      tokens.set(token, endpoint);
      const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: arn, Token: token }).toString();
      const status = await post(
        endpoint,
        envelope({
          Type: "SubscriptionConfirmation",
          Token: token,
          SubscribeURL: `${origin()}/?${query}`,
          Message: `You have chosen to subscribe to the topic ${arn}.`,
        }),
      );
      if (!endpoints.has(endpoint)) throw new Error(`${endpoint} did not confirm its subscription (${status}).`);
    },
    publish(message) {
      for (const endpoint of endpoints) {
        stats.published += 1;
        const delivery = deliver(endpoint, envelope({ Type: "Notification", Message: JSON.stringify(message) }));
        underWay.add(delivery);
        void delivery.finally(() => underWay.delete(delivery));
      }
    },
    envelope,
    answer(url) {
      if (url.pathname === certificate) return { status: 200, type: "application/x-pem-file", body: cert };
      if (url.pathname !== "/" || url.searchParams.get("Action") !== "ConfirmSubscription") return null;
      const endpoint = tokens.get(url.searchParams.get("Token") ?? "");
      if (endpoint === undefined || url.searchParams.get("TopicArn") !== arn) {
        return { status: 400, type: "text/xml", body: "<ErrorResponse/>" };
      }
      endpoints.add(endpoint);
      return { status: 200, type: "text/xml", body: "<ConfirmSubscriptionResponse/>" };
    },
    async close() {
      closed.abort();
      await Promise.allSettled(underWay);
    },
  };
}
