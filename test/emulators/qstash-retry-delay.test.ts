import { describe, expect, test } from "vitest";
import { DueQueue } from "#dev/qstash/due-queue.ts";
import { askedDelaySeconds, backoffSeconds, evaluateRetryDelay } from "#dev/qstash/retry-delay.ts";

describe("retry delays", () => {
  test("The default is e^(2.5 n) seconds, at most a day", () => {
    expect([1, 2, 3, 4, 5, 6].map((n) => Math.floor(backoffSeconds(n)))).toEqual([12, 148, 1808, 22026, 86400, 86400]);
  });

  test.each([
    ["1000", 3, 1000],
    ["1000 * (1 + retried)", 2, 3000],
    ["pow(2, retried) * 1000", 3, 8000],
    ["max(1000, pow(2, retried) * 100)", 1, 1000],
    ["min(3600000, 15000 * pow(4, retried))", 9, 3_600_000],
    ["7 / 2 - 1", 0, 2.5],
    ["-5", 0, 0],
    ["1e", 0, null],
    ["retried retried", 0, null],
    ["constructor(1)", 0, null],
    ["1 / 0", 0, null],
    ["pow(2", 0, null],
    ["", 0, null],
  ])("The expression '%s' after %i retries is %s ms", (expression, retried, expected) => {
    if (expected === null) expect(() => evaluateRetryDelay(expression, retried)).toThrow("invalid Upstash-Retry-Delay");
    else expect(evaluateRetryDelay(expression, retried)).toBe(expected);
  });

  test.each([
    ["0", 0],
    ["10", 10],
    ["86401", null],
    ["soon", null],
  ])("Retry-After '%s' asks for %s seconds", (text, expected) => {
    expect(askedDelaySeconds({ "Retry-After": [text] })).toBe(expected);
  });
});

describe("the queue of due messages", () => {
  test("2,000 entries come back by time, and by arrival at the same time", () => {
    const queue = new DueQueue();
    const entries = Array.from({ length: 2000 }, (_, i) => ({ key: String(i), at: (i * 7919) % 97 }));
    for (const entry of entries) queue.add(entry.key, entry.at);
    const out: string[] = [];
    for (let first = queue.first(); first !== null; first = queue.first()) {
      out.push(first.key);
      queue.removeFirst();
    }
    const expected = entries.toSorted((a, b) => a.at - b.at || Number(a.key) - Number(b.key)).map((each) => each.key);
    expect(out).toEqual(expected);
  });
});
