import type { Context } from "hono";
import { formatInstant } from "#domain/clinic-time.ts";
import { sha256, toBase64 } from "#lib/encoding.ts";
import { ProblemError } from "#http/problems/problem.ts";
import type { App } from "#src/context.ts";

/** The header that says which version is shown; a change names it in `If-Match`. */
export function etagOf({ version }: { version: number }): { ETag: string } {
  return { ETag: `"${version}"` };
}

/** Whether the client has this very version already (RFC 9110, 13.1.2). Caches on the way may have weakened the tag. */
export function isCached(c: Context<App>, etag: string): boolean {
  const tags = c.req.header("If-None-Match")?.split(",") ?? [];
  return tags.some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

/** The single tag that the client has, without its quotes, for a read that compares it itself. Null without exactly one. */
export function knownTag(c: Context<App>): string | null {
  return /^(?:W\/)?"([0-9a-f]{32})"$/.exec(c.req.header("If-None-Match")?.trim() ?? "")?.[1] ?? null;
}

/** Answers a text under an ETag of its content, or 304 where the client has it already. */
export async function answerTagged(c: Context<App>, text: string, headers: Record<string, string>): Promise<Response> {
  const etag = `"${toBase64((await sha256(text)).subarray(0, 18))}"`;
  const { "Content-Type": _, ...unchanged } = headers;
  if (isCached(c, etag)) return c.body(null, 304, { ...unchanged, ETag: etag });
  return c.body(text, 200, { ...headers, ETag: etag });
}

/** Another change came first: who made it, if a person did, and when (epoch milliseconds, in the clinic's zone). */
export function versionConflict(last: { changedBy: string | null; changedAt: number; zone: string }): ProblemError {
  const { changedBy, changedAt, zone } = last;
  return new ProblemError("version-conflict", {
    changedBy: changedBy ?? "the system",
    changedAt: formatInstant(changedAt, zone),
  });
}
