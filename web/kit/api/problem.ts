import type { Slot } from "#contract/answers/clinic.ts";
import type { Hold } from "#contract/answers/holds.ts";
import type { ProblemCode, Problem as ProblemDetails } from "#contract/problem.ts";

/** An error that the API answered (RFC 9457), with the members of its code. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(details: Partial<ProblemDetails>, status: number, requestId: string | undefined) {
    super(details.title ?? `The server answered ${status}`);
    this.code = details.code ?? codeOf(status);
    this.status = status;
    this.requestId = details.requestId ?? requestId;
    this.details = details;
  }

  /** The nearest free times, with `slot-taken` and `hold-expired`. */
  get alternatives(): Slot[] {
    return Array.isArray(this.details["alternatives"]) ? (this.details["alternatives"] as Slot[]) : [];
  }

  /** The patient's later hold, with `hold-expired`. */
  get heldInstead(): Hold | undefined {
    return this.details["heldInstead"] as Hold | undefined;
  }

  /** A text member of the problem, such as `appointmentId` or `phone`. */
  text(member: string): string | undefined {
    const value = this.details[member];
    return typeof value === "string" ? value : undefined;
  }
}

/** The request got no answer: offline, a dropped connection or no reply in time. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Whether an error is the API's problem of one of these codes. */
export function isProblem(error: unknown, ...codes: ProblemCode[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
}

/**
 * The API has decided about this change and keeps the decision under its Idempotency-Key. After any other error (logged out,
 * too many requests, no answer) an earlier attempt may have succeeded. Only the same key finds out.
 */
export function isDecided(error: unknown): error is Problem {
  return isProblem(error) && [404, 409, 412, 422].includes(error.status) && !isUndecided(error);
}

/** The same request can be sent again: nothing was decided, or the first attempt is still running. */
export function isUndecided({ code }: Problem): boolean {
  return code === "idempotency-in-flight" || code === "dependency-unavailable";
}

/** Reads the error from any answer, also from a proxy's. */
export async function readProblem(response: Response): Promise<Problem> {
  const requestId = response.headers.get("x-request-id") ?? response.headers.get("cf-ray") ?? undefined;
  const json = /json/.test(response.headers.get("content-type") ?? "");
  const details: unknown = json ? await response.json().catch(() => ({})) : {};
  return new Problem(typeof details === "object" && details !== null ? details : {}, response.status, requestId);
}

function codeOf(status: number): ProblemCode {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 429) return "rate-limited";
  return status >= 502 && status <= 504 ? "dependency-unavailable" : "internal";
}
