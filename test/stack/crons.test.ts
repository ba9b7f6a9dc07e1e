import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCrons } from "#dev/stack/crons.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-11-22T02:15:30.500Z") }));
afterEach(() => void vi.useRealTimers());

test("Each cron runs once when it is due, and a failing run stops no other", async () => {
  const runs: string[] = [];
  const errors: string[] = [];
  const crons = startCrons(
    ["* * * * *", "17 2 * * *"],
    async (cron, at) => {
      runs.push(`${cron} at ${at.toISOString().slice(11, 19)}`);
      if (runs.length === 1) throw new Error("broken");
    },
    (cron, error) => errors.push(`${cron}: ${(error as Error).message}`),
  );
  await vi.advanceTimersByTimeAsync(29_499);
  expect(runs).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toEqual(["* * * * * at 02:16:00"]);
  expect(errors).toEqual(["* * * * *: broken"]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(runs.slice(1).toSorted()).toEqual([
    "* * * * * at 02:17:00",
    "* * * * * at 02:18:00",
    "17 2 * * * at 02:17:00",
  ]);
  crons.stop();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(runs).toHaveLength(4);
});
