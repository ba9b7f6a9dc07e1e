import type { IncomingMessage, ServerResponse } from "node:http";
import { delayUntil } from "./delay.ts";
import { errorBody, loginStatus, ProxyError } from "./errors.ts";
import type { Faults } from "./faults.ts";
import { isolation, parseStatements, runBatch, runStatement } from "./sql.ts";
import type { NeonStats } from "./stats.ts";
import type { Credentials, Upstream } from "./upstream.ts";

/** The state that both wires share. */
export interface ProxyContext {
  upstream: Upstream;
  faults: Faults;
  stats: () => NeonStats;
  rttMs: () => number;
}

/** Neon's own limit for a request over HTTP. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Answers `POST /sql`, Neon's one-shot wire. */
export async function handleSql(
  context: ProxyContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrived = performance.now();
  context.stats().httpRequests++;
  const fault = context.faults.next();
  const cut = (): void => void request.socket.destroy();

  const half = context.rttMs() / 2;
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  let status = 200;
  let answer: unknown;
  try {
    const body = await readBody(request);
    await delayUntil(arrived + half + fault.hangMs, gone.signal);
    if (fault.dropBeforeForward) return cut();
    answer = await execute(context, request, body, gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    status = error instanceof ProxyError ? error.status : 400;
    answer = errorBody(error);
  }
  await delayUntil(performance.now() + half);
  if (fault.dropBeforeReply) return cut();
  const json = JSON.stringify(answer);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(json) });
  response.end(json);
}

async function execute(
  context: ProxyContext,
  request: IncomingMessage,
  body: string,
  gone: AbortSignal,
): Promise<unknown> {
  const header = (name: string): string | undefined => request.headers[name]?.toString();
  if (header("neon-raw-text-output") !== "true") {
    throw new ProxyError(400, "only Neon-Raw-Text-Output: true is supported, which the driver always sends");
  }
  const credentials = parseConnectionString(header("neon-connection-string"));
  const options = {
    isolationLevel: header("neon-batch-isolation-level"),
    readOnly: header("neon-batch-read-only") === "true",
    deferrable: header("neon-batch-deferrable") === "true",
  };
  if (options.isolationLevel !== undefined) isolation(options.isolationLevel);
  const { batch, statements } = parseStatements(body, header("neon-array-mode") === "true");
  context.stats().httpQueries += statements.length;

  const { upstream } = context;
  const backend = await upstream.borrow(credentials).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    throw new ProxyError(loginStatus(error), message, { cause: error });
  });
  if (gone.aborted) {
    await upstream.giveBack(backend, true);
    throw new Error("the client went away");
  }
  // Neon cancels a statement whose client is gone. The backend is not lent again before the cancel request has arrived.
  let cancelled: Promise<void> | undefined;
  const cancel = (): void => void (cancelled = upstream.cancel(backend));
  gone.addEventListener("abort", cancel);
  try {
    return batch ? await runBatch(backend, statements, options) : await runStatement(backend, statements[0]!);
  } finally {
    gone.removeEventListener("abort", cancel);
    await cancelled;
    void upstream.giveBack(backend, backend.getTransactionStatus() === "I");
  }
}

/** @throws {ProxyError} 400, worded as Neon does */
function parseConnectionString(text: string | undefined): Credentials {
  if (text === undefined) throw new ProxyError(400, "invalid header: neon-connection-string");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ProxyError(400, "invalid connection string: relative URL without a base");
  }
  if (!["postgres:", "postgresql:"].includes(url.protocol)) throw new ProxyError(400, "incorrect scheme");
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!database) throw new ProxyError(400, "missing database name");
  if (!url.username) throw new ProxyError(400, "missing username");
  if (!url.password) throw new ProxyError(400, "missing authentication credentials: required password");
  return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), database };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The client reads the answer only after its whole body was read, even if that is too long.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > MAX_BODY_BYTES) throw new ProxyError(413, `request is too large (max is ${MAX_BODY_BYTES} bytes)`);
  return Buffer.concat(chunks).toString("utf8");
}
