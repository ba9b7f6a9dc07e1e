import type { FaultCode } from "#domain/schedule/issue.ts";
import { PROBLEMS, type ProblemCode } from "#contract/problem.ts";

export interface FieldError {
  /** RFC 6901 JSON Pointer into the body, or `/query/...`, `/headers/...`. */
  pointer: string;
  detail: string;
  /** Of a change of the clinic calendar. */
  why?: FaultCode;
}

interface Members {
  detail?: string;
  errors?: FieldError[];
  /** Code-specific members, such as `alternatives`. */
  [member: string]: unknown;
}

/** A refusal with one of the closed set of codes; thrown anywhere above the database, answered in one place. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly code: ProblemCode;
  readonly members: Members;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, members: Members = {}, headers: Record<string, string> = {}) {
    super(code);
    this.code = code;
    this.members = members;
    this.headers = headers;
  }
}

/** 503 with `Retry-After` in seconds: a dependency did not answer, and nothing was changed. */
export function unavailable(seconds: number): ProblemError {
  return new ProblemError("dependency-unavailable", {}, { "Retry-After": String(seconds) });
}

/** The answer for a problem: RFC 9457 `application/problem+json`. The only place where one is written. */
export function problemResponse(problem: ProblemError, requestId: string): Response {
  const { status, title } = PROBLEMS[problem.code];
  const body = { type: `/problems/${problem.code}`, title, status, code: problem.code, requestId, ...problem.members };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...problem.headers },
  });
}
