import * as z from "zod/v4";
import { formatInstant } from "#domain/clinic-time.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { json, writeProblems } from "#http/router.ts";

/** A JSON answer that says which version it shows, for a route's documentation. */
export function versioned<Schema>(schema: Schema, description: string) {
  return { ...json(schema, description), headers: z.object({ ETag: z.string() }) };
}

/** The problem answers of a change of something that has a version. */
export function versionedProblems(...codes: ProblemCode[]) {
  return writeProblems(...codes, "version-conflict", "precondition-required");
}

/** The header that says which version is shown; a change names it in `If-Match`. */
export function etagOf({ version }: { version: number }): { ETag: string } {
  return { ETag: `"${version}"` };
}

/** Somebody was faster: who, as far as it was a person, and when (epoch milliseconds, in the clinic's zone). */
export function versionConflict(last: { changedBy: string | null; changedAt: number; zone: string }): ProblemError {
  const { changedBy, changedAt, zone } = last;
  return new ProblemError("version-conflict", {
    changedBy: changedBy ?? "the system",
    changedAt: formatInstant(changedAt, zone),
  });
}
