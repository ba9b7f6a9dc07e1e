/** The answer of a Redis command. Errors inside arrays are replies too: the other commands of a pipeline still run. */
export type Reply = string | Buffer | number | null | Error | Reply[];

/** One command: its name, then its arguments, as text. */
export type RedisCommand = [string, ...string[]];

/** The store behind the REST wire. */
export type Engine = {
  readonly kind: "server" | "memory";
  /** For people: the program and its version. */
  readonly description: string;
  /** The server's process id; null for the engine in this process. */
  readonly pid: number | null;
  /** Runs the commands in order; a command that fails answers an Error in its place and the rest still run. */
  pipeline(commands: RedisCommand[]): Promise<Reply[]>;
  /** Leaves no process, socket or timer behind; the data stays in the data folder. */
  close(): Promise<void>;
};

/** An error as Redis words it, starting with its code (`ERR`, `WRONGTYPE`, ...). */
export class RedisError extends Error {
  override name = "RedisError";
}

/** The commands that the Worker's sessions and @upstash/ratelimit send, and those with which tests read the store. */
const EMULATED = new Set(["PING", "GET", "SET", "DEL", "EVAL", "EVALSHA", "TTL", "KEYS", "FLUSHALL"]);

/**
 * Refuses commands that nothing here sends, so that both engines answer alike.
 *
 * @throws RedisError
 */
export function checkEmulated([name]: RedisCommand): void {
  if (EMULATED.has(name.toUpperCase())) return;
  throw new RedisError(`ERR '${name}' is not emulated: dev/redis/engine.ts lists the commands that are`);
}
