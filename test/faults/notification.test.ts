import { simpleParser } from "mailparser";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signRequest } from "#dev/qstash/signing.ts";
import { watchHoldUps } from "../support/held-up.ts";
import { messagesTo, slotsInTurn, useStack } from "../support/stack.ts";

/**
 * Every fault between a change and the mail to its patient. A test proves that the fault struck, and that the last mail has
 * the final state. At most one extra mail is sent for each lost acknowledgement of SES.
 */
describe("notifying patients while something fails", () => {
  const stack = useStack();
  const nextSlot = slotsInTurn(stack);

  // No notification is due but those of a test.
  beforeAll(() =>
    stack().sql(
      "update policy set quiet_seconds = 3600, max_delay_seconds = 86400, freeze_hours = 1, reminder_hours = '{}'",
    ),
  );
  beforeEach(async () => {
    for (const point of Object.values(stack().ses.faults)) point.off();
    await stack().qstash.faults.clear();
    stack().neon.faults.set({});
  });

  /** A new patient with a new appointment. Its notification is not due yet. */
  const book = async () => {
    const call = await stack().as((await stack().newPatient()).account);
    const hold = async () => (await call("POST", "/holds", { slotId: await nextSlot() })).body.id as string;
    const booked = await call("POST", "/appointments", { holdId: await hold() });
    expect(booked.status).toBe(201);
    const id = booked.body.id as string;
    let etag = booked.headers.get("ETag") ?? "";
    const change = async (verb: string, body: object) => {
      const reply = await call("POST", `/appointments/${id}/${verb}`, body, { "If-Match": etag });
      expect(reply.status).toBe(200);
      etag = reply.headers.get("ETag") ?? "";
      return reply.body as { startsAt: string };
    };
    return {
      id,
      startsAt: booked.body.startsAt as string,
      move: async () => change("reschedule", { holdId: await hold() }),
      cancel: () => change("cancel", { reason: { by: "patient", code: "better" } }),
    };
  };
  /** The quiet window has passed, and no claim or back-off delays the mail. */
  const ripen = (id: string) =>
    stack().sql(
      "update outbox set due_at = now() - interval '1 second', lease_until = null where appointment_id = $1",
      [id],
    );
  const tick = () => stack().worker.scheduled("* * * * *");
  const dirty = async (id: string) => {
    const [row] = await stack().sql<{ dirty: boolean }>(
      "select due_at is not null as dirty from outbox where appointment_id = $1",
      [id],
    );
    return row?.dirty;
  };
  const failuresOf = (id: string) =>
    stack().sql<{ why: string }>("select why from deliveries where appointment_id = $1 and state = 'failed'", [id]);
  /** The mails about an appointment (patients have others, too), oldest first: subject, text, calendar's SEQUENCE. */
  const mailsAbout = async (id: string) => {
    const mails = await Promise.all(
      (await messagesTo(stack(), id)).map(async (messageId) => {
        const raw = await (await fetch(new URL(`/messages/${messageId}/raw`, stack().urls.inbox))).text();
        const mail = await simpleParser(raw);
        const calendar =
          mail.attachments.find((part) => part.contentType === "text/calendar")?.content.toString() ?? "";
        return {
          subject: mail.subject ?? "",
          text: mail.text ?? "",
          calendar,
          sequence: Number(/SEQUENCE:(\d+)/.exec(calendar)?.[1]),
        };
      }),
    );
    return mails.filter(({ calendar }) => calendar.includes(`UID:${id}`));
  };
  const clockOf = (startsAt: string) => startsAt.slice(11, 16);

  describe("SES", () => {
    test.each(["fail", "throttle", "drop"] as const)("SES %s: No mail is sent, and one mail later", async (fault) => {
      const { id } = await book();
      await ripen(id);
      const point = stack().ses.faults[fault];
      const before = point.fired;
      point.next();
      expect(await tick()).not.toBe("ok");
      expect(point.fired - before).toBe(1);
      expect(await mailsAbout(id)).toHaveLength(0);
      expect(await failuresOf(id)).toHaveLength(1);
      // Not at once again: it is left alone for a while.
      await tick();
      expect(await failuresOf(id)).toHaveLength(1);
      await ripen(id);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(id)).toHaveLength(1);
      expect(await dirty(id)).toBe(false);
    });

    test("SES fails, and the patient cancels before the next try: no mail about either is sent", async () => {
      const { id, cancel } = await book();
      await ripen(id);
      const point = stack().ses.faults.throttle;
      const before = point.fired;
      point.next();
      await tick();
      expect(point.fired - before).toBe(1);
      await cancel();
      await ripen(id);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(id)).toHaveLength(0);
      expect(await dirty(id)).toBe(false);
      expect((await failuresOf(id)).map(({ why }) => why)).toEqual(["MessageNotTaken"]);
    });

    test("SES hangs: The call is given up in time, other patients are notified, and one mail is sent later", async () => {
      const slow = await book();
      const quick = await book();
      const point = stack().ses.faults.hang;
      const before = point.fired;
      await ripen(slow.id);
      point.next();
      const hanging = tick();
      await expect.poll(() => point.fired - before).toBe(1);
      await ripen(quick.id);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(quick.id)).toHaveLength(1);
      // SES never answers this one: that the run ends at all is what gives it up.
      expect(await hanging).not.toBe("ok");
      expect(await mailsAbout(slow.id)).toHaveLength(0);
      await ripen(slow.id);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(slow.id)).toHaveLength(1);
    });

    test("SES loses its answer: One more mail is sent, the same but for its SEQUENCE, and no third", async () => {
      const { id, startsAt } = await book();
      await ripen(id);
      const point = stack().ses.faults.dropReply;
      const before = point.fired;
      point.next();
      expect(await tick()).not.toBe("ok");
      expect(point.fired - before).toBe(1);
      expect(await mailsAbout(id)).toHaveLength(1);
      await ripen(id);
      expect(await tick()).toBe("ok");
      const mails = await mailsAbout(id);
      expect(mails).toHaveLength(2);
      // Each mail has its own sealed links, which all work.
      const [first, second] = mails.map(({ text }) => text.replaceAll(/\/links\/[\w-]+/g, "/links/"));
      expect(first).toBe(second);
      expect(mails[1]?.text).toContain(clockOf(startsAt));
      expect(await dirty(id)).toBe(false);
      await tick();
      expect(await mailsAbout(id)).toHaveLength(2);
    });

    test("SES loses its answer, and the patient cancels before the next try: The last mail says that it is cancelled", async () => {
      const { id, cancel } = await book();
      await ripen(id);
      const point = stack().ses.faults.dropReply;
      const before = point.fired;
      point.next();
      await tick();
      expect(point.fired - before).toBe(1);
      await cancel();
      await ripen(id);
      expect(await tick()).toBe("ok");
      const mails = await mailsAbout(id);
      expect(mails).toHaveLength(2);
      expect(mails[1]?.subject).toContain("cancelled");
      // Otherwise a calendar would keep what the first one put there.
      expect(mails[1]?.sequence).toBeGreaterThan(mails[0]?.sequence ?? 0);
    });
  });

  describe("QStash", () => {
    /** From here on changes are due a second later, and only QStash calls. */
    const quickly = (seconds = 1) => stack().sql("update policy set quiet_seconds = $1", [seconds]);
    const slowly = () => stack().sql("update policy set quiet_seconds = 3600");

    test("QStash drops a message: The cron notifies, once", async () => {
      const point = stack().qstash.faults.messages.lose;
      const before = point.fired;
      point.always();
      const { id } = await book();
      await expect.poll(() => point.fired - before).toBe(1);
      point.off();
      await ripen(id);
      expect(await tick()).toBe("ok");
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(id)).toHaveLength(1);
    });

    test("QStash delivers everything twice: One mail is sent", async () => {
      const point = stack().qstash.faults.messages.duplicate;
      const before = point.fired;
      const attempts = stack().qstash.stats().delivered;
      point.always();
      await quickly();
      const { id } = await book();
      await slowly();
      await expect.poll(() => mailsAbout(id)).toHaveLength(1);
      await expect.poll(() => stack().qstash.stats().delivered - attempts).toBe(2);
      expect(point.fired - before).toBe(1);
      expect(await mailsAbout(id)).toHaveLength(1);
    });

    test("QStash delivers a later message first: One mail is sent, about the last state", async () => {
      const point = stack().qstash.faults.messages.reorder;
      const before = point.fired;
      stack().qstash.faults.messages.reorderByMs = 4_000;
      const delivered = stack().qstash.stats().delivered;
      await quickly(2);
      point.next();
      const { id, move, startsAt } = await book();
      await quickly(4);
      const moved = await move();
      await slowly();
      await expect.poll(() => mailsAbout(id)).toHaveLength(1);
      await expect.poll(() => stack().qstash.stats().delivered - delivered).toBeGreaterThan(1);
      expect(point.fired - before).toBe(1);
      const mails = await mailsAbout(id);
      expect(mails).toHaveLength(1);
      expect(mails[0]?.text).toContain(clockOf(moved.startsAt));
      expect(clockOf(moved.startsAt)).not.toBe(clockOf(startsAt));
      await expect.poll(() => dirty(id)).toBe(false);
    });

    test("QStash calls too early: The callback is scheduled again under another id, and the notification is not late", async () => {
      const point = stack().qstash.faults.messages.lose;
      const before = point.fired;
      point.next();
      await quickly(3);
      const { id } = await book();
      await slowly();
      await expect.poll(() => point.fired - before).toBe(1);
      // The only call, before its time, as if QStash's clock were ahead. There is no other call.
      expect(await callBack(id)).toBe(204);
      await expect.poll(() => mailsAbout(id)).toHaveLength(1);
      await expect.poll(() => dirty(id)).toBe(false);
    });

    test.each([
      [
        "is down",
        (on: boolean) => (on ? stack().qstash.faults.down() : stack().qstash.faults.up()),
        () => stack().log.filter((line) => line.includes("notification-not-scheduled")).length,
      ],
      [
        "hangs",
        async (on: boolean) => (on ? stack().qstash.faults.hang.always() : stack().qstash.faults.hang.off()),
        () => stack().qstash.faults.hang.fired,
      ],
      [
        "loses its answer",
        async (on: boolean) => (on ? stack().qstash.faults.dropReply.always() : stack().qstash.faults.dropReply.off()),
        () => stack().qstash.faults.dropReply.fired,
      ],
    ])("QStash %s: No patient who books waits for it, and the cron notifies, once", async (_, fault, fired) => {
      await fault(true);
      const heldUp = watchHoldUps();
      const began = Date.now();
      const { id } = await book();
      expect(Date.now() - began - heldUp(began)).toBeLessThan(3_000);
      await expect.poll(fired).toBeGreaterThan(0);
      await ripen(id);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(id)).toHaveLength(1);
      await fault(false);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(id)).toHaveLength(1);
    });
  });

  test("Redis is down: A callback is accepted, and one mail is sent", async () => {
    const { id } = await book();
    await ripen(id);
    await stack().redis.faults.down();
    try {
      expect(await callBack(id)).toBe(204);
    } finally {
      await stack().redis.faults.up();
    }
    expect(await mailsAbout(id)).toHaveLength(1);
  });

  test("The database does not answer when a mail is recorded as sent: It is asked again, and no second mail is sent", async () => {
    for (const drop of ["dropBeforeForward", "dropBeforeReply"] as const) {
      const { id } = await book();
      await ripen(id);
      // A callback claims, begins and settles. The next request to the database after the mail is the settling.
      const { accepted } = stack().ses.stats();
      let sent = 0;
      stack().neon.faults.set({ [drop]: () => stack().ses.stats().accepted > accepted && ++sent === 1 });
      expect(await callBack(id)).toBe(204);
      const fired = stack().neon.faults.fired();
      stack().neon.faults.set({});
      expect(fired.droppedBeforeForward + fired.droppedBeforeReply).toBe(1);
      expect(await dirty(id)).toBe(false);
      expect(await tick()).toBe("ok");
      expect(await mailsAbout(id)).toHaveLength(1);
    }
  });

  test("The Worker dies between send and record: At most one more mail is sent, after the claim has expired", async () => {
    const { id } = await book();
    await ripen(id);
    const point = stack().ses.faults.holdReply;
    const before = point.fired;
    point.next();
    const dying = tick().catch(() => "died");
    await expect.poll(() => point.fired - before).toBe(1);
    await stack().worker.kill();
    expect(await dying).not.toBe("ok");
    await stack().worker.restart();
    const [row] = await stack().sql<{ state: string }>("select state from deliveries where appointment_id = $1", [id]);
    expect(row?.state).not.toBe("failed");
    // No other run takes it during the claim.
    expect(await tick()).toBe("ok");
    expect(await mailsAbout(id)).toHaveLength(1);
    await ripen(id);
    expect(await tick()).toBe("ok");
    expect(await mailsAbout(id)).toHaveLength(2);
    expect(await dirty(id)).toBe(false);
    // And SES's word on the first one comes through to the new Worker.
    await expect
      .poll(() => stack().sql("select state from deliveries where appointment_id = $1 order by id", [id]))
      .toEqual([{ state: "delivered" }, { state: "delivered" }]);
  });

  /** Calls as QStash does. */
  async function callBack(appointmentId: string): Promise<number> {
    const body = JSON.stringify({ appointmentId });
    const { PUBLIC_URL, QSTASH_CURRENT_SIGNING_KEY: key = "" } = stack().env;
    const signature = await signRequest(key, `${PUBLIC_URL}/jobs/notify`, Buffer.from(body), Date.now());
    const response = await fetch(new URL("/jobs/notify", stack().urls.patientApp), {
      method: "POST",
      headers: { "Content-Type": "application/json", "Upstash-Signature": signature },
      body,
    });
    return response.status;
  }
});
