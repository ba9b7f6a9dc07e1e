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

/** Names of members that are the two ends of a time. */
const SPANS = [
  ["startsAt", "endsAt"],
  ["fromDate", "toDate"],
  ["validFrom", "validTo"],
  ["from", "to"],
];

/** Texts of a form that no `format` of the schema says, by the name of their member or parameter. */
const TEXTS: Record<string, readonly string[]> = {
  "If-Match": ['"1"', '"1"', '"2"', '"3"', "*"],
  name: ["Niamh Ní Bhriain", "=1+1", "王小明", "<b>x</b>"],
  phone: ["+353 1 555 0123", "01 555 0199", "12345"],
  timeZone: ["Europe/Dublin", "Australia/Lord_Howe"],
  country: ["IE", "DE"],
  region: ["BY"],
  language: ["en", "de"],
  specialty: ["General practice", "Skin"],
  address: ["1 Quay, Dublin", "a\\b;c"],
  q: ["nia", "O", "1984", "'"],
};

/** Ids of rows in the database, by the name of their resource: "appointments", "slots". */
export type Ids = Readonly<Record<string, readonly string[]>>;

/** Values that a schema allows, and values that it does not, all from one source of random numbers. */
export class Values {
  readonly #source: Random;
  readonly #components: Record<string, Record<string, Schema>>;
  readonly #ids: Ids;

  constructor(source: Random, components: Record<string, Record<string, Schema>>, ids: Ids) {
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

  /** A value that the schema allows, mostly. `name` tells of an id to which resource it belongs: "slotId", "slots". */
  valid(given: Schema, name = "", depth = 0): unknown {
    const schema = this.resolved(given);
    const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (branches && depth < 6) return this.valid(this.#source.pick(branches), name, depth + 1);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.#source.pick(schema.enum);
    const type = Array.isArray(schema.type) ? this.#source.pick(schema.type) : schema.type;
    switch (type ?? "string") {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return Array.from({ length: this.#source.below(3) }, () => this.valid(schema.items ?? {}, name, depth + 1));
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
        return this.#string(schema, name);
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
    const made = Object.fromEntries(names.map((name) => [name, this.valid(properties[name] ?? {}, name, depth + 1)]));
    // What has a beginning and an end mostly begins before it ends.
    for (const [from = "", to = ""] of SPANS) {
      const [first, last] = [made[from], made[to]];
      if (typeof first === "string" && typeof last === "string" && first > last) [made[from], made[to]] = [last, first];
    }
    return made;
  }

  /** Mostly the id of a thing of the named kind, sometimes of another, sometimes of none. */
  #id(name: string): string {
    const own = this.#ids[name] ?? this.#ids[name.replace(/Ids?$/, "s")] ?? [];
    if (own.length > 0 && this.#source.next() < 0.85) return this.#source.pick(own);
    const any = Object.values(this.#ids).flat();
    return this.#source.next() < 0.7 && any.length > 0 ? this.#source.pick(any) : crypto.randomUUID();
  }

  #string({ format }: Schema, name: string): string {
    // In steps of five minutes, some of them past.
    const at = Math.floor(Date.now() / 300_000) + this.#source.below(120 * 288) - 20 * 288;
    const ahead = new Date(at * 300_000).toISOString();
    switch (format ?? "") {
      case "uuid":
        return this.#id(name);
      case "date":
        return ahead.slice(0, 10);
      case "date-time":
        return ahead;
      case "email":
        return "somebody@example.org";
      default:
        if (/date|valid/i.test(name) && this.#source.next() < 0.9) return ahead.slice(0, 10);
        if (TEXTS[name] && this.#source.next() < 0.9) return this.#source.pick(TEXTS[name]);
        return this.#source.pick(["09:00", "10:30", "12:00", "x", "en", "12345", ahead.slice(0, 10)]);
    }
  }
}
