import type * as z from "zod/v4";
import type { Route } from "#http/router.ts";
import { DESCRIPTIONS } from "#reference/all.ts";
import type { Answer, Description } from "#reference/describe.ts";
import { GROUPS, GUIDE } from "#reference/guide.ts";
import { exampleOf } from "./examples.ts";
import { Parts } from "./parts.ts";
import { codesOf, isWrite, refusalAnswers } from "./refusals.ts";
import type { Schema } from "./schemas.ts";

/** An OpenAPI document, as far as its readers here need to know it. */
export interface Document {
  openapi: string;
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, object>;
  [member: string]: unknown;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, never[]>[];
  parameters?: object[];
  requestBody?: object;
  responses: Record<string, object>;
}

/**
 * The OpenAPI 3.1 document of the routes.
 * @throws when a route is not described, a description has no route, or an example is missing
 */
export function openApi(routes: readonly Route[]): Document {
  const parts = new Parts();
  const undescribed = new Set(Object.keys(DESCRIPTIONS));
  const paths: Document["paths"] = {};
  for (const route of routes) {
    const description = DESCRIPTIONS[route.operationId];
    if (!description) throw new Error(`${route.operationId} is not described in src/reference.`);
    if (!undescribed.delete(route.operationId)) throw new Error(`Two routes are named ${route.operationId}.`);
    (paths[route.path] ??= {})[route.method] = operationOf(parts, route, description);
  }
  if (undescribed.size > 0) throw new Error(`No route is named ${[...undescribed].join(", ")}.`);
  return {
    openapi: "3.1.0",
    info: {
      title: "Holdfast",
      version: "1",
      description: GUIDE,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/api/v1" }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    paths,
    components: parts.components(),
  };
}

function operationOf(parts: Parts, route: Route, about: Description): Operation {
  const answers = Object.entries(about.answers).map(([status, answer]) => [status, answerOf(parts, answer)]);
  const codes = codesOf(route, about);
  const parameters = parametersOf(parts, route, about);
  return {
    operationId: route.operationId,
    summary: about.summary,
    description: [about.description, callers(route)].filter(Boolean).join("\n\n"),
    tags: [about.group],
    security: securityOf(route, about),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: bodyOf(parts, route, route.body()) } : {}),
    responses: { ...refusalAnswers(parts, codes), ...Object.fromEntries(answers) },
  };
}

/** The callers of an operation, in a sentence. */
function callers({ roles }: Route): string {
  if (!roles) return "Open to anyone.";
  const names = roles.map((role) => (role === "staff" ? role : `${role}s`));
  return `Open to ${new Intl.ListFormat("en").format(names)}.`;
}

/** Its security: no login, a login is required, or a login changes the answer. */
function securityOf(route: Route, { refusals, bearerOnly }: Description): Operation["security"] {
  const session = isWrite(route) ? { session: [], csrf: [] } : { session: [] };
  const login = bearerOnly ? [{ bearer: [] }] : [{ bearer: [] }, session];
  if (route.roles) return login;
  return refusals?.includes("unauthenticated") ? [{}, ...login] : [];
}

function parametersOf(parts: Parts, route: Route, { keyed, versioned, answers }: Description): object[] {
  const shared = (name: string) => ({ $ref: `#/components/parameters/${name}` });
  return [
    ...(route.params ? membersOf(parts, route.params(), "path") : []),
    ...(route.query ? membersOf(parts, route.query(), "query") : []),
    ...(keyed ? [shared("Idempotency-Key")] : []),
    ...(versioned ? [shared("If-Match")] : []),
    ...(answers[304] ? [shared("If-None-Match")] : []),
  ];
}

function membersOf(parts: Parts, schema: z.ZodType, place: "path" | "query"): object[] {
  const { properties = {}, required = [] } = parts.schemas.resolve(parts.schemas.of(schema, "input"));
  return Object.entries(properties).map(([name, member]) => {
    const { description, examples, ...rest } = member as Schema;
    return {
      name,
      in: place,
      ...(required.includes(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: rest,
      example: examples?.[0] ?? exampleOf(parts.schemas, rest, false, ` ${name}`),
    };
  });
}

function bodyOf(parts: Parts, route: Route, zod: z.ZodType): object {
  const schema = parts.schemas.of(zod, "input");
  return {
    // A body that may be left out is read as `{}`.
    required: route.explicitBody === true || !zod.safeParse({}).success,
    content: {
      "application/json": { schema, example: exampleOf(parts.schemas, schema, false, ` ${route.operationId}`) },
    },
  };
}

function answerOf(parts: Parts, { description, content, headers }: Answer): object {
  if (!content) return { description, headers: parts.headers(headers) };
  const bodies = Object.entries(content).map(([type, zod]) => {
    const schema = parts.schemas.of(zod, "output");
    const isText = schema.type === "string";
    return [type, { schema, ...(isText ? {} : { example: exampleOf(parts.schemas, schema, true, ` ${type}`) }) }];
  });
  return { description, headers: parts.headers(headers), content: Object.fromEntries(bodies) as object };
}
