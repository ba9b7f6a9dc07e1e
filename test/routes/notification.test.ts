import ICAL from "ical.js";
import { simpleParser } from "mailparser";
import nodeIcal from "node-ical";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { type TestStack, freeSlots, useStack } from "../support/stack.ts";

interface StoredMail {
  messageId: string;
  raw?: string;
  destination?: { to?: string[] };
}

describe("telling patients", () => {
  const stack = useStack();
  // Reminders of what was seeded are mails as well.
  beforeAll(() => stack().sql("update policy set reminder_hours = '{}'"));

  const mailsTo = async (address: string) => {
    const { emails } = (await (await fetch(new URL("/store", stack().urls.inbox))).json()) as { emails: StoredMail[] };
    return emails.filter((mail) => mail.destination?.to?.includes(address));
  };
  const book = async (account: string) => {
    const call = await stack().as(account);
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const booked = await call("POST", "/appointments", { holdId: held.body.id, reason: "SECRET-REASON-CANARY" });
    expect(booked.status).toBe(201);
    return booked.body as { id: string; startsAt: string; endsAt: string; reference: string };
  };
  const callBack = (s: TestStack, signature: string, body: string) =>
    fetch(new URL("/jobs/notify", s.urls.patientApp), {
      method: "POST",
      headers: { "Content-Type": "application/json", "Upstash-Signature": signature },
      body,
    });

  test("after the quiet window the queue calls back and one e-mail says what is true, with a calendar part", async () => {
    await stack().sql("update policy set quiet_seconds = 1");
    const appointment = await book("patient171");
    await expect.poll(() => mailsTo("patient171@patients.example")).toHaveLength(1);
    const [mail] = await mailsTo("patient171@patients.example");
    const raw = await (await fetch(new URL(`/messages/${mail?.messageId}/raw`, stack().urls.inbox))).text();
    expect(raw).not.toContain("SECRET-REASON-CANARY");
    const parsed = await simpleParser(raw);
    const [doctor] = await stack().sql<{ name: string; specialty: string }>(
      "select d.name, d.specialty from doctors d join appointments a on a.doctor_id = d.id where a.id = $1",
      [appointment.id],
    );
    for (const text of [parsed.text, parsed.html || ""]) {
      expect(text).toContain(appointment.reference);
      expect(text).toContain(appointment.startsAt.slice(11, 16));
      expect(text).not.toContain(doctor?.name);
      expect(text).not.toContain(doctor?.specialty);
    }

    const calendar = parsed.attachments.find(({ contentType }) => contentType === "text/calendar")?.content.toString();
    const component = new ICAL.Component(ICAL.parse(calendar ?? ""));
    const event = new ICAL.Event(component.getFirstSubcomponent("vevent") ?? undefined);
    expect(component.getFirstPropertyValue("method")).toBe("REQUEST");
    expect(event.uid).toBe(`${appointment.id}@holdfast`);
    expect(event.sequence).toBe(0);
    expect(event.startDate.toJSDate().getTime()).toBe(Date.parse(appointment.startsAt));
    expect(event.endDate.toJSDate().getTime()).toBe(Date.parse(appointment.endsAt));
    const second = Object.values(nodeIcal.sync.parseICS(calendar ?? "")).find((part) => part?.type === "VEVENT");
    expect(second?.type === "VEVENT" && second.start.getTime()).toBe(Date.parse(appointment.startsAt));

    const row = () =>
      stack().sql<{ state: string; dirty: boolean }>(
        `select d.state, o.due_at is not null as dirty from deliveries d
         join outbox o on o.appointment_id = d.appointment_id where d.appointment_id = $1`,
        [appointment.id],
      );
    // SES says that it has arrived.
    await expect.poll(row).toEqual([{ state: "delivered", dirty: false }]);
  });

  test("a publish that was lost is only late: the cron tells, once, and finds nothing more to tell", async () => {
    stack().qstash.faults.refuse.next(10);
    const appointment = await book("patient172");
    stack().qstash.faults.refuse.off();
    await stack().sql("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [
      appointment.id,
    ]);
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    expect(await mailsTo("patient172@patients.example")).toHaveLength(1);
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    expect(await mailsTo("patient172@patients.example")).toHaveLength(1);
  });

  test("a callback without a good signature, or replayed, is 401 and changes nothing", async () => {
    const appointment = await book("patient173");
    await stack().sql("update outbox set due_at = now() + interval '1 hour' where appointment_id = $1", [
      appointment.id,
    ]);
    const body = JSON.stringify({ appointmentId: appointment.id });
    const url = `${stack().env.PUBLIC_URL}/jobs/notify`;
    const sign = async (key: string, claims: { url?: string; body?: string; exp?: number; jti?: string } = {}) => {
      const digest = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(claims.body ?? body)));
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ body: digest.toString("base64url") })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuer("Upstash")
        .setSubject(claims.url ?? url)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(claims.exp ?? now + 300)
        .setJti(claims.jti ?? crypto.randomUUID())
        .sign(new TextEncoder().encode(key));
    };
    const current = String(stack().env.QSTASH_CURRENT_SIGNING_KEY);
    const next = String(stack().env.QSTASH_NEXT_SIGNING_KEY);
    const bad = [
      "",
      "abc",
      await sign("sig_another_key"),
      await sign(current, { url: `${url}x` }),
      await sign(current, { body: "{}" }),
      await sign(current, { exp: Math.floor(Date.now() / 1000) - 60 }),
      // Keys of the SDK's development server, which it trusts when QSTASH_DEV is set.
      await sign("sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r"),
      await sign("sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs"),
    ];
    for (const signature of bad) expect((await callBack(stack(), signature, body)).status).toBe(401);

    for (const key of [current, next]) {
      const good = await sign(key);
      expect((await callBack(stack(), good, body)).status).toBe(204);
      expect((await callBack(stack(), good, body)).status).toBe(401);
    }
    expect((await callBack(stack(), await sign(current, { body: "[]" }), "[]")).status).toBe(489);
    expect(await mailsTo("patient173@patients.example")).toHaveLength(0);
  });

  test("nothing private is in what the Worker logs or what it puts on the queue", async () => {
    const lines = stack().log.join("\n");
    expect(lines).toContain('"event":"request"');
    expect(lines).not.toContain("SECRET-REASON-CANARY");
    expect(lines).not.toContain("@patients.example");
    expect(lines).not.toContain("eyJ");
  });
});
