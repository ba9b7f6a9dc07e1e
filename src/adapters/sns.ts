import { importX509 } from "jose";
import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { fromBase64, utf8 } from "#lib/encoding.ts";
import { readJson } from "#lib/json.ts";

export interface TopicSettings {
  /** The only topic whose messages are accepted. */
  topicArn: string;
  /** SNS's origin, `https://sns.<region>.amazonaws.com`: for certificates and for confirming subscriptions. */
  origin: string;
}

/** The message is not from SNS, has another topic, or its signature is wrong. */
export class MessageRefused extends Error {
  override name = "MessageRefused";
  readonly because: "form" | "topic" | "age" | "certificate" | "signature";
  constructor(because: MessageRefused["because"]) {
    super(because);
    this.because = because;
  }
}

/** SNS's certificate could not be fetched, or SNS did not accept a confirmation. SNS sends the message again. */
export class TopicUnavailable extends Error {
  override name = "TopicUnavailable";
}

const Envelope = once(() =>
  z.discriminatedUnion("Type", [
    z.object({ ...signed(), Type: z.literal("Notification"), Subject: z.string().nullish() }),
    z.object({ ...signed(), ...confirmation(), Type: z.literal("SubscriptionConfirmation") }),
    z.object({ ...signed(), ...confirmation(), Type: z.literal("UnsubscribeConfirmation") }),
  ]),
);
type Envelope = Infer<typeof Envelope>;

function signed() {
  return {
    MessageId: z.string(),
    TopicArn: z.string(),
    Message: z.string(),
    Timestamp: z.iso.datetime(),
    SignatureVersion: z.enum(["1", "2"]),
    Signature: z.base64().max(1024),
    SigningCertURL: z.string().max(300),
  };
}

function confirmation() {
  return { SubscribeURL: z.string(), Token: z.string().max(2000) };
}

/** Topics sign with SHA-1 by default, and with SHA-256 after SetTopicAttributes. */
const HASH = { "1": "SHA-1", "2": "SHA-256" } as const;

/** The signed members, in the order of the signed text. */
const SIGNED = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;

const TIMEOUT_MS = 3_000;
const CERTIFICATE_BYTES = 16_384;
const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;

/** How long a certificate is kept, and how long after a failure it is not fetched again. Milliseconds. */
const KEEP_MS = 24 * 3_600_000;
const REFUSE_MS = 60_000;

/** Maximum number of certificates in each map. SNS uses one at a time. */
const KEPT = 8;

/** Maximum number of fetches of certificates in a minute. Any sender can name certificates, and SNS rarely has a new one. */
const FETCHES_A_MINUTE = 4;

/**
 * Maximum age of a message, and how far SNS's clock may be ahead. SNS tries again for an hour at most.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const AGE_MS = 3_600_000;
const AHEAD_MS = 300_000;

interface Certificate {
  pem: Promise<string>;
  until: number;
}

/** Certificates that signed a message of our topic, and those that were only named; the latter cannot displace the former. */
const proven = new Map<string, Certificate>();
const named = new Map<string, Certificate>();

/** When certificates were fetched in the last minute. */
let fetches: number[] = [];

/**
 * Reads a message that SNS posts. Checks its form, topic, age and signature (version 1 or 2), with a certificate from
 * SNS's own origin. Returns a notification's message, or null for a subscription, which it confirms.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 * @throws MessageRefused
 * @throws TopicUnavailable if SNS does not answer, or was asked for certificates too often in the last minute
 */
export async function readTopicMessage(body: string, settings: TopicSettings): Promise<string | null> {
  const parsed = Envelope().safeParse(readJson(body));
  if (!parsed.success) throw new MessageRefused("form");
  const envelope = parsed.data;
  // Checked before any certificate is fetched for an unknown sender.
  if (envelope.TopicArn !== settings.topicArn) throw new MessageRefused("topic");
  const age = Date.now() - Date.parse(envelope.Timestamp);
  if (age > AGE_MS || age < -AHEAD_MS) throw new MessageRefused("age");
  await verify(envelope, settings.origin);
  if (envelope.Type === "Notification") return envelope.Message;
  if (envelope.Type === "SubscriptionConfirmation") await confirm(envelope.Token, settings);
  return null;
}

async function verify(envelope: Envelope, origin: string): Promise<void> {
  const url = URL.parse(envelope.SigningCertURL);
  if (!url || url.href !== `${origin}${url.pathname}` || !CERTIFICATE_PATH.test(url.pathname)) {
    throw new MessageRefused("certificate");
  }
  const hash = HASH[envelope.SignatureVersion];
  const key = await keyOf(await certificate(url.href), hash);
  const fields: Record<string, unknown> = envelope;
  const text = SIGNED[envelope.Type]
    .filter((name) => typeof fields[name] === "string")
    .map((name) => `${name}\n${String(fields[name])}\n`)
    .join("");
  const signature = fromBase64(envelope.Signature);
  if (!signature || !(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, utf8(text))))
    throw new MessageRefused("signature");
  prove(url.href);
}

async function keyOf(pem: string, hash: string): Promise<CryptoKey> {
  try {
    // jose reads certificates for SHA-256 only; the key is the same for both hashes.
    const key = await importX509(pem, "RS256", { extractable: true });
    const spki = await crypto.subtle.exportKey("spki", key);
    return await crypto.subtle.importKey("spki", spki, { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"]);
  } catch {
    throw new MessageRefused("certificate");
  }
}

/** The certificate at a checked address; concurrent callers share one request. */
function certificate(url: string): Promise<string> {
  const now = Date.now();
  const kept = proven.get(url) ?? named.get(url);
  if (kept && kept.until > now) return kept.pem;
  fetches = fetches.filter((at) => at > now - 60_000);
  if (fetches.length >= FETCHES_A_MINUTE) throw new TopicUnavailable("too many certificates");
  fetches.push(now);
  proven.delete(url);
  const fresh: Certificate = { pem: fetchCertificate(url), until: now + KEEP_MS };
  keep(named, url, fresh);
  fresh.pem.catch(() => (fresh.until = now + REFUSE_MS));
  return fresh.pem;
}

/** The certificate signed a message of our topic, so it is SNS's: it moves to the proven ones. */
function prove(url: string): void {
  const good = named.get(url);
  if (!good) return;
  named.delete(url);
  keep(proven, url, good);
}

/** Keeps an entry; the oldest makes room. */
function keep(map: Map<string, Certificate>, url: string, entry: Certificate): void {
  map.delete(url);
  const [oldest] = map.keys();
  if (map.size >= KEPT && oldest !== undefined) map.delete(oldest);
  map.set(url, entry);
}

async function fetchCertificate(url: string): Promise<string> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const pem = await response.text();
    if (response.status === 200 && pem.length <= CERTIFICATE_BYTES) return pem;
  } catch {
    // Reported below, like any other failure.
  }
  throw new TopicUnavailable("no certificate");
}

/** Confirms our topic's subscription at SNS's origin; the message's own URL is not used. */
async function confirm(token: string, { origin, topicArn }: TopicSettings): Promise<void> {
  const url = new URL(origin);
  url.search = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: topicArn, Token: token }).toString();
  const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  await answer?.body?.cancel();
  if (answer?.status !== 200) throw new TopicUnavailable("not confirmed");
}
