import { type Context, Hono } from "hono";
import type * as z from "zod/v4";
import type { Role } from "#contract/caller.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { limitAddress } from "#http/middleware/limit-rate.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { type Part, validate } from "#http/validate.ts";
import type { App } from "#src/context.ts";

/** A request schema, which is made when the first request needs it. */
type Schema = () => z.ZodType;

/** The parts of an operation that the Worker dispatches and validates by. `src/reference` describes the answers. */
export interface Route {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`, with parameters as `{id}`. */
  path: string;
  /** Unique. `src/reference` describes the operation under this name. */
  operationId: string;
  /** The roles that may call it. Without roles anyone may. */
  roles?: readonly [Role, ...Role[]];
  params?: Schema;
  query?: Schema;
  /** The JSON body. A request without a body is read as `{}`. */
  body?: Schema;
  /** Has a rate limit of its own beside the caller's (src/domain/limits.ts). */
  dear?: "search" | "costly";
  /** Refuses a request without a body with 415, for a body where `{}` means something. */
  explicitBody?: true;
}

type Read<Part> = Part extends Schema ? z.output<ReturnType<Part>> : never;

/** The result of `c.req.valid` in the handler of a route. */
type Input<R extends Route> = {
  out: { param: Read<R["params"]>; query: Read<R["query"]>; json: Read<R["body"]> };
};

type Handler<R extends Route> = (c: Context<App, string, Input<R>>) => Response | Promise<Response>;

/** A hono router whose operations are declared as data, from which the build writes the OpenAPI document. */
export class Router extends Hono<App> {
  readonly declared: Route[] = [];

  /** Adds an operation: its caller is authenticated, then query, path and body are validated, then `handler` answers. */
  handle<const R extends Route>(route: R, handler: Handler<R>): this {
    this.declared.push(route);
    const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    if (route.roles) this.on(route.method, path, authenticate(route.roles, route.dear));
    this.on(route.method, path, async (c) => {
      if (!route.roles && route.dear) await limitAddress(c, route.dear);
      if (route.explicitBody && !c.req.header("Content-Type")) throw new ProblemError("unsupported-media-type");
      for (const [part, schema] of partsOf(route)) await validate(c, part, schema());
      return handler(c);
    });
    return this;
  }
}

function partsOf({ query, params, body }: Route): [Part, Schema][] {
  const parts: [Part, Schema | undefined][] = [
    ["query", query],
    ["param", params],
    ["json", body],
  ];
  return parts.filter((part): part is [Part, Schema] => part[1] !== undefined);
}
