import type { Schema, Schemas } from "./schemas.ts";

/** Examples of formats, where a schema names none itself. */
const FORMATS: Record<string, string> = {
  uuid: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11",
  date: "2026-12-03",
  "date-time": "2026-12-03T10:15:00+00:00",
};

/**
 * An example made of the examples of a schema's members. `every`: with the members that can be left out as well.
 * @throws when a text has no example: a reader could not guess what it looks like
 */
export function exampleOf(schemas: Schemas, schema: Schema, every: boolean, path = ""): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if (schema.$ref !== undefined) return exampleOf(schemas, schemas.resolve(schema), every, `${path} ${schema.$ref}`);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [branch] = schema.anyOf ?? schema.oneOf ?? [];
  if (branch) return exampleOf(schemas, branch, every, path);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return objectOf(schemas, schema, every, path);
    case "array":
      return [exampleOf(schemas, schema.items as Schema, every, `${path}[]`)];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "string": {
      const example = FORMATS[schema.format ?? ""];
      if (example === undefined) throw new Error(`There is no example of${path}`);
      return example;
    }
    case undefined:
      // Anything at all.
      return {};
  }
}

function objectOf(schemas: Schemas, schema: Schema, every: boolean, path: string): unknown {
  const properties = Object.entries(schema.properties ?? {});
  const shown = every ? properties : properties.filter(([name]) => schema.required?.includes(name));
  const names = (schema.propertyNames as Schema | undefined)?.enum ?? [];
  const values = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  return Object.fromEntries([
    ...shown.map(([name, member]) => [name, exampleOf(schemas, member as Schema, every, `${path}.${name}`)]),
    ...names.map((name) => [name, exampleOf(schemas, values, every, `${path}.${String(name)}`)]),
  ]);
}
