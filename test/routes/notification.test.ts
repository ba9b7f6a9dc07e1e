import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import ICAL from "ical.js";
import { simpleParser } from "mailparser";
import nodeIcal from "node-ical";
import { SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openMail } from "#adapters/ses.ts";
import { readFunctions } from "#dev/functions.ts";
import { MessageRefused, type Outgoing } from "#domain/message/sender.ts";
import { type TestStack, freeSlots, useStack } from "../support/stack.ts";

interface StoredMail {
  messageId: string;
  raw?: string;
  destination?: { to?: string[] };
}

describe("notifying patients", () => {
  const stack = useStack();
  // Reminders of what was seeded are mails as well.
  beforeAll(() => stack().sql("update policy set reminder_hours = '{}'"));
  afterEach(() => stack().ses.faults.fail.off());

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

  test("After the quiet window the queue calls back, and one e-mail has the settled state, with a calendar part", async () => {
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

  test("A lost publish only delays: the cron notifies once, and then finds nothing to notify", async () => {
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

  test("401: A callback without a good signature, or a replayed one, changes nothing", async () => {
    const appointment = await book("patient173");
    await stack().sql("update outbox set due_at = now() + interval '1 hour' where appointment_id = $1", [
      appointment.id,
    ]);
    const body = JSON.stringify({ appointmentId: appointment.id });
    const url = `${stack().env.PUBLIC_URL}/jobs/notify`;
    const now = Math.floor(Date.now() / 1000);
    const sign = async (key: string, about: { url?: string; body?: string; alg?: string; claims?: object } = {}) => {
      const digest = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(about.body ?? body)));
      const claims = { iss: "Upstash", sub: about.url ?? url, iat: now, nbf: now, exp: now + 300 };
      return new SignJWT({ ...claims, jti: crypto.randomUUID(), body: digest.toString("base64url"), ...about.claims })
        .setProtectedHeader({ alg: about.alg ?? "HS256", typ: "JWT" })
        .sign(new TextEncoder().encode(key.padEnd(64, "\0").slice(0, about.alg ? 64 : key.length)));
    };
    const current = String(stack().env.QSTASH_CURRENT_SIGNING_KEY);
    const next = String(stack().env.QSTASH_NEXT_SIGNING_KEY);
    const bad = [
      "",
      "abc",
      await sign("sig_another_key"),
      await sign(current, { url: `${url}x` }),
      await sign(current, { body: "{}" }),
      await sign(current, { claims: { exp: now - 60 } }),
      await sign(current, { claims: { iat: now - 360, nbf: now - 360 } }),
      await sign(current, { claims: { iat: now + 60 } }),
      await sign(current, { claims: { iat: undefined } }),
      await sign(current, { claims: { exp: undefined } }),
      await sign(current, { claims: { exp: now + 3600 } }),
      await sign(current, { claims: { jti: undefined } }),
      await sign(current, { claims: { jti: 1 } }),
      await sign(current, { claims: { body: undefined } }),
      await sign(current, { claims: { body: ["x"] } }),
      await sign(current, { claims: { iss: ["Upstash"] } }),
      // The same bytes make the key of a longer HMAC, which pads it with zeros.
      await sign(current, { alg: "HS512" }),
      await sign(current, { alg: "HS384" }),
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
    for (const body of ["[]", '{"appointmentId":"\\u0000"}', '{"appointmentId":"\\ud83d"}']) {
      expect((await callBack(stack(), await sign(current, { body }), body)).status).toBe(489);
    }
    const letter = { url: `${stack().env.PUBLIC_URL}/jobs/notify`, sourceMessageId: "m" };
    for (const wrong of [
      { sourceMessageId: "\0" },
      { sourceMessageId: "\ud83d" },
      { dlqId: "a\0" },
      { status: 2 ** 40 },
    ]) {
      const body = JSON.stringify({ ...letter, ...wrong });
      const failed = `${stack().env.PUBLIC_URL}/jobs/failed`;
      const headers = {
        "Content-Type": "application/json",
        "Upstash-Signature": await sign(current, { url: failed, body }),
      };
      expect((await fetch(failed, { method: "POST", headers, body })).status).toBe(489);
    }

    // While Redis is down an isolate remembers by itself, and a callback that another one hears again changes nothing.
    const last = await sign(current);
    await stack().redis.faults.down();
    try {
      expect((await callBack(stack(), last, body)).status).toBe(204);
      expect((await callBack(stack(), last, body)).status).toBe(401);
    } finally {
      await stack().redis.faults.up();
    }
    expect(await mailsTo("patient173@patients.example")).toHaveLength(0);
  });

  test("The Worker's logs and the bodies on the queue have nothing private", async () => {
    const lines = stack().log.join("\n");
    expect(lines).toContain('"event":"request"');
    expect(lines).not.toContain("SECRET-REASON-CANARY");
    expect(lines).not.toContain("@patients.example");
    expect(lines).not.toContain("eyJ");
  });

  test("When a change commits while its notification is being claimed, the last state is notified, once", async () => {
    await stack().sql("update policy set quiet_seconds = 0, max_delay_seconds = 0");
    await stack().sql("update outbox set first_dirty_at = null, due_at = null");
    stack().qstash.faults.refuse.always();
    const call = await stack().as("patient166");
    const [slot, other] = await freeSlots(stack(), 2);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const booked = await call("POST", "/appointments", { holdId: held.body.id });
    const next = await call("POST", "/holds", { slotId: other?.id });
    // The claim's search for due notifications waits for the change to commit.
    const { schema } = readFunctions();
    await stack().sql(`create sequence ${schema}.searches`);
    await stack().sql(`alter function ${schema}.waits_for_operation rename to really_waits_for_operation`);
    await stack().sql(`create function ${schema}.waits_for_operation(o outbox) returns boolean language plpgsql as $$
      begin
        if o.appointment_id = '${booked.body.id}' then
          perform nextval('${schema}.searches');
          while not exists (select from appointments a where a.id = o.appointment_id and a.slot_id = '${other?.id}') loop
            perform pg_sleep(0.01);
          end loop;
        end if;
        return really_waits_for_operation(o);
      end $$`);
    try {
      const notifying = stack().worker.scheduled("* * * * *");
      const searches = `select is_called as begun from ${schema}.searches`;
      await expect
        .poll(async () => (await stack().sql<{ begun: boolean }>(searches))[0]?.begun, { interval: 10 })
        .toBe(true);
      const ifMatch = { "If-Match": booked.headers.get("ETag") ?? "" };
      const move = { holdId: next.body.id };
      expect((await call("POST", `/appointments/${booked.body.id}/reschedule`, move, ifMatch)).status).toBe(200);
      await notifying;
    } finally {
      await stack().sql(`drop function ${schema}.waits_for_operation`);
      await stack().sql(`alter function ${schema}.really_waits_for_operation rename to waits_for_operation`);
      await stack().sql(`drop sequence ${schema}.searches`);
      stack().qstash.faults.refuse.off();
    }
    await stack().worker.scheduled("* * * * *");
    const kinds = await stack().sql(
      `select d.kind, (o.last_notified ->> 'startsAt')::bigint = floor(extract(epoch from a.starts_at) * 1000) as right, a.slot_id
       from deliveries d join outbox o using (appointment_id, patient_id) join appointments a on a.id = d.appointment_id
       where d.appointment_id = $1 and d.state <> 'failed' order by d.id`,
      [booked.body.id],
    );
    expect(kinds).toEqual([{ kind: "booked", right: true, slot_id: other?.id }]);
  });

  test("When no mail can be sent a cron run stops after one failed batch. The next run takes the others", async () => {
    await stack().sql("update outbox set first_dirty_at = null, due_at = null");
    await stack().sql(
      `insert into outbox (appointment_id, patient_id, first_dirty_at, due_at)
       select a.id, a.patient_id, now(), now() - interval '1 minute'
       from appointments a join patients t on t.id = a.patient_id where a.status = 'booked' and t.email is not null limit 20
       on conflict (appointment_id, patient_id) do update set
         last_notified = null, first_dirty_at = excluded.first_dirty_at, due_at = excluded.due_at`,
    );
    const attempts = async () =>
      (
        await stack().sql<{ attempts: number }>(
          "select attempts from outbox where due_at is not null order by attempts",
        )
      ).map((row) => row.attempts);
    stack().ses.faults.fail.always();
    await stack().worker.scheduled("* * * * *");
    expect(await attempts()).toEqual([...Array.from({ length: 8 }, () => 0), ...Array.from({ length: 12 }, () => 1)]);
    await stack().sql("update outbox set lease_until = now()");
    await stack().worker.scheduled("* * * * *");
    expect(Math.min(...(await attempts()))).toBe(1);
    stack().ses.faults.fail.off();
    await stack().sql("update outbox set lease_until = now()");
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    expect(await attempts()).toEqual([]);
  });
});

describe("errors of the mail service", () => {
  const mail: Outgoing = {
    to: "somebody@patients.example",
    fromName: "Clinic",
    subject: "Subject",
    text: "Text",
    html: "<p>Text</p>",
    calendar: { method: "REQUEST", content: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" },
    tags: {},
  };
  /** Sends to a service that answers with an error as SES v2 words it; what sending throws. */
  const refusedWith = async (status: number, type: string): Promise<unknown> => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { "x-amzn-errortype": type, "Content-Type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const sender = openMail({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: "eu-central-1",
        from: "clinic@clinic.example",
        configurationSet: undefined,
        accessKeyId: "id",
        secretAccessKey: "secret",
      });
      return await sender.send(mail).then(
        () => "sent",
        (error: unknown) => error,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  test.each(["BadRequestException", "MessageRejected", "aws.ses#MessageRejected:http://internal.amazon.example/"])(
    "%s is a refusal of the message, which is not sent again",
    async (type) => expect(await refusedWith(400, type)).toBeInstanceOf(MessageRefused),
  );

  test.each([
    [400, "SendingPausedException"],
    [400, "AccountSuspendedException"],
    [400, "MailFromDomainNotVerifiedException"],
    [400, "LimitExceededException"],
    [404, "NotFoundException"],
    [429, "TooManyRequestsException"],
    [403, "AccessDeniedException"],
    [400, ""],
  ])("%s %s is no refusal of the message, which stays due", async (status, type) => {
    const error = await refusedWith(status, type);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MessageRefused);
  });
});
