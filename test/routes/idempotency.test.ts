import { readFunctions } from "#dev/functions.ts";
import { afterEach, describe, expect, test } from "vitest";
import { freeSlots, useStack } from "../support/stack.ts";

describe("repeated requests", () => {
  const stack = useStack();
  afterEach(() => stack().neon.faults.set({}));

  const appointmentsOf = async (subject: string) => {
    const rows = await stack().sql<{ appointments: number; audits: number; told: number }>(
      `select count(distinct a.id)::int as appointments,
         count(distinct u.id) filter (where u.action = 'appointment.confirm')::int as audits,
         count(distinct o.appointment_id)::int as told
       from appointments a join patients t on t.id = a.patient_id join people p on p.id = t.person_id
         left join audit u on u.entity_id = a.id left join outbox o on o.appointment_id = a.id
       where p.subject = $1`,
      [subject],
    );
    return rows[0];
  };

  test("A POST whose reply was lost between database and Worker, sent again, books once", async () => {
    const call = await stack().as("patient200");
    const before = await appointmentsOf("auth0|patient200");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const key = { "Idempotency-Key": crypto.randomUUID() };
    stack().neon.faults.set({ dropBeforeReply: (n) => n === 1 });
    const lost = await call("POST", "/appointments", { holdId: held.body.id }, key);
    expect(stack().neon.faults.fired().droppedBeforeReply).toBe(1);
    expect(lost).toMatchObject({ status: 503, body: { code: "dependency-unavailable" } });
    expect(lost.headers.get("Retry-After")).not.toBeNull();
    const again = await call("POST", "/appointments", { holdId: held.body.id }, key);
    expect(again.status).toBe(201);
    const once = { appointments: 1, audits: 1, told: 1 };
    expect(await appointmentsOf("auth0|patient200")).toEqual(
      Object.fromEntries(Object.entries(once).map(([name, n]) => [name, n + (before?.[name as "told"] ?? 0)])),
    );
  });

  test("A client that hangs up at once and sends the request again books once", async () => {
    const call = await stack().as("patient199");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const before = (await call("GET", "/appointments")).body.items.length;
    const key = { "Idempotency-Key": crypto.randomUUID() };
    stack().neon.faults.set({ hangMs: 200 });
    const hangUp = new AbortController();
    const gone = call("POST", "/appointments", { holdId: held.body.id }, key, hangUp.signal);
    await expect.poll(() => stack().neon.faults.fired().hung, { interval: 10 }).toBe(1);
    hangUp.abort();
    await expect(gone).rejects.toThrow("aborted");
    stack().neon.faults.set({});
    await expect
      .poll(async () => (await call("POST", "/appointments", { holdId: held.body.id }, key)).status, { interval: 50 })
      .toBe(201);
    expect((await call("GET", "/appointments")).body.items).toHaveLength(before + 1);
  });

  test("The same key and body have the same answer from another isolate and after a restart, byte for byte", async () => {
    const call = await stack().as("patient198");
    const [slot] = await freeSlots(stack(), 1);
    const holdKey = { "Idempotency-Key": crypto.randomUUID() };
    const bookKey = { "Idempotency-Key": crypto.randomUUID() };
    const held = await call("POST", "/holds", { slotId: slot?.id }, holdKey);
    const booked = await call("POST", "/appointments", { holdId: held.body.id }, bookKey);
    expect(booked.status).toBe(201);
    const late = await stack().as("patient194");
    const lateKey = { "Idempotency-Key": crypto.randomUUID() };
    const refused = await late("POST", "/holds", { slotId: slot?.id }, lateKey);
    expect(refused).toMatchObject({ status: 409, body: { code: "slot-taken" } });
    expect(refused.body.alternatives).toHaveLength(3);

    const other = await stack().startIsolate();
    const elsewhere = await stack().as("patient198", `${other.url}/api/v1`);
    const lateElsewhere = await stack().as("patient194", `${other.url}/api/v1`);
    await stack().worker.restart();
    // The slot is free again, and so one alternative fewer: the kept refusal stays as it was.
    const version = { "If-Match": booked.headers.get("ETag") ?? "" };
    expect((await call("POST", `/appointments/${booked.body.id}/cancel`, {}, version)).status).toBe(200);
    for (const replay of [late, lateElsewhere]) {
      const again = await replay("POST", "/holds", { slotId: slot?.id }, lateKey);
      const { requestId } = again.body;
      expect({ status: again.status, body: again.body }).toEqual({ status: 409, body: { ...refused.body, requestId } });
    }
    expect((await late("POST", "/holds", { slotId: slot?.id }, { "Idempotency-Key": "another" })).status).toBe(201);
    for (const replay of [call, elsewhere]) {
      const again = await replay("POST", "/holds", { slotId: slot?.id }, holdKey);
      expect({ status: again.status, body: again.body }).toEqual({ status: held.status, body: held.body });
      const twice = await replay("POST", "/appointments", { holdId: held.body.id }, bookKey);
      expect({ status: twice.status, body: twice.body }).toEqual({ status: booked.status, body: booked.body });
      expect(twice.headers.get("ETag")).toBe(booked.headers.get("ETag"));
    }
  });

  test("A kept answer has no contact data, and is repeated byte for byte with those of the record", async () => {
    const staff = await stack().as("staff1");
    const unique = crypto.randomUUID().slice(0, 8);
    const contact = { email: `kept-${unique}@patients.example`, phone: "+353 1 555 7731" };
    const keys = { made: crypto.randomUUID(), changed: crypto.randomUUID() };
    const ask = async (method: string, path: string, body: object, key: string, etag?: string) => {
      const headers = { "Idempotency-Key": key, ...(etag === undefined ? {} : { "If-Match": etag }) };
      const reply = await staff(method, path, body, headers);
      return { status: reply.status, text: JSON.stringify(reply.body), body: reply.body };
    };
    const record = { name: "Kept Answer", dateOfBirth: "1970-02-03", ...contact };
    const create = async () => ask("POST", "/patients", record, keys.made);
    const made = await create();
    expect(made).toMatchObject({ status: 201, body: { ...contact, phoneE164: "+35315557731" } });
    expect(await create()).toEqual(made);
    const change = async () => ask("PATCH", `/patients/${made.body.id}`, { email: null }, keys.changed, '"1"');
    const changed = await change();
    expect(changed).toMatchObject({ status: 200, body: { email: null, phone: contact.phone } });
    expect(await change()).toEqual(changed);
    // The record has another address since: the first answer is repeated with that one.
    expect((await create()).body).toEqual({ ...made.body, email: null });
    const kept = await stack().sql<{ text: string }>(
      "select result::text as text from idempotency_keys where key = any($1)",
      [Object.values(keys)],
    );
    expect(kept).toHaveLength(2);
    expect(kept.filter(({ text }) => /kept-|555/.test(text))).toEqual([]);
  });

  test("422 idempotency-key-reused: A key with another body is refused. Another person may use the same key. 400 for a long key", async () => {
    const call = await stack().as("patient197");
    const [one, two] = await freeSlots(stack(), 2);
    const key = { "Idempotency-Key": "the-same-key" };
    expect((await call("POST", "/holds", { slotId: one?.id }, key)).status).toBe(201);
    const other = await call("POST", "/holds", { slotId: two?.id }, key);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency-key-reused" } });
    const rival = await stack().as("patient196");
    expect((await rival("POST", "/holds", { slotId: two?.id }, key)).status).toBe(201);
    const odd = await call("POST", "/holds", { slotId: two?.id }, { "Idempotency-Key": "x".repeat(256) });
    expect(odd).toMatchObject({ status: 400, body: { code: "invalid-request" } });
  });

  test("A request that was 400 can be corrected under the same key. A repeated removal is answered as done", async () => {
    const call = await stack().as("staff1");
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const born = (dateOfBirth: string) => call("POST", "/patients", { name: "Ann Early", dateOfBirth }, key);
    expect(await born("2099-01-01")).toMatchObject({ status: 400, body: { code: "invalid-request" } });
    expect((await born("1999-01-01")).status).toBe(201);

    const date = new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10);
    const added = await call("POST", "/holidays", { date, name: "Key Day" });
    expect(added.status).toBe(201);
    const path = `/holidays/${added.body.items[0].id}`;
    const removal = { "Idempotency-Key": crypto.randomUUID() };
    expect((await call("DELETE", path, undefined, removal)).status).toBe(204);
    expect((await call("DELETE", path, undefined, removal)).status).toBe(204);
    expect((await call("DELETE", path, undefined, { "Idempotency-Key": "afresh" })).status).toBe(404);
  });

  test("409 idempotency-in-flight: Many requests with one key at once have one effect, and one answer or this one", async () => {
    const call = await stack().as("patient195");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => call("POST", "/appointments", { holdId: held.body.id }, key)),
    );
    const done = replies.filter(({ status }) => status === 201);
    const waiting = replies.filter(({ body }) => body.code === "idempotency-in-flight");
    expect(done.length).toBeGreaterThan(0);
    expect(done.length + waiting.length).toBe(20);
    expect(new Set(done.map(({ body }) => body.id)).size).toBe(1);
  });

  test("A retry that begins before the first request commits, and is answered after it, gets the first answer", async () => {
    const call = await stack().as("patient165");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const key = { "Idempotency-Key": crypto.randomUUID() };
    // The look-up of the caller is the first thing the function does. The first request waits there for the second to
    // begin, and the second waits there for the first to commit.
    const { schema } = readFunctions();
    await stack().sql(`create sequence ${schema}.arrivals`);
    await stack().sql(`alter function ${schema}.require_caller rename to really_require_caller`);
    await stack()
      .sql(`create function ${schema}.require_caller(c ${schema}.caller) returns people language plpgsql as $$
      declare is_first boolean; may_go_on boolean;
      begin
        if c.idempotency_key = '${key["Idempotency-Key"]}' then
          is_first := nextval('${schema}.arrivals') = 1;
          loop
            if is_first then select last_value > 1 into may_go_on from ${schema}.arrivals;
            else may_go_on := exists (select from idempotency_keys k where k.key = c.idempotency_key);
            end if;
            exit when may_go_on;
            perform pg_sleep(0.01);
          end loop;
        end if;
        return really_require_caller(c);
      end $$`);
    try {
      const replies = await Promise.all([1, 2].map(() => call("POST", "/appointments", { holdId: held.body.id }, key)));
      expect(replies.map(({ status }) => status)).toEqual([201, 201]);
      expect(replies[1]?.body).toEqual(replies[0]?.body);
      expect(await stack().sql(`select last_value::int as arrived from ${schema}.arrivals`)).toEqual([{ arrived: 2 }]);
    } finally {
      await stack().sql(`drop function ${schema}.require_caller`);
      await stack().sql(`alter function ${schema}.really_require_caller rename to require_caller`);
      await stack().sql(`drop sequence ${schema}.arrivals`);
    }
  });

  test("The nightly run deletes answers kept for more than 48 hours, and their keys can be used again", async () => {
    const call = await stack().as("patient193");
    const [one, other] = await freeSlots(stack(), 2);
    const keys = { old: { "Idempotency-Key": "old" }, young: { "Idempotency-Key": "young" } };
    await call("POST", "/holds", { slotId: one?.id }, keys.old);
    await call("POST", "/holds", { slotId: one?.id }, keys.young);
    await stack().sql("update idempotency_keys set created_at = now() - interval '49 hours' where key = 'old'");
    expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
    expect((await call("POST", "/holds", { slotId: other?.id }, keys.old)).status).toBe(201);
    expect(await call("POST", "/holds", { slotId: other?.id }, keys.young)).toMatchObject({
      status: 422,
      body: { code: "idempotency-key-reused" },
    });
  });
});
