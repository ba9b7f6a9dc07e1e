import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { FaultPoint } from "#dev/fault-point.ts";
import { openListener, readBody } from "#dev/listener.ts";
import { feedbackOf } from "./feedback.ts";
import { serveInbox } from "./inbox.ts";
import { startProduct } from "./product.ts";
import { parseSend } from "./send.ts";
import { refusalOf } from "./signature.ts";
import type { Credentials, Refusal } from "./signature.ts";
import { MailStore } from "./store.ts";
import { type Topic, openTopic } from "./topic.ts";

export interface SesOptions {
  /** 0 picks a free one. */
  port: number;
  /** Where mails are kept across restarts; without it they end with the process. */
  dataDir?: string;
  /** With these, signatures are verified; without them any AWS signature is accepted. */
  credentials?: Credentials;
}

export interface Ses {
  /** For `SES_ENDPOINT`, and the inbox page in a browser; no slash at the end. */
  url: string;
  port: number;
  /**
   * `hang` never answers and accepts no mail, `fail` answers 500, `throttle` answers 429. `drop` cuts the connection before
   * accepting the mail, `dropReply` after it. `holdReply` accepts the mail and never answers.
   */
  faults: Record<"hang" | "fail" | "throttle" | "drop" | "dropReply" | "holdReply", FaultPoint>;
  /** Numbers of send requests and of accepted mails. */
  stats(): { requests: number; accepted: number };
  /** The SNS topic for SES's reports, served at the same address. */
  topic: Topic;
  /** Empties the inbox. */
  clear(): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

const SEND = "/v2/email/outbound-emails";
const ACCOUNT = "/v2/email/account";
/** GetAccount's answer for an account outside the sandbox; the product would read one from the environment. */
const GOOD_ACCOUNT = {
  EnforcementStatus: "HEALTHY",
  ProductionAccessEnabled: true,
  SendingEnabled: true,
  SendQuota: { Max24HourSend: 1_000_000, MaxSendRate: 200, SentLast24Hours: 0 },
};
/** SES takes messages up to 40 MB; aws-ses-v2-local takes bodies up to 25. */
const LIMIT_BYTES = 25 * 1024 * 1024;
let running = false;

/**
 * The local emulator of Amazon SES v2: `aws-ses-v2-local` behind a listener that adds signatures, SES's error shape, storage
 * and faults. It has an inbox that shows messages as they were sent. Its topic has SES's reports, also those of the mailbox
 * simulator. `GET /store` is the product's own.
 * @throws Error naming the port when it is taken, or when this process already runs one
 */
export async function startSes({ port, dataDir, credentials }: SesOptions): Promise<Ses> {
  if (running) throw new Error("This process already runs an inbox; aws-ses-v2-local has room for one.");
  running = true;
  const faults = {
    hang: new FaultPoint(),
    fail: new FaultPoint(),
    throttle: new FaultPoint(),
    drop: new FaultPoint(),
    dropReply: new FaultPoint(),
    holdReply: new FaultPoint(),
  };
  const stats = { requests: 0, accepted: 0 };
  const store = new MailStore(dataDir && join(dataDir, "mails.jsonl"));

  const send = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    stats.requests += 1;
    const body = await readBody(request, LIMIT_BYTES);
    if (faults.hang.hit()) return;
    if (faults.drop.hit()) return void request.socket.destroy();
    if (faults.throttle.hit()) return refuse(response, THROTTLED);
    if (faults.fail.hit()) return refuse(response, FAILED);
    const refusal = credentials && (await refusalOf(request, body, credentials));
    if (refusal) return refuse(response, refusal);
    const particulars = parseSend(body);
    if ("type" in particulars) return refuse(response, particulars);

    const answer = await forward(request, body);
    if (!answer.ok) return refuse(response, await translated(answer));
    const { MessageId } = (await answer.json()) as { MessageId: string };
    await store.keep(MessageId, particulars);
    stats.accepted += 1;
    for (const event of feedbackOf(MessageId, particulars)) topic.publish(event);
    if (faults.dropReply.hit()) return void request.socket.destroy();
    if (faults.holdReply.hit()) return;
    json(response, 200, { MessageId });
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = new URL(request.url ?? "/", "http://inbox");
    const { pathname, searchParams } = asked;
    if (request.method === "POST" && pathname === SEND) return send(request, response);
    if (request.method === "GET" && pathname === ACCOUNT) {
      const refusal = credentials && (await refusalOf(request, Buffer.alloc(0), credentials));
      return refusal ? refuse(response, refusal) : json(response, 200, GOOD_ACCOUNT);
    }
    const confirmation = request.method === "GET" ? topic.answer(asked) : null;
    if (confirmation) {
      return void response.writeHead(confirmation.status, { "content-type": confirmation.type }).end(confirmation.body);
    }
    if (await serveInbox(store, request, response)) return;
    // For an unknown message the product would answer twice and crash.
    if (pathname === "/get-emlContent" && !store.email(searchParams.get("messageId") ?? "")) {
      return json(response, 400, { message: "Email not found within the store" });
    }
    if (pathname === "/clear-store" && request.method === "POST") await store.clear();
    const answer = await forward(request, await readBody(request, LIMIT_BYTES));
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  };

  const inner = await startProduct({ host: "127.0.0.1", port: 0 });
  const forward = (request: IncomingMessage, body: Buffer) => {
    const { authorization = "", "content-type": type = "application/json" } = request.headers;
    const path = request.url === "/viewer" ? "/" : request.url;
    return fetch(`http://127.0.0.1:${(inner.address() as AddressInfo).port}${path}`, {
      method: request.method ?? "GET",
      headers: { authorization, "content-type": type },
      ...(body.length ? { body: new Uint8Array(body) } : {}),
    });
  };
  const topic = await openTopic(() => listener.url);
  const stop = async () => {
    await topic.close();
    const stopped = new Promise((resolve) => inner.close(resolve));
    inner.closeAllConnections();
    await stopped;
    await store.close();
    running = false;
  };
  const listener = await openListener({ port, name: "the inbox (SES)", handle }).catch(async (error: Error) => {
    await stop();
    throw error;
  });

  return {
    url: listener.url,
    port: listener.port,
    faults,
    topic,
    stats: () => ({ ...stats }),
    clear: () => store.clear(),
    down: () => listener.down(),
    up: () => listener.up(),
    close: async () => {
      await listener.close();
      await stop();
    },
  };
}

const THROTTLED: Refusal = { status: 429, type: "TooManyRequestsException", message: "Maximum sending rate exceeded." };
const FAILED: Refusal = { status: 500, type: "InternalFailure", message: "Service temporarily unavailable." };

/** The product's refusals in SES's shape. */
async function translated(answer: Response): Promise<Refusal> {
  const body = (await answer.json().catch(() => ({}))) as { message?: string; detail?: string };
  const message = body.detail?.replace(/^aws-ses-v2-local: /, "") ?? body.message ?? "Bad Request Exception";
  if (answer.status === 404) return { status: 404, type: "NotFoundException", message };
  if (answer.status >= 500) return { status: answer.status, type: "InternalFailure", message };
  return { status: 400, type: "BadRequestException", message };
}

function refuse(response: ServerResponse, { status, type, message }: Refusal): void {
  response.setHeader("x-amzn-errortype", type);
  json(response, status, { message });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-requestid": randomUUID() });
  response.end(JSON.stringify(body));
}
