import type { Random } from "#dev/seed/random.ts";

/** The parts of a JSON Schema (draft 2020-12) that the generator reads. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  0.1,
  "",
  " ",
  "\0",
  "\ud83d",
  "\u202e",
  "a".repeat(5_000),
  "' or 1=1 --",
  "%00",
  "../../etc/passwd",
  "<script>alert(1)</script>",
  "${7*7}",
  "1e400",
  "0000-01-01",
  "2026-02-30",
  "9999-12-31T23:59:60Z",
  "-infinity",
  "NaN",
  [],
  [[]],
  {},
  { __proto__: null, constructor: 1 },
  "00000000-0000-0000-0000-000000000000",
];

/** Values that a schema allows, and values that it does not, all from one source of random numbers. */
export class Values {
  readonly #source: Random;
  readonly #components: Record<string, Record<string, Schema>>;
  readonly #ids: readonly string[];

  constructor(source: Random, components: Record<string, Record<string, Schema>>, ids: readonly string[]) {
    this.#source = source;
    this.#components = components;
    this.#ids = ids;
  }

  resolved<Part extends { $ref?: string }>(part: Part): Part {
    if (part.$ref === undefined) return part;
    const [, , kind = "", name = ""] = part.$ref.split("/");
    return (this.#components[kind]?.[name] ?? {}) as Part;
  }

  junk(): unknown {
    return this.#source.pick(JUNK);
  }

  word(): string {
    return this.#source.pick(["id", "limit", "__proto__", "constructor", "q", "x".repeat(100)]);
  }

  /** A value that the schema allows, mostly. */
  valid(given: Schema, depth = 0): unknown {
    const schema = this.resolved(given);
    const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (branches && depth < 6) return this.valid(this.#source.pick(branches), depth + 1);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.#source.pick(schema.enum);
    const type = Array.isArray(schema.type) ? this.#source.pick(schema.type) : schema.type;
    switch (type ?? "string") {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return Array.from({ length: this.#source.below(3) }, () => this.valid(schema.items ?? {}, depth + 1));
      case "boolean":
        return this.#source.next() < 0.5;
      case "integer":
      case "number": {
        const { minimum = 0, maximum = 100 } = schema;
        return minimum + this.#source.below(Math.min(maximum - minimum, 1_000) + 1);
      }
      case "null":
        return null;
      default:
        return this.#string(schema);
    }
  }

  /** The same with one member or the whole replaced, left out or added. */
  spoilt(value: unknown): unknown {
    if (typeof value !== "object" || value === null || this.#source.next() < 0.1) return this.junk();
    const copy: Record<string, unknown> = { ...value };
    const names = Object.keys(copy);
    const name = names.length > 0 && this.#source.next() < 0.85 ? this.#source.pick(names) : this.word();
    if (this.#source.next() < 0.2) delete copy[name];
    else copy[name] = this.#source.next() < 0.3 ? this.spoilt(copy[name]) : this.junk();
    return Array.isArray(value) ? Object.values(copy) : copy;
  }

  /** A value as text for a query or a path. */
  text(value: unknown): string {
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
    return text.isWellFormed() ? text : text.toWellFormed();
  }

  /** The characters of a text that can be sent as a header. */
  headerText(text: string): string {
    return text.replaceAll(/[^\x20-\x7e]/g, "").trim();
  }

  #object({ properties = {}, required = [] }: Schema, depth: number): object {
    if (depth > 6) return {};
    const names = Object.keys(properties).filter((name) => required.includes(name) || this.#source.next() < 0.4);
    return Object.fromEntries(names.map((name) => [name, this.valid(properties[name] ?? {}, depth + 1)]));
  }

  #string({ format }: Schema): string {
    const ahead = new Date(Date.now() + (this.#source.below(120) - 20) * 86_400_000).toISOString();
    switch (format ?? "") {
      case "uuid":
        return this.#source.next() < 0.7 ? this.#source.pick(this.#ids) : crypto.randomUUID();
      case "date":
        return ahead.slice(0, 10);
      case "date-time":
        return ahead;
      case "email":
        return "somebody@example.org";
      default:
        return this.#source.pick(["09:00", "10:30", "x", "Niamh Ní Bhriain", "en", "IE", "12345", ahead.slice(0, 10)]);
    }
  }
}
