import { createServer } from "node:net";

/** The address of all parts of the local stack; other machines cannot reach it. */
export const LOOPBACK = "127.0.0.1";

/** The error for a port that is taken: names the part, the port and what to do. */
export class PortTakenError extends Error {
  readonly port: number;

  constructor(part: string, port: number) {
    super(`Port ${port} (${part}) is already in use. Stop what holds it, or choose another first port with --port.`);
    this.name = "PortTakenError";
    this.port = port;
  }
}

/**
 * Checks that `port` can be listened on and returns it; 0 picks a free one.
 * @throws {PortTakenError} if another program listens there
 */
export function claimPort(part: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTakenError(part, port) : error);
    });
    probe.listen(port, LOOPBACK, () => {
      const address = probe.address();
      const claimed = typeof address === "object" && address ? address.port : port;
      probe.close(() => resolve(claimed));
    });
  });
}
