import { HEADERS, type HeaderName, type HeaderUse } from "#reference/headers.ts";
import { Schemas } from "./schemas.ts";

/** The parts of a document that its operations share, collected while they are described. */
export class Parts {
  readonly schemas = new Schemas();
  readonly responses: Record<string, object> = {};
  readonly #headers: Record<string, object> = {};

  /** The headers of an answer, `X-Request-Id` among them, as references. */
  headers(uses: readonly HeaderUse[] = []): Record<string, object> {
    const all: HeaderUse[] = ["X-Request-Id", ...uses];
    return Object.fromEntries(
      all.map((use) => {
        const name = use.replace("?", "") as HeaderName;
        const key = use.replace("?", "-optional");
        this.#headers[key] = headerOf(name, name === use);
        return [name, { $ref: `#/components/headers/${key}` }];
      }),
    );
  }

  /** The components that references point to. */
  components(): Record<string, object> {
    return {
      securitySchemes: SECURITY_SCHEMES,
      parameters: PARAMETERS,
      headers: sorted(this.#headers),
      responses: sorted(this.responses),
      schemas: sorted(this.schemas.shared),
    };
  }
}

function headerOf(name: HeaderName, required: boolean): object {
  const { description, pattern, example } = HEADERS[name];
  return { description, required, schema: { type: "string", pattern }, example };
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token of the identity provider that `GET /config` names",
  },
  session: { type: "apiKey", in: "cookie", name: "__Host-session", description: "The cookie of `POST /session`" },
  csrf: {
    type: "apiKey",
    in: "header",
    name: "X-Holdfast-Csrf",
    description:
      "`1`, on every write by cookie. Such a write also comes from the clinic's own pages (`Origin`, `Sec-Fetch-Site`) and has `Content-Type: application/json`",
  },
};

/** Header parameters that many operations take. */
const PARAMETERS = {
  "Idempotency-Key": {
    name: "Idempotency-Key",
    in: "header",
    description: "A new key for each thing you want done, and the same key when you send it again",
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
    example: "8f14e45f-ceea-467f-9f3b-2d1c5a1a7f2b",
  },
  "If-Match": {
    name: "If-Match",
    in: "header",
    required: true,
    description: "The ETag of the version that you have read, or up to ten of them",
    schema: { type: "string" },
    example: '"3"',
  },
  "If-None-Match": {
    name: "If-None-Match",
    in: "header",
    description: "The ETag of the version that you have: 304 while there is no other",
    schema: { type: "string" },
    example: '"3"',
  },
};
