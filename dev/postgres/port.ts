import { createServer } from "node:net";

/** The address every part of the local stack listens on; nothing is reachable from another machine. */
export const LOOPBACK = "127.0.0.1";

/** The one error for a port somebody else holds: names the part, the port and the way out. */
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
 * @throws {PortTakenError} when somebody listens there already
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
