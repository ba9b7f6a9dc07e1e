import { noteAnswer } from "./answered.ts";
import { checkConformance } from "./conformance.ts";

/**
 * Vitest loads this before each test file of routes. It compares every answer to a test's `fetch`, with or without a client
 * of test/support, with the OpenAPI document. The test sees the answer after that.
 */
const BASE = "/api/v1";
const MARK = Symbol.for("holdfast.conforming-fetch");
const unchecked = globalThis.fetch;

async function conformingFetch(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const response = await unchecked(input, init);
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  if (!pathname.startsWith(`${BASE}/`) || response.redirected) return response;
  const { status, headers } = response;
  const isJson = headers.get("Content-Type")?.includes("json") === true;
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  const hasBody = isJson && status !== 304 && method !== "HEAD";
  const body: unknown = hasBody ? await response.clone().json() : undefined;
  const operation = checkConformance({ method, path: pathname.slice(BASE.length) + search, status, headers, body });
  if (operation) noteAnswer(operation.operationId, status);
  return response;
}

// Files share a process, in which this is loaded again for each.
if (!(MARK in globalThis.fetch)) globalThis.fetch = Object.assign(conformingFetch, { [MARK]: true });
