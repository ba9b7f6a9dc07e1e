import { Agent, request } from "node:http";

export interface Ask {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api/v1`. */
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  /** The ETag's number; null without one. */
  version: number | null;
  // The type of a body follows from the request it answers.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** Connections that are kept between requests, as a browser keeps them. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/**
 * Sends one request to the API. Null: no whole answer came, because the connection broke or the client went away
 * (`goneAfterMs`). The request's effect is unknown.
 */
export function send(api: string, token: string, ask: Ask, goneAfterMs?: number): Promise<Reply | null> {
  const body = ask.body === undefined ? undefined : JSON.stringify(ask.body);
  return new Promise((resolve) => {
    const sent = request(
      `${api}${ask.path}`,
      {
        agent,
        method: ask.method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined
            ? {}
            : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }),
          ...ask.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => resolve(null));
        response.on("close", () => resolve(null));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const isJson = response.headers["content-type"]?.includes("json") ?? false;
          resolve({
            status: response.statusCode ?? 0,
            version: Number(/^"(\d+)"$/.exec(response.headers.etag ?? "")?.[1] ?? 0) || null,
            body: isJson && text ? JSON.parse(text) : null,
          });
        });
      },
    );
    sent.on("error", () => resolve(null));
    if (goneAfterMs !== undefined) {
      const gone = setTimeout(() => sent.destroy(), goneAfterMs);
      sent.on("close", () => clearTimeout(gone));
    }
    sent.end(body);
  });
}
