import { noteServerDate } from "../time/clock.ts";
import { backoff, pause, retryAfter } from "./backoff.ts";
import { Problem, Unreachable, isUndecided, readProblem } from "./problem.ts";

const BASE = "/api/v1";
const REPLY_WITHIN_MS = 20_000;
const TRIES = 4;
/** Methods whose requests always have an Idempotency-Key, by which the server recognises them. */
const CHANGES = ["POST", "PATCH"];

/** Why a request is being tried again; null once it is answered. */
export type Waiting = "offline" | "busy" | null;

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** Access token, for the call that exchanges it for the session cookie. */
  bearer?: string;
  /** The ETag of the version that the user saw. */
  ifMatch?: string;
  /** The caller's key for its own retries of the same request. Default: a new one, and none for PUT and DELETE. */
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
  onWaiting?: (waiting: Waiting) => void;
}

export interface Answer<T> {
  data: T;
  /** The version of the answer, if it has one. */
  etag: string | undefined;
  /** The operation that goes on after the answer, if there is one. */
  operationId: string | undefined;
  /** `performance.now()` when the request was first sent. */
  sentAt: number;
}

let apiKey: string | null = null;

/** The app's key, from /config: every request after that names the app with it. */
export function sendApiKey(key: string | null): void {
  apiKey = key;
}

const remembered = new Map<string, { etag: string; data: unknown }>();

/**
 * Sends a request and reads its JSON answer. A change keeps its Idempotency-Key over all retries. It is retried while the
 * network is down, because only an answer says whether it was done. A read is tried a few times.
 * @throws {Problem} if the API refuses it
 * @throws {Unreachable} if a read gets no answer
 */
export async function send<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const sentAt = performance.now();
  const method = options.method ?? "GET";
  const isKeyed = CHANGES.includes(method) || options.idempotencyKey !== undefined;
  const key = isKeyed ? (options.idempotencyKey ?? crypto.randomUUID()) : undefined;
  try {
    for (let attempt = 0; ; attempt++) {
      const reply = await once<T>(path, method, key, options);
      if ("data" in reply) return { ...reply, sentAt };
      const last = attempt + 1 >= TRIES;
      if (reply.offline ? last && !isKeyed : last || !reply.again) throw reply.error;
      options.onWaiting?.(reply.offline ? "offline" : "busy");
      await pause(reply.waitMs ?? backoff(attempt), options.signal);
    }
  } finally {
    options.onWaiting?.(null);
  }
}

interface EarlyAnswer {
  response: Response;
  /** When it arrived, by the device's clock. */
  at: number;
}

/** The answer to a read that the page's first script has sent (web/public/shell.js), once; undefined without one. */
async function takeEarly(path: string): Promise<EarlyAnswer | undefined> {
  const answers = (globalThis as { earlyAnswers?: Map<string, Promise<EarlyAnswer | undefined>> }).earlyAnswers;
  const answer = answers?.get(path);
  answers?.delete(path);
  return await answer?.catch(() => undefined);
}

type Reply<T> =
  | Omit<Answer<T>, "sentAt">
  | { error: Problem | Unreachable; offline: boolean; again: boolean; waitMs?: number | undefined };

async function once<T>(
  path: string,
  method: string,
  key: string | undefined,
  options: RequestOptions,
): Promise<Reply<T>> {
  let response: Response;
  const known = method === "GET" ? remembered.get(path) : undefined;
  const early = method === "GET" && options.bearer === undefined ? await takeEarly(path) : undefined;
  try {
    response =
      early?.response ??
      (await fetch(BASE + path, {
        method,
        headers: headersOf(method, key, options, known?.etag),
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal: AbortSignal.any([AbortSignal.timeout(REPLY_WITHIN_MS), ...(options.signal ? [options.signal] : [])]),
      }));
    noteServerDate(response.headers.get("date"), early?.at);
    if (response.status === 304 && known) return { data: known.data as T, etag: known.etag, operationId: undefined };
    if (response.ok) {
      const { headers } = response;
      const operationId = /\/operations\/([0-9a-f-]+)>; rel="monitor"/.exec(headers.get("link") ?? "")?.[1];
      return { data: await read<T>(path, method, response), etag: headers.get("etag") ?? undefined, operationId };
    }
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return { error: new Unreachable("No answer", { cause: error }), offline: true, again: true };
  }
  const error = await readProblem(response);
  return { error, offline: false, again: isUndecided(error), waitMs: retryAfter(response.headers.get("retry-after")) };
}

/**
 * Reads a file.
 * @param type the media type that is asked for
 * @returns its content, and the name that the server gives it
 * @throws {Problem} if the API refuses it
 * @throws {Unreachable} if there is no answer
 */
export async function fetchFile(path: string, type: string): Promise<{ content: Blob; name: string }> {
  const headers = new Headers(headersOf("GET", undefined, {}, undefined));
  headers.set("Accept", type);
  try {
    const response = await fetch(BASE + path, { headers });
    if (!response.ok) throw await readProblem(response);
    const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
    return { content: await response.blob(), name: name ?? "file" };
  } catch (error) {
    throw error instanceof Problem ? error : new Unreachable("No answer", { cause: error });
  }
}

function headersOf(
  method: string,
  key: string | undefined,
  options: RequestOptions,
  etag: string | undefined,
): HeadersInit {
  return {
    Accept: "application/json",
    "X-Holdfast-Csrf": "1",
    ...(method === "GET" ? {} : { "Content-Type": "application/json" }),
    ...(key === undefined ? {} : { "Idempotency-Key": key }),
    ...(apiKey === null ? {} : { "X-Api-Key": apiKey }),
    ...(options.bearer === undefined ? {} : { Authorization: `Bearer ${options.bearer}` }),
    ...(options.ifMatch === undefined ? {} : { "If-Match": options.ifMatch }),
    ...(etag === undefined ? {} : { "If-None-Match": etag }),
  };
}

/** Answers that are polled are kept with their ETag, so that polling costs a 304 without a body. */
async function read<T>(path: string, method: string, response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const data = (await response.json()) as T;
  const etag = response.headers.get("etag");
  if (method === "GET" && etag !== null && /^\/(availability|board)\?/.test(path)) {
    if (remembered.size >= 50) remembered.clear();
    remembered.set(path, { etag, data });
  }
  return data;
}

/** `?a=1&b=2` of the members that are set. */
export function query(members: Record<string, string | number | undefined>): string {
  const set = Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return set.length === 0 ? "" : `?${new URLSearchParams(set).toString()}`;
}
