import * as z from "zod/v4";

/** A JSON Schema of draft 2020-12, the dialect of OpenAPI 3.1. */
export type Schema = z.core.JSONSchema.JSONSchema;

const REFERENCE = "#/components/schemas/";

/** The schemas of a document. Those with an id of their own are shared: they stand once and are referred to. */
export class Schemas {
  readonly shared: Record<string, Schema> = {};

  /**
   * The JSON Schema of what is sent (`input`) or answered (`output`).
   * @throws when two different schemas have the same id
   */
  of(schema: z.ZodType, io: "input" | "output"): Schema {
    const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io, override: tidy });
    for (const [id, definition] of Object.entries($defs)) this.#share(id, rewritten(definition));
    return rewritten(root);
  }

  /** The schema itself, or the one it refers to. */
  resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const id = schema.$ref.slice(REFERENCE.length);
    const found = this.shared[id];
    if (!found) throw new Error(`No schema has the id ${id}.`);
    return found;
  }

  #share(id: string, schema: Schema): void {
    const known = this.shared[id];
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`Two schemas have the id ${id}; or its members differ in requests and in answers.`);
    }
    this.shared[id] = schema;
  }
}

/** zod's schema as readers and generators want it. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Schema }): void {
  // A format says it; zod's pattern for it only repeats it.
  if (jsonSchema.format) delete jsonSchema.pattern;
  // A pattern of JSON Schema has no flags. With a flag the document would not agree with the Worker.
  // oxlint-disable-next-line no-underscore-dangle -- zod has its patterns only there.
  const flagged = [...((zodSchema._zod.bag["patterns"] as Set<RegExp> | undefined) ?? [])].filter(
    ({ flags }) => flags !== "",
  );
  if (jsonSchema.pattern !== undefined && flagged[0]) throw new Error(`The pattern ${flagged[0]} has flags.`);
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Only what is declared strict stays so: answers may get more members.
  if (zodSchema instanceof z.ZodObject && !zodSchema.def.catchall) delete jsonSchema.additionalProperties;
  if ("example" in jsonSchema) {
    jsonSchema.examples = [jsonSchema["example"]];
    delete jsonSchema["example"];
  }
}

/** The same with references into the document, and named as OpenAPI does. */
function rewritten(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"${REFERENCE}`)) as Schema;
}
