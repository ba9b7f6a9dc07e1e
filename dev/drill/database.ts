import type { Drill } from "./scene.ts";

/** Longer than the Worker waits for the database, milliseconds. */
const HANG_MS = 10_000;

export const databaseGone: Drill = {
  title: "database-gone: Postgres has crashed",
  async run(scene) {
    const token = await scene.token(scene.nextPatient());
    await scene.stack.postgres.stopImmediate();
    const refused = await scene.book(token);
    scene.check(
      `a booking is 503 with Retry-After (${refused.status} in ${refused.seconds.toFixed(1)} s)`,
      refused.status === 503 && refused.retryAfter !== null,
    );
    scene.check("the Worker is alive", (await scene.call("GET", "/health")).status === 200);
    await scene.within(5, "readiness says not-ready", async () => (await scene.readiness()) === "not-ready");
    scene.check("the log has the faults", scene.lines("fault").length > 0);
    await scene.stack.postgres.restart();
    await scene.within(5, "the same patient books", async () => (await scene.book(token)).status === 201);
    await scene.within(5, "readiness recovers", async () => (await scene.readiness()) !== "not-ready");
  },
};

export const databaseSlow: Drill = {
  title: "database-slow: each statement takes ten seconds",
  async run(scene) {
    const token = await scene.token(scene.nextPatient());
    scene.stack.neon.faults.set({ hangMs: HANG_MS });
    const refused = await scene.book(token);
    scene.check(
      `a booking is 503, and the caller does not wait for the database (${refused.seconds.toFixed(1)} s)`,
      refused.status === 503 && refused.seconds < HANG_MS / 1000,
    );
    scene.stack.neon.faults.set({});
    await scene.within(5, "the same patient books", async () => (await scene.book(token)).status === 201);
  },
};
