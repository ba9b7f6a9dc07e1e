/** A header of an answer, as the OpenAPI document describes it. `pattern` is an ECMA-262 regular expression. */
interface Header {
  description: string;
  pattern: string;
  example: string;
}

/** The headers that answers carry besides those of HTTP itself. */
export const HEADERS = {
  "X-Request-Id": {
    description: "Names this request in the clinic's logs; quote it when you ask for help",
    pattern: "^[0-9a-f-]{36}$",
    example: "0f8a4a8e-6f4b-4d7e-9a55-0d6d3f1d9a10",
  },
  ETag: {
    description: "The version that is shown: a change names it in `If-Match`, a read in `If-None-Match`",
    pattern: '^"[\\x21\\x23-\\x7e]+"$',
    example: '"3"',
  },
  Location: {
    description: "The path of what has been created",
    pattern: "^/api/v1/[\\x21-\\x7e]+$",
    example: "/api/v1/appointments/019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11",
  },
  Link: {
    description:
      'RFC 8288: `rel="next"` is the next page of a list, `rel="monitor"` the operation that says what becomes of displaced appointments',
    pattern: '^</api/v1/[\\x21-\\x7e]+>; rel="(next|monitor)"$',
    example: '</api/v1/operations/019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11>; rel="monitor"',
  },
  "Retry-After": {
    description: "Try again after this many seconds",
    pattern: "^\\d+$",
    example: "2",
  },
  "RateLimit-Policy": {
    description: "The limit that was reached: requests (`q`) within seconds (`w`)",
    pattern: '^"[a-z-]+";q=\\d+;w=\\d+$',
    example: '"person";q=300;w=60',
  },
  RateLimit: {
    description: "What is left of the limit (`r`), and after how many seconds it is whole again (`t`)",
    pattern: '^"[a-z-]+";r=\\d+;t=\\d+$',
    example: '"person";r=0;t=60',
  },
  "WWW-Authenticate": {
    description: "How to log in: with a bearer token (RFC 6750). Not sent for a session that has ended",
    pattern: "^Bearer\\b",
    example: 'Bearer error="invalid_token"',
  },
  "Set-Cookie": {
    description: "The session cookie `__Host-session`; emptied where the session has ended",
    pattern: "^__Host-session=",
    example: "__Host-session=x; Path=/; Secure; HttpOnly; SameSite=Lax",
  },
  "Content-Disposition": {
    description: "The name of the file",
    pattern: '^attachment; filename="[\\w.-]+"$',
    example: 'attachment; filename="appointment-K7Q-4TX.ics"',
  },
} as const satisfies Record<string, Header>;

export type HeaderName = keyof typeof HEADERS;

/** A header that an answer always carries; with a question mark, one that it may carry. */
export type HeaderUse = HeaderName | `${HeaderName}?`;
