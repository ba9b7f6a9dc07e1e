import type { Context } from "hono";
import type { Act } from "#db/call.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";

/** The caller of a verb and the idempotency key. The key's hash covers the method, the path and the parsed body. */
export async function actOf(c: Context<App>, body: unknown): Promise<Act> {
  const key = c.req.header("Idempotency-Key");
  const act = readerOf(c);
  if (key === undefined) return act;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const errors = [{ pointer: "/headers/idempotency-key", detail: "1 to 255 visible ASCII characters" }];
    throw new ProblemError("invalid-request", { errors });
  }
  const text = `${c.req.method} ${c.req.path} ${JSON.stringify(body)}`;
  return { ...act, idempotency: { key, hash: await c.get("services").db.fields.fingerprint(text) } };
}

/** The caller of a read. It changes nothing, so it has no idempotency key. */
export function readerOf(c: Context<App>): Act {
  return { caller: c.get("caller"), requestId: c.get("requestId"), idempotency: null };
}

type Ended = { kind: "no-actor" | "key-reused" | "key-in-flight" };

/**
 * Completes a verb even if the client hangs up, and turns the outcomes that all verbs share into their problems. The route
 * answers the others: done and refused.
 */
export async function commit<Outcome extends { kind: string }>(
  c: Context<App>,
  verb: Promise<Outcome>,
): Promise<Exclude<Outcome, Ended>> {
  c.executionCtx.waitUntil(verb.catch(() => undefined));
  const outcome = await verb;
  switch (outcome.kind) {
    case "no-actor":
      throw noActor(c);
    case "key-reused":
      throw new ProblemError("idempotency-key-reused");
    case "key-in-flight":
      throw new ProblemError("idempotency-in-flight", {}, { "Retry-After": "1" });
    default:
      return outcome as Exclude<Outcome, Ended>;
  }
}

/** A session that the database no longer accepts is over. A person unknown to the database may do nothing. */
export function noActor(c: Context<App>): ProblemError {
  return new ProblemError(c.get("caller").via === "session" ? "unauthenticated" : "forbidden");
}

/** The item that was asked for. Throws when the caller is unknown, or there is no such item for this caller. */
export function found<Item>(c: Context<App>, { known, item }: { known: boolean; item: Item | null }): Item {
  if (!known) throw noActor(c);
  if (item === null) throw new ProblemError("not-found");
  return item;
}

/** Staff must name the patient they act for. A patient must not name another. */
export function patientOf(c: Context<App>, patientId: string | undefined): string | null {
  if (c.get("caller").role === "staff" && !patientId) {
    const errors = [{ pointer: "/patientId", detail: "Staff must say which patient they act for" }];
    throw new ProblemError("invalid-request", { errors });
  }
  return patientId ?? null;
}

/** Only staff may set a rule aside. */
export function overrideOf(c: Context<App>, override: { reason: string } | undefined): { reason: string } | null {
  if (override && c.get("caller").role !== "staff") {
    throw new ProblemError("forbidden", { detail: "Only staff can set a rule aside." });
  }
  return override ?? null;
}

/**
 * The versions that `If-Match` accepts (RFC 9110 13.1.1): one ETag or a list. `*` is refused: it would allow a change of a
 * version that the caller has not read. A weak or foreign tag matches nothing.
 */
export function versionsOf(c: Context<App>): [number, ...number[]] {
  const header = c.req.header("If-Match")?.trim();
  if (!header || header === "*") throw new ProblemError("precondition-required");
  const tags = header.split(",", MAX_VERSIONS + 1);
  if (tags.length > MAX_VERSIONS) {
    const errors = [{ pointer: "/headers/if-match", detail: `At most ${MAX_VERSIONS} ETags` }];
    throw new ProblemError("invalid-request", { errors });
  }
  const [first = NO_VERSION, ...rest] = tags.map((tag) => Number(/^"(\d{1,9})"$/.exec(tag.trim())?.[1] ?? NO_VERSION));
  return [first, ...rest];
}

/** Maximum number of versions in `If-Match`. A client has rarely read more without the present one. */
const MAX_VERSIONS = 10;

/** Versions begin at 1. */
const NO_VERSION = 0;
