import { readFunctions } from "#dev/functions.ts";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openMail } from "#adapters/ses.ts";
import { MessageRefused, type Outgoing } from "#domain/message/sender.ts";
import { freeSlots, useStack } from "../support/stack.ts";

const ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
const cursor = (position: object) => encodeURIComponent(Buffer.from(JSON.stringify(position)).toString("base64url"));

describe("what no honest app sends", () => {
  const stack = useStack();
  afterEach(async () => {
    await stack().redis.faults.up();
    stack().ses.faults.fail.off();
    await stack().sql("update policy set holds_per_patient = 1");
  });

  test.each([
    ["a NUL in a query", "GET", "/doctors?specialty=%00", undefined, "/query/specialty"],
    ["a NUL in a body", "POST", "/holds", { specialty: "a\0b" }, "/specialty"],
    ["a NUL in a reason", "POST", "/appointments", { holdId: ID, reason: "a\0b" }, "/reason"],
    ["half a character", "POST", "/appointments", { holdId: ID, reason: "\ud83d" }, "/reason"],
    [
      "half a character deep down",
      "POST",
      "/appointments",
      { holdId: ID, override: { reason: "\ude00" } },
      "/override/reason",
    ],
    ["the year 0", "GET", "/availability?from=0000-01-01", undefined, "/query/from"],
    ["the year 1", "GET", "/availability?from=0001-01-01", undefined, "/query/from"],
    ["the year 0 of appointments", "GET", "/appointments?to=0000-01-01", undefined, "/query/to"],
    ["a hold at the end of time", "POST", "/holds", { from: "9999-12-31" }, "/from"],
    [
      "a cursor with a month too many",
      "GET",
      `/availability?cursor=${cursor({ date: "2026-13-45", startsAt: 1, id: ID })}`,
      undefined,
      "/query/cursor",
    ],
    [
      "a cursor on 30 February",
      "GET",
      `/availability?cursor=${cursor({ date: "2026-02-30", startsAt: 1, id: ID })}`,
      undefined,
      "/query/cursor",
    ],
    [
      "a cursor before all calendars",
      "GET",
      `/appointments?cursor=${cursor({ startsAt: Number.MIN_SAFE_INTEGER, id: ID })}`,
      undefined,
      "/query/cursor",
    ],
  ] as const)("%s is the caller's mistake, and said where", async (_, method, path, body, pointer) => {
    const reply = await (await stack().as("patient161"))(method, path, body);
    expect(reply).toMatchObject({ status: 400, body: { code: "invalid-request", errors: [{ pointer }] } });
  });

  test("staff who confirm a hold without naming the patient are told of the patient's other appointment", async () => {
    const patient = await stack().as("patient162");
    const staff = await stack().as("staff1");
    const [first, second] = await stack().sql<{ id: string }>(
      `select unnest(array[a.id, b.id]) as id from (
         select a.id as a, b.id as b from slots a join slots b on a.starts_at = b.starts_at and a.doctor_id < b.doctor_id
         where a.status = 'open' and b.status = 'open' and a.appointment_id is null and b.appointment_id is null
           and a.hold_id is null and b.hold_id is null and a.starts_at > now() + interval '5 days' limit 1) pair,
         slots a, slots b where a.id = pair.a and b.id = pair.b`,
    );
    const session = (await patient("GET", "/session")).body;
    const booked = await patient("POST", "/appointments", {
      holdId: (await patient("POST", "/holds", { slotId: first?.id })).body.id,
    });
    expect(booked.status).toBe(201);
    const held = await staff("POST", "/holds", { slotId: second?.id, patientId: session.patientId });
    expect(held.status).toBe(201);
    expect(await staff("POST", "/appointments", { holdId: held.body.id })).toMatchObject({
      status: 409,
      body: { code: "overlaps-own-appointment", appointmentId: booked.body.id },
    });
  });

  test("a retry that begins before the first request commits, and has its turn after, gets the first answer", async () => {
    const call = await stack().as("patient165");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const key = { "Idempotency-Key": crypto.randomUUID() };
    // Makes the look-up of the caller, the first thing the function does, take its time.
    const { schema } = readFunctions();
    await stack().sql(`alter function ${schema}.require_caller rename to really_require_caller`);
    await stack()
      .sql(`create function ${schema}.require_caller(c ${schema}.caller) returns people language plpgsql as $$
      begin
        perform pg_sleep(case c.subject when 'auth0|patient165' then 0.5 else 0 end);
        return really_require_caller(c);
      end $$`);
    try {
      const first = call("POST", "/appointments", { holdId: held.body.id }, key);
      const asleep = "select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'";
      await expect
        .poll(async () => (await stack().sql<{ n: number }>(asleep))[0]?.n, { interval: 10 })
        .toBeGreaterThan(0);
      const second = await call("POST", "/appointments", { holdId: held.body.id }, key);
      expect((await first).status).toBe(201);
      expect(second).toMatchObject({ status: 201, body: (await first).body });
    } finally {
      await stack().sql(`drop function ${schema}.require_caller`);
      await stack().sql(`alter function ${schema}.really_require_caller rename to require_caller`);
    }
  });

  test("a slot that is held once more after its expiry is the newest hold, and remembered once", async () => {
    await stack().sql("update policy set holds_per_patient = 2");
    const call = await stack().as("patient163");
    const [s, t, u] = await freeSlots(stack(), 3);
    const hold = async (slot: { id: string } | undefined) => {
      const held = await call("POST", "/holds", { slotId: slot?.id });
      expect(held.status).toBe(201);
      return held.body.id as string;
    };
    await hold(s);
    const older = await hold(t);
    await stack().sql("update slots set hold_expires_at = now() where id = $1", [s?.id]);
    const newer = await hold(s);
    await hold(u);
    expect((await call("GET", `/holds/${newer}`)).status).toBe(200);
    expect((await call("GET", `/holds/${older}`)).status).toBe(409);
    const [row] = await stack().sql<{ slots: string[] }>(
      "select hold_slot_ids as slots from patients t join people p on p.id = t.person_id where p.subject = 'auth0|patient163'",
    );
    expect(row?.slots).toEqual([s?.id, u?.id]);
  });

  test("logging out while the session store is down is 503 with Retry-After", async () => {
    const call = await stack().as("patient164");
    await stack().redis.faults.down();
    const reply = await call("DELETE", "/session", undefined, { Cookie: `__Host-session=${"a".repeat(43)}` });
    expect(reply).toMatchObject({ status: 503, body: { code: "dependency-unavailable" } });
    expect(reply.headers.get("Retry-After")).not.toBeNull();
  });

  test("of a change that commits while its notice is being claimed the last state is told, once", async () => {
    await stack().sql("update policy set quiet_seconds = 0, max_delay_seconds = 0");
    await stack().sql("update outbox set first_dirty_at = null, due_at = null");
    stack().qstash.faults.refuse.always();
    const call = await stack().as("patient166");
    const [slot, other] = await freeSlots(stack(), 2);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const booked = await call("POST", "/appointments", { holdId: held.body.id });
    const next = await call("POST", "/holds", { slotId: other?.id });
    // Makes the claim's look for what is due take its time.
    const { schema } = readFunctions();
    await stack().sql(`alter function ${schema}.waits_for_operation rename to really_waits_for_operation`);
    await stack().sql(`create function ${schema}.waits_for_operation(o outbox) returns boolean language plpgsql as $$
      begin
        perform pg_sleep(0.5);
        return really_waits_for_operation(o);
      end $$`);
    try {
      const telling = stack().worker.scheduled("* * * * *");
      const asleep = "select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'";
      await expect
        .poll(async () => (await stack().sql<{ n: number }>(asleep))[0]?.n, { interval: 10 })
        .toBeGreaterThan(0);
      const ifMatch = { "If-Match": booked.headers.get("ETag") ?? "" };
      const move = { holdId: next.body.id };
      expect((await call("POST", `/appointments/${booked.body.id}/reschedule`, move, ifMatch)).status).toBe(200);
      await telling;
    } finally {
      await stack().sql(`drop function ${schema}.waits_for_operation`);
      await stack().sql(`alter function ${schema}.really_waits_for_operation rename to waits_for_operation`);
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

  test("while nothing can be sent a cron run gives up after a wave in each lane, and the next takes those not yet tried", async () => {
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

describe("refusals of the mail service", () => {
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
    "%s is about the message, which is not sent again",
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
  ])("%s %s is not about the message, which stays due", async (status, type) => {
    const error = await refusedWith(status, type);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MessageRefused);
  });
});
