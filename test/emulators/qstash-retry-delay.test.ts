import { describe, expect, test } from "vitest";
import { nextRun, parseCron } from "#dev/qstash/cron.ts";
import { DueQueue } from "#dev/qstash/due-queue.ts";
import { askedDelaySeconds, backoffSeconds, evaluateRetryDelay } from "#dev/qstash/retry-delay.ts";

const at = (text: string) => Date.parse(text);
const next = (cron: string, after: string) => new Date(nextRun(cron, at(after))).toISOString();

describe("cron", () => {
  test.each([
    ["* * * * *", "2026-11-22T10:00:00Z", "2026-11-22T10:01:00.000Z"],
    ["* * * * *", "2026-11-22T10:00:59.999Z", "2026-11-22T10:01:00.000Z"],
    ["*/15 * * * *", "2026-11-22T10:46:00Z", "2026-11-22T11:00:00.000Z"],
    ["5,35 8-9 * * *", "2026-11-22T09:35:00Z", "2026-11-23T08:05:00.000Z"],
    ["10/20 * * * *", "2026-11-22T10:31:00Z", "2026-11-22T10:50:00.000Z"],
    ["0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 31 * *", "2026-04-01T00:00:00Z", "2026-05-31T00:00:00.000Z"],
    ["0 12 * * MON", "2026-11-22T12:00:00Z", "2026-11-23T12:00:00.000Z"],
    ["0 12 * * 7", "2026-11-23T00:00:00Z", "2026-11-29T12:00:00.000Z"],
    ["0 0 1 JAN *", "2026-11-22T00:00:00Z", "2027-01-01T00:00:00.000Z"],
    // Day of month or day of week, when both are given.
    ["0 0 13 * FRI", "2026-11-22T00:00:00Z", "2026-11-27T00:00:00.000Z"],
    ["0 0 13 * FRI", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00.000Z"],
    ["CRON_TZ=Europe/Prague 0 8 * * *", "2026-11-22T10:00:00Z", "2026-11-23T07:00:00.000Z"],
    ["CRON_TZ=America/New_York 30 4 * * *", "2026-07-01T00:00:00Z", "2026-07-01T08:30:00.000Z"],
  ])("%s after %s is %s", (cron, after, expected) => {
    expect(next(cron, after)).toBe(expected);
  });

  test("a time skipped when clocks go forward does not run that day", () => {
    expect(next("CRON_TZ=Europe/Prague 30 2 * * *", "2026-03-28T12:00:00Z")).toBe("2026-03-30T00:30:00.000Z");
  });

  test("a time that comes twice when clocks go back runs once", () => {
    expect(next("CRON_TZ=Europe/Prague 30 2 * * *", "2026-10-24T12:00:00Z")).toBe("2026-10-25T00:30:00.000Z");
    expect(next("CRON_TZ=Europe/Prague 30 2 * * *", "2026-10-25T00:30:00Z")).toBe("2026-10-26T01:30:00.000Z");
  });

  test.each(["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "5-1 * * * *"])(
    "refuses '%s'",
    (cron) => {
      expect(() => parseCron(cron)).toThrow("invalid cron expression");
    },
  );

  test.each(["*/0 * * * *", "a * * * *", "1- * * * *", "CRON_TZ=Nowhere/Land * * * * *", "-1 * * * *"])(
    "refuses '%s' too",
    (cron) => {
      expect(() => parseCron(cron)).toThrow("invalid cron expression");
    },
  );

  test("refuses a date that never comes", () => {
    expect(() => nextRun("0 0 31 2 *", at("2026-01-01T00:00:00Z"))).toThrow("invalid cron expression");
  });
});

describe("retry delays", () => {
  test("the default is e^(2.5 n) seconds, at most a day", () => {
    expect([1, 2, 3, 4, 5, 6].map((n) => Math.floor(backoffSeconds(n)))).toEqual([12, 148, 1808, 22026, 86400, 86400]);
  });

  test.each([
    ["1000", 3, 1000],
    ["1000 * (1 + retried)", 2, 3000],
    ["pow(2, retried) * 1000", 3, 8000],
    ["max(1000, pow(2, retried) * 100)", 1, 1000],
    ["min(5000, exp(retried) * 1000)", 9, 5000],
    ["floor(7 / 2) - 1", 0, 2],
    ["-5", 0, 0],
    ["1e", 0, null],
    ["retried retried", 0, null],
    ["constructor(1)", 0, null],
    ["1 / 0", 0, null],
    ["pow(2", 0, null],
    ["", 0, null],
  ])("'%s' after %i retries is %s ms", (expression, retried, expected) => {
    if (expected === null) expect(() => evaluateRetryDelay(expression, retried)).toThrow("invalid Upstash-Retry-Delay");
    else expect(evaluateRetryDelay(expression, retried)).toBe(expected);
  });

  test.each([
    ["0", 0],
    ["10", 10],
    ["6m5s", 365],
    ["Sun, 22 Nov 2026 10:00:30 GMT", 30],
    ["86401", null],
    ["soon", null],
  ])("Retry-After '%s' asks for %s seconds", (text, expected) => {
    expect(askedDelaySeconds({ "Retry-After": [text] }, at("2026-11-22T10:00:00Z"))).toBe(expected);
  });
});

describe("due queue", () => {
  test("gives 2,000 entries back by time, and by arrival at the same time", () => {
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
