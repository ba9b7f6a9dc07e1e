import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { watchHoldUps } from "../support/held-up.ts";
import { apiAt, messagesTo, type Reply, slotsInTurn, useStack } from "../support/stack.ts";

/** Longest time that a caller waits for an answer, milliseconds, whatever fails. */
const ANSWER_MS = 10_000;
/** Longest time until bookings are made again after a part is back, milliseconds. Goal R12. */
const RECOVERY_MS = 5_000;

/** A fault of one part. */
interface Fault {
  strike(): Promise<unknown> | void;
  /** How often it struck. */
  struck(): number;
  lift(): Promise<unknown> | void;
  /** A request that is sent while it strikes gets one of these. 0: no answer at all. */
  answers: number[];
}

/**
 * One part fails while a patient confirms a booking, then two parts at once. A test proves that the fault struck. The caller
 * gets a clear answer in time. Sent again under its key when the part is back, the booking is made once, with one entry in
 * the audit trail and one mail.
 */
describe("booking while something fails", () => {
  const stack = useStack();
  const nextSlot = slotsInTurn(stack);
  let crashes = 0;
  let cuts = 0;
  /** An isolate that has not read the provider's keys. */
  let cold = "";

  beforeAll(() =>
    stack().sql(
      "update policy set quiet_seconds = 3600, max_delay_seconds = 86400, freeze_hours = 1, reminder_hours = '{}'",
    ),
  );
  afterEach(async () => {
    for (const fault of Object.values(faults)) await fault.lift();
  });

  const neon = (plan: object, struck: (fired: Record<string, number>) => number, answers: number[]): Fault => ({
    strike: () => stack().neon.faults.set(plan),
    struck: () => struck({ ...stack().neon.faults.fired() }),
    lift: () => stack().neon.faults.set({}),
    answers,
  });
  const point = (of: () => { fired: number; always(): void; off(): void }, answers: number[]): Fault => ({
    strike: () => of().always(),
    struck: () => of().fired,
    lift: () => of().off(),
    answers,
  });
  /** Does it as soon as the proxy holds a request back, so that the Worker waits for the database. */
  const whenHeld = async (act: () => Promise<unknown>) => {
    await expect.poll(() => stack().neon.faults.fired().hung, { interval: 10 }).toBeGreaterThan(0);
    await act();
  };
  const linesOf = (event: string) => stack().log.filter((line) => line.includes(event)).length;

  const faults: Record<string, Fault> = {
    "Postgres is down": {
      strike: async () => {
        await stack().postgres.stopImmediate();
        crashes++;
      },
      struck: () => crashes,
      lift: async () => {
        const isUp = await stack()
          .sql("select")
          .then(
            () => true,
            () => false,
          );
        if (!isUp) await stack().postgres.restart();
      },
      answers: [503],
    },
    "Postgres restarts": {
      strike: () => {
        stack().neon.faults.set({ hangMs: 300 });
        void stack()
          .postgres.restart("immediate")
          .then(() => crashes++);
      },
      struck: () => crashes,
      lift: async () => {
        stack().neon.faults.set({});
        await expect
          .poll(() =>
            stack()
              .sql("select 1 as one")
              .catch(() => []),
          )
          .toEqual([{ one: 1 }]);
      },
      answers: [201, 503],
    },
    "Postgres takes ten seconds": neon({ hangMs: 10_000 }, ({ hung = 0 }) => hung, [503]),
    "Postgres loses a request": neon(
      { dropBeforeForward: (n: number) => n === 1 },
      ({ droppedBeforeForward = 0 }) => droppedBeforeForward,
      [201, 503],
    ),
    "Postgres loses an answer": neon(
      { dropBeforeReply: (n: number) => n === 1 },
      ({ droppedBeforeReply = 0 }) => droppedBeforeReply,
      [503],
    ),
    "Redis is down": {
      strike: async () => {
        await stack().redis.faults.down();
        cuts++;
      },
      struck: () => cuts,
      lift: () => stack().redis.faults.up(),
      answers: [201],
    },
    "Redis hangs": point(() => stack().redis.faults.hang, [201]),
    "Redis fails": point(() => stack().redis.faults.fail, [201]),
    "the provider is down": {
      strike: async () => {
        await stack().identity.down();
        cuts++;
      },
      struck: () => cuts,
      lift: () => stack().identity.up(),
      answers: [503],
    },
    "the provider hangs": point(() => stack().identity.faults.hang, [503]),
    "the provider cuts the connection": point(() => stack().identity.faults.drop, [503]),
    "the queue is down": {
      strike: () => stack().qstash.faults.down(),
      struck: () => linesOf("notification-not-scheduled"),
      lift: () => stack().qstash.faults.up(),
      answers: [201],
    },
    "the queue loses messages": point(() => stack().qstash.faults.messages.lose, [201]),
    "SES fails": point(() => stack().ses.faults.fail, [201]),
    "SES throttles": point(() => stack().ses.faults.throttle, [201]),
    "SES loses its answer": point(() => stack().ses.faults.dropReply, [201]),
    "the Worker is killed": {
      strike: () => {
        stack().neon.faults.set({ hangMs: 300 });
        void whenHeld(() => stack().worker.kill()).then(() => crashes++);
      },
      struck: () => crashes,
      lift: async () => {
        stack().neon.faults.set({});
        const isUp = await fetch(`${stack().urls.api}/config`).then(
          ({ status }) => status < 500,
          () => false,
        );
        if (!isUp) await stack().worker.restart();
      },
      answers: [0],
    },
    "the caller hangs up": {
      strike: () => stack().neon.faults.set({ hangMs: 300 }),
      struck: () => stack().neon.faults.fired().hung,
      lift: () => stack().neon.faults.set({}),
      answers: [0],
    },
  };

  /** A hold of a new patient, and its confirmation, which may be sent again and again. 0 stands for no answer. */
  const prepare = async (names: string[]) => {
    const { account } = await stack().newPatient();
    const usual = await stack().as(account);
    const held = await usual("POST", "/holds", { slotId: await nextSlot() });
    expect(held.status).toBe(201);
    const key = { "Idempotency-Key": crypto.randomUUID() };
    if (names.some((name) => name.includes("provider"))) cold = (await stack().startIsolate()).url;
    const call = names.some((name) => name.includes("provider")) ? await stack().as(account, `${cold}/api/v1`) : usual;
    const confirm = async (signal?: AbortSignal): Promise<Pick<Reply, "status" | "body"> & { wait: string | null }> => {
      try {
        const reply = await call("POST", "/appointments", { holdId: held.body.id }, key, signal);
        return { status: reply.status, body: reply.body, wait: reply.headers.get("Retry-After") };
      } catch {
        return { status: 0, body: {}, wait: null };
      }
    };
    return { usual, confirm };
  };

  const recordsOf = async (id: string) => {
    const [row] = await stack().sql<{ appointments: number; audits: number; due: boolean }>(
      `select (select count(*)::int from appointments x where x.slot_id = a.slot_id and x.status = 'booked') as appointments,
         (select count(*)::int from audit u where u.entity_id = a.id and u.action = 'appointment.confirm') as audits,
         o.due_at is not null as due
       from appointments a join outbox o on o.appointment_id = a.id where a.id = $1`,
      [id],
    );
    return row;
  };
  /** The quiet window has passed, and no claim delays the mail. Runs the cron. */
  const send = async (id: string) => {
    await stack().sql(
      `update outbox set due_at = now() - interval '1 second', lease_until = null
       where appointment_id = $1 and due_at is not null`,
      [id],
    );
    return stack().worker.scheduled("* * * * *");
  };
  /** Books while these faults strike, then without them. @returns what the caller got, and how often each struck */
  const bookUnder = async (names: string[]) => {
    const chosen = names.map((name) => faults[name]!);
    const { usual, confirm } = await prepare(names);
    // The proxy's counts begin again with each plan. Those of the other parts go on.
    const before = chosen.map((fault) => fault.struck());
    for (const fault of chosen) await fault.strike();
    const heldUp = watchHoldUps();
    const began = Date.now();
    const hangUp = names.includes("the caller hangs up") ? new AbortController() : undefined;
    if (hangUp) void whenHeld(async () => hangUp.abort());
    const first = await confirm(hangUp?.signal);
    expect(Date.now() - began - heldUp(began)).toBeLessThan(ANSWER_MS);
    if (first.status === 503) {
      expect(first.body).toMatchObject({ code: "dependency-unavailable" });
      expect(first.wait).not.toBeNull();
    }
    // Tokens book without Redis. A login asks it.
    if (names.some((name) => name.startsWith("Redis")) && !names.includes("the Worker is killed")) {
      expect((await usual("POST", "/session")).status).toBe(503);
    }
    // SES is asked by the cron, once the booking is made.
    const isMailed = names.some((name) => name.startsWith("SES"));
    const made = isMailed && first.status !== 201 ? await confirm() : first;
    if (isMailed) await send(made.body.id);
    const struck = () => chosen.map((fault, at) => fault.struck() > (before[at] ?? 0));
    await expect.poll(struck, { timeout: 20_000 }).toEqual(chosen.map(() => true));
    for (const fault of chosen) await fault.lift();

    const back = Date.now();
    let last = first;
    await expect.poll(async () => (last = await confirm()).status, { interval: 50 }).toBe(201);
    const recovery = Date.now() - back - heldUp(back);
    expect((await confirm()).body).toEqual(last.body);
    const id = last.body.id as string;
    expect(await recordsOf(id)).toMatchObject({ appointments: 1, audits: 1 });
    await expect.poll(async () => [await send(id), (await recordsOf(id))?.due]).toEqual(["ok", false]);
    const lostAnswers = names.includes("SES loses its answer") ? 1 : 0;
    const mails = (await messagesTo(stack(), id)).length;
    expect(mails).toBeGreaterThanOrEqual(1);
    expect(mails).toBeLessThanOrEqual(1 + lostAnswers);
    return { first, recovery };
  };

  test.each(Object.keys(faults))(
    "%s: The caller gets a clear answer in time, and what is booked is booked and notified once",
    async (name) => {
      const { first, recovery } = await bookUnder([name]);
      expect(faults[name]?.answers).toContain(first.status);
      expect(recovery).toBeLessThan(RECOVERY_MS);
    },
  );

  test.each([
    ["Postgres loses an answer", "SES fails"],
    ["Postgres takes ten seconds", "Redis is down"],
    ["Postgres restarts", "the queue is down"],
    ["Postgres loses an answer", "Redis fails"],
    ["Redis is down", "the queue loses messages"],
    ["Redis hangs", "the provider is down"],
    ["Redis is down", "SES loses its answer"],
    ["the Worker is killed", "Redis is down"],
    ["the queue is down", "SES throttles"],
    ["the caller hangs up", "Redis fails"],
  ])("%s and %s at once: What is booked is booked and notified once", async (...names) => {
    const { first, recovery } = await bookUnder(names);
    expect(names.flatMap((name) => faults[name]!.answers)).toContain(first.status);
    expect(recovery).toBeLessThan(RECOVERY_MS);
  });

  test("Redis is down, hangs or fails: A browser gets 503 with Retry-After, is not logged out, and works when it is back", async () => {
    const { account } = await stack().newPatient();
    // An isolate that has not seen the session asks Redis for it.
    const isolate = await stack().startIsolate();
    const bearer = await stack().as(account);
    const begun = await bearer("POST", "/session");
    const headers = { Cookie: begun.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
    const browser = apiAt(`${isolate.url}/api/v1`);
    for (const name of ["Redis is down", "Redis hangs", "Redis fails"]) {
      const fault = faults[name]!;
      const before = fault.struck();
      await fault.strike();
      const refused = await browser("GET", "/session", undefined, headers);
      expect({ name, status: refused.status }).toEqual({ name, status: 503 });
      expect(refused.headers.get("Retry-After")).not.toBeNull();
      expect(fault.struck()).toBeGreaterThan(before);
      await fault.lift();
      const back = Date.now();
      await expect
        .poll(async () => (await browser("GET", "/session", undefined, headers)).status, { interval: 50 })
        .toBe(200);
      expect(Date.now() - back).toBeLessThan(RECOVERY_MS);
      await isolate.restart();
    }
  });
});
