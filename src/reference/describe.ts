import * as z from "zod/v4";
import type { ProblemCode } from "#contract/problem.ts";
import type { Group } from "#reference/guide.ts";
import type { HeaderUse } from "#reference/headers.ts";

/** One answer of an operation. Every answer also carries `X-Request-Id`. */
export interface Answer {
  description: string;
  /** The schema of the body by media type. Left out: the body is empty. */
  content?: Record<string, z.ZodType>;
  headers?: readonly HeaderUse[];
}

/** The parts of the OpenAPI document about an operation, besides its route. The Worker needs none of it. */
export interface Description {
  group: Group;
  summary: string;
  description?: string;
  answers: Record<number, Answer>;
  /**
   * Its own refusals; those of every operation of its kind (401, 413, ...) are added by the build. An operation without
   * roles that names `unauthenticated` may be called with or without a login.
   */
  refusals?: readonly ProblemCode[];
  /** Accepts an `Idempotency-Key`. */
  keyed?: true;
  /** Requires `If-Match`. */
  versioned?: true;
  /** Is called with an access token; a session is not enough. */
  bearerOnly?: true;
  /** Counts for no rate limit. */
  unlimited?: true;
  /** Takes the `previewToken` of a preview, and requires it where appointments are displaced. */
  previewed?: true;
}

/** Descriptions by `operationId`. */
export type Descriptions = Record<string, Description>;

export function json(schema: z.ZodType, description: string, ...headers: HeaderUse[]): Answer {
  return { description, content: { "application/json": schema }, headers };
}

/** A page of a list: `Link` names the next page while there is one. */
export function page(schema: z.ZodType, description: string): Answer {
  return json(schema, description, "Link?");
}

/** Text of another media type than JSON. */
export function text(type: string, description: string, ...headers: HeaderUse[]): Answer {
  return { description, content: { [type]: z.string() }, headers };
}

export function empty(description: string, ...headers: HeaderUse[]): Answer {
  return { description, headers };
}

/** 304, where the client names the present version in `If-None-Match`. */
export const UNCHANGED = empty("Unchanged since the ETag in If-None-Match", "ETag");
