import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Queue, openQueue } from "#adapters/qstash.ts";
import { virtualClock } from "#dev/qstash/clock.ts";
import { type Qstash, startQstash } from "#dev/qstash/qstash.ts";

describe("publishing to the queue", () => {
  let qstash: Qstash;
  let queue: Queue;
  /** A whole second, far from now. */
  const at = Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000;

  beforeAll(async () => {
    qstash = await startQstash({ port: 0, token: "test", clock: virtualClock(Date.now()) });
    const keys = qstash.keys();
    queue = openQueue({
      url: qstash.url,
      token: "test",
      currentSigningKey: keys.current,
      nextSigningKey: keys.next,
      publicUrl: "http://127.0.0.1:9",
      flows: {},
    });
  });
  afterAll(() => qstash.close());

  /** Publishes one message and reads it from the queue; undefined if the queue kept none. */
  async function publish(notBefore: number, dedupe = crypto.randomUUID()) {
    const known = new Set(qstash.waiting());
    await queue.publish("notify", { appointmentId: "a" }, { notBefore, dedupe });
    return qstash.waiting().find((message) => !known.has(message));
  }

  test.each([0, 1, 500, 999])(
    "A message for %i ms after a whole second comes at that instant or less than a second after it",
    async (ms) => {
      const { notBefore } = (await publish(at + ms))!;
      expect(notBefore - at).toBe(ms === 0 ? 0 : 1000);
    },
  );

  test("The first message with a deduplication id wins, and another id is another message", async () => {
    const id = crypto.randomUUID();
    expect(await publish(at, id)).toBeDefined();
    expect(await publish(at + 60_000, id)).toBeUndefined();
    expect(await publish(at, crypto.randomUUID())).toBeDefined();
  });

  test("A message goes to its job, is retried, and after the last retry the job `failed` gets a report", async () => {
    expect(await publish(at)).toMatchObject({
      url: "http://127.0.0.1:9/jobs/notify",
      maxRetries: 5,
      failureCallback: "http://127.0.0.1:9/jobs/failed",
    });
  });
});
