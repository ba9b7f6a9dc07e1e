import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { ROOT } from "#dev/build.ts";
import type { Document, Operation } from "#dev/openapi/document.ts";
import { HEADERS } from "#reference/headers.ts";

interface Described {
  $ref?: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, { schema: object }>;
}

interface HeaderObject {
  required: boolean;
  schema: { pattern: string };
}

export interface Answer {
  method: string;
  /** Below /api/v1, with its query. */
  path: string;
  status: number;
  headers: Headers;
  /** The value of a JSON body; other bodies are not checked. */
  body: unknown;
}

/** These are files; the document does not describe them. */
const FILES = /^\/(openapi\.json|docs|problems\/)/;

/**
 * Holds an answer of the API against the OpenAPI document that ships: its status, headers and body. Members that the
 * document does not name are an error too, although clients must expect them of a later version.
 * @returns the operation that was asked for; null for a file, and for a request that is no operation
 * @throws Error that names the operation and each deviation
 */
export function checkConformance(answer: Answer): Operation | null {
  const [path = ""] = answer.path.split("?");
  if (FILES.test(path)) return null;
  const found = operationOf(answer.method === "HEAD" ? "GET" : answer.method, path);
  const deviations = found ? deviationsOf(found.operation, found.key, answer) : outsideOf(answer);
  if (deviations.length === 0) return found?.operation ?? null;
  const what = found?.operation.operationId ?? `${answer.method} ${path}, which is no operation,`;
  throw new Error(`${what} was answered ${answer.status}, not as its document says: ${deviations.join("; ")}`);
}

/** A request that is no operation of the document is refused. */
function outsideOf({ status, headers }: Answer): string[] {
  const isProblem = status >= 400 && headers.get("Content-Type") === "application/problem+json";
  return isProblem ? [] : ["it is in no document and yet answered"];
}

function deviationsOf(operation: Operation, key: string, { method, status, headers, body }: Answer): string[] {
  const answer = resolved<Described>(operation.responses[status]);
  if (!answer) return [`status ${status} is not described`];
  const type = headers.get("Content-Type")?.split(";")[0];
  const described = Object.keys(answer.content ?? {});
  const deviations = headerDeviations(answer, headers);
  if (type === undefined ? described.length > 0 : !described.includes(type)) {
    return [...deviations, `its content is ${type ?? "empty"}, not ${described.join(" or ") || "empty"}`];
  }
  if (type === undefined || !type.endsWith("json") || method === "HEAD") return deviations;
  const validate = validatorOf(`${key}/${status}/${type}`, answer.content?.[type]?.schema ?? {});
  if (validate(body)) return deviations;
  return [...deviations, ...(validate.errors ?? []).map((one) => `${one.instancePath || "the body"} ${one.message}`)];
}

function headerDeviations(answer: Described, headers: Headers): string[] {
  return Object.keys(HEADERS).flatMap((name) => {
    const value = headers.get(name);
    const described = answer.headers?.[name];
    if (!described) return value === null ? [] : [`the header ${name} is not described`];
    const { required, schema } = resolved(described as Described) as unknown as HeaderObject;
    if (value === null) return required ? [`the header ${name} is missing`] : [];
    return new RegExp(schema.pattern, "u").test(value) ? [] : [`the header ${name} is ${value}`];
  });
}

let loaded: Document | undefined;

/** The document in the files that the build has made. */
export function shippedDocument(): Document {
  loaded ??= JSON.parse(readFileSync(join(ROOT, "dist/web/api/v1/openapi.json"), "utf8")) as Document;
  return loaded;
}

function resolved<Part extends { $ref?: string }>(part: Part | undefined): Part | undefined {
  if (part?.$ref === undefined) return part;
  const [, , kind = "", name = ""] = part.$ref.split("/");
  return (shippedDocument().components[kind] as Record<string, Part>)[name];
}

/** Of several templates that fit, the one with the fewest parameters (OpenAPI 3.1, 4.8.8). */
function operationOf(method: string, path: string): { operation: Operation; key: string } | undefined {
  const fitting = Object.entries(shippedDocument().paths)
    .filter(([template]) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path))
    .sort(([a], [b]) => a.split("{").length - b.split("{").length);
  const [template, methods] = fitting[0] ?? [];
  const operation = methods?.[method.toLowerCase()];
  return operation && { operation, key: `${method} ${template}` };
}

let ajv: Ajv2020 | undefined;
const validators = new Map<string, ValidateFunction>();

function validatorOf(key: string, schema: object): ValidateFunction {
  let validate = validators.get(key);
  if (!validate) {
    if (!ajv) {
      ajv = new Ajv2020({ strict: false, allErrors: true });
      addFormats.default(ajv);
      ajv.addSchema({ $id: "document", components: closed(shippedDocument().components) });
    }
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components', '"document#/components');
    validators.set(key, (validate = ajv.compile(JSON.parse(text) as object)));
  }
  return validate;
}

/** The same schemas, in which every object has the members that are named and no others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, closed(member)]));
  if (copy["type"] === "object" && copy["properties"]) copy["additionalProperties"] ??= false;
  return copy;
}
