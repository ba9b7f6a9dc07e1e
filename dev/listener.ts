import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Only this machine can reach an emulator. */
const HOST = "127.0.0.1";

export type Listener = {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly url: string;
  /** Stops listening and cuts every connection: clients see "connection refused", as if the service were down. */
  down(): Promise<void>;
  /** Listens again on the same port, if it is down. */
  up(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens an HTTP listener of the local stack. `port` 0 takes any free one.
 *
 * @throws Error when the port is taken: one line with the port, its part and the flag to move it.
 */
export async function openListener(options: {
  port: number;
  name: string;
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}): Promise<Listener> {
  const server = createServer((request, response) => {
    options.handle(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    });
  });
  // Clients keep connections open; a short time-out would reset them in the middle of a test.
  server.keepAliveTimeout = 60_000;

  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      const refused = (error: NodeJS.ErrnoException) => reject(describe(error, port, options.name));
      server.once("error", refused);
      server.listen(port, HOST, () => {
        server.off("error", refused);
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  await listen(options.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${HOST}:${port}`,
    down: stop,
    up: async () => {
      if (!server.listening) await listen(port);
    },
    close: stop,
  };
}

function describe(error: NodeJS.ErrnoException, port: number, name: string): Error {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
  const why = error.code === "EADDRINUSE" ? "already in use" : "not allowed for this user";
  return new Error(`Port ${port}, needed for ${name}, is ${why}. Choose another first port with --port.`, {
    cause: error,
  });
}

/**
 * The whole request body.
 *
 * @throws RangeError when it is longer than `limitBytes`.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limitBytes) throw new RangeError(`body is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
