/** What a Redis command answers. Errors inside arrays are replies too (a transaction keeps going after one). */
export type Reply = string | Buffer | number | null | Error | Reply[];

/** One command: its name, then its arguments, as text. */
export type RedisCommand = [string, ...string[]];

/** Whatever keeps the data behind the REST wire. */
export type Engine = {
  readonly kind: "server" | "memory";
  /** For people: what it is and where it came from. */
  readonly description: string;
  /** Runs the commands in order; a command that fails answers an Error in its place and the rest still run. */
  pipeline(commands: RedisCommand[]): Promise<Reply[]>;
  /**
   * Runs the commands as one MULTI ... EXEC.
   *
   * @throws Error `EXECABORT ...` when one of them cannot even be queued; then none has run.
   */
  transaction(commands: RedisCommand[]): Promise<Reply[]>;
  /** Leaves no process, socket or timer behind; the data stays in the data folder. */
  close(): Promise<void>;
};

/** An error as Redis words it, starting with its code (`ERR`, `WRONGTYPE`, ...). */
export class RedisError extends Error {
  override name = "RedisError";
}
