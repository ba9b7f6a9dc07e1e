import type { TestStack } from "#test/support/stack.ts";

/** An answer of the Worker, with the faults of its headers. */
export interface Visit {
  what: string;
  status: number;
  headers: Headers;
  text: string;
  faults: string[];
}

/** A request at the Worker's root. */
export interface Asked {
  method: string;
  /** From the root, such as `/api/v1/config`. */
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Every answer of a run, for the count at its end. Headers and bodies are not kept: a long run has 200,000 answers. */
export class Visits {
  readonly all: Pick<Visit, "what" | "status" | "faults">[] = [];
  readonly #stack: () => TestStack;

  constructor(stack: () => TestStack) {
    this.#stack = stack;
  }

  /** Asks the Worker and looks at the headers of its answer. A body that is no text is sent as JSON. */
  async ask({ method, path, headers = {}, body }: Asked): Promise<Visit> {
    const response = await fetch(this.#stack().worker.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(body === undefined || typeof body === "string" ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status } = response;
    const looked = { what: `${method} ${path}`, status, faults: headerFaults(path, status, response.headers) };
    this.all.push(looked);
    return { ...looked, headers: response.headers, text };
  }
}

/** Headers that every answer has, and how their values begin. */
const ALWAYS: Record<string, RegExp> = {
  "Strict-Transport-Security": /^max-age=\d{8}; includeSubDomains/,
  "X-Content-Type-Options": /^nosniff$/,
  "X-Frame-Options": /^DENY$/,
  "Referrer-Policy": /^no-referrer$/,
  "Cross-Origin-Opener-Policy": /^same-origin$/,
  "Cross-Origin-Resource-Policy": /^same-origin$/,
  "Content-Security-Policy": /default-src '(none|self)'.*frame-ancestors 'none'/,
};

/** Answers that caches may keep: files, and pages that are equal for all visitors. */
const PUBLIC = /^\/(assets|holidays|problems|docs|favicon|shell|api\/v1\/(config|doctors|openapi|docs|problems))/;

/** The faults of an answer's headers (OWASP Secure Headers); empty when there is none. */
export function headerFaults(path: string, status: number, headers: Headers): string[] {
  const faults = Object.entries(ALWAYS)
    .filter(([name, value]) => !value.test(headers.get(name) ?? ""))
    .map(([name]) => `${name}: ${headers.get(name)}`);
  const type = headers.get("Content-Type") ?? "";
  const policy = headers.get("Content-Security-Policy") ?? "";
  if (type.includes("json") && !policy.includes("default-src 'none'"))
    faults.push(`a policy of pages on JSON: ${policy}`);
  if (/unsafe-eval|\*/.test(policy) || /script-src[^;]*unsafe-inline/.test(policy)) faults.push(`policy: ${policy}`);
  for (const name of ["Access-Control-Allow-Origin", "Server", "X-Powered-By"]) {
    if (headers.has(name)) faults.push(`${name}: ${headers.get(name)}`);
  }
  const cache = headers.get("Cache-Control") ?? "";
  if (/public|max-age=[1-9]/.test(cache) && !PUBLIC.test(path)) faults.push(`Cache-Control: ${cache}`);
  if (cache === "" && status < 300) faults.push("no Cache-Control");
  if (/^\/api\/(?!v1\/(openapi|docs))/.test(path) && status >= 400 && type !== "application/problem+json")
    faults.push(`Content-Type: ${type}`);
  return faults;
}
