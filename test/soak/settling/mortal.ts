import type { Services } from "#src/context.ts";

/** Thrown by every call of a Worker that is dead. */
export class Died extends Error {
  override name = "Died";
}

/**
 * The services of one run that dies at its `diesAt`-th step. Each call is two steps: before it takes effect, and after it,
 * before its answer. After that nothing that the run does takes effect. Null: it does not die.
 */
export function mortal(services: Services, diesAt: number | null): { services: Services; isDead: () => boolean } {
  let steps = 0;
  let dead = false;
  const step = (): void => {
    if (steps++ === diesAt) dead = true;
    if (dead) throw new Died();
  };
  const between = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    step();
    const result = await call();
    step();
    return result;
  };
  const { db, queue, sender } = services;
  return {
    isDead: () => dead,
    services: {
      ...services,
      db: { ...db, rows: (statement) => between(() => db.rows(statement)) },
      queue: { ...queue, publish: (...message) => between(() => queue.publish(...message)) },
      sender: { send: (message) => between(() => sender.send(message)) },
    },
  };
}
