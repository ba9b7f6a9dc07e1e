import { randomInt } from "node:crypto";
import { claimPort, PortTakenError } from "#dev/postgres/port.ts";

/** The parts of the stack in the order of their ports, with their names for messages. */
const PARTS = {
  app: "the app",
  issuer: "the login provider",
  ses: "the inbox",
  neon: "the database proxy",
  redis: "Redis",
  qstash: "the queue",
  postgres: "Postgres",
} as const;
export type Ports = Record<keyof typeof PARTS, number>;

/**
 * The port of every part: `first` and those after it, or any free ones if `first` is 0. All are checked before anything
 * is started, so that a taken one is reported at once.
 * @throws {PortTakenError}
 */
export async function choosePorts(first: number): Promise<Ports> {
  if (first !== 0) return claimAll(first);
  for (let attempt = 1; ; attempt++) {
    try {
      return await claimAll(randomInt(LOWEST, HIGHEST));
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 50) throw error;
    }
  }
}

/** Below the ports that systems assign to connections, so that none takes a port between the check and its use. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

async function claimAll(first: number): Promise<Ports> {
  const ports: Partial<Ports> = {};
  for (const [index, [part, name]] of Object.entries(PARTS).entries()) {
    ports[part as keyof Ports] = await claimPort(name, first + index);
  }
  return ports as Ports;
}
