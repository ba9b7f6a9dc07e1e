import ICAL from "ical.js";
import { simpleParser } from "mailparser";
import { beforeAll, describe, expect, test } from "vitest";
import { type Random, random } from "#dev/seed/random.ts";
import { type Truth, isNews } from "../soak/settling/truth.ts";
import { SEED } from "../support/seed.ts";
import { type Api, type TestStack, freeSlots, useStack } from "../support/stack.ts";

const BURSTS = Number(process.env["TELL_BURSTS"] ?? 24);
const BACKLOG = Number(process.env["TELL_BACKLOG"] ?? 300);

const QUIET_SECONDS = 2;
/** A callback comes up to a second late (QStash counts whole ones), and later still on a busy machine. */
const UNCLEAR_SECONDS = 3;
const ABREAST = 4;

interface Told {
  uid: string;
  sequence: number;
  method: string;
  startsAt: number;
}

describe("notifying under load, in real time", () => {
  const stack = useStack({ qstashRetryScale: 0.05 });
  // Reminders of what was seeded are mails as well.
  beforeAll(() => stack().sql("update policy set reminder_hours = '{}'"));

  test(`${BURSTS} bursts through the whole stack: Each patient is notified once, of the final state`, async () => {
    const s = stack();
    await s.sql("update policy set quiet_seconds = $1, max_delay_seconds = 60, change_budget = 100", [QUIET_SECONDS]);
    const { messages } = s.qstash.faults;
    messages.lose.when((n) => n % 20 === 7);
    messages.duplicate.when((n) => n % 20 === 3);
    messages.reorder.when((n) => n % 5 === 1);
    s.ses.faults.dropReply.when((n) => n % 60 === 11);

    const dice = random(SEED);
    const staff = await s.as("staff1");
    const patients = await s.newPatients(Math.min(BURSTS, 200));
    const slots = (await freeSlots(s, BURSTS * 3)).map(({ id }) => id);
    const bursts = Array.from({ length: BURSTS }, (_, n) => ({
      patientId: patients[n % patients.length]!.id,
      slots: slots.slice(n * 3, n * 3 + 3),
    }));
    const ended = new Map<string, Truth[]>();
    await Promise.all(
      Array.from({ length: ABREAST }, async () => {
        for (let next = bursts.shift(); next; next = bursts.shift()) {
          const { id, truths } = await burst(staff, dice, next);
          ended.set(id, truths);
        }
      }),
    );

    // Lost notifications are sent by the cron, which would run within a minute.
    const isDirty = async () => {
      await s.worker.scheduled("* * * * *").catch(() => undefined);
      const [row] = await s.sql<{ dirty: number }>(
        "select count(*)::int as dirty from outbox where due_at is not null",
      );
      return row?.dirty;
    };
    await expect.poll(isDirty, { interval: 1000 }).toBe(0);
    const faults = [messages.lose, messages.duplicate, messages.reorder].map(({ fired }) => fired);
    const lostAcknowledgements = s.ses.faults.dropReply.fired;
    await s.qstash.faults.clear();
    s.ses.faults.dropReply.off();
    expect(Math.min(...faults)).toBeGreaterThan(0);

    const told = await readMails(s);
    const [least, most] = [[], []] as [number[], number[]];
    let count = 0;
    for (const [id, truths] of ended) {
      const mails = told.filter(({ uid }) => uid === `${id}@holdfast`);
      count += mails.length;
      const end = truths.at(-1)!;
      const last = mails.toSorted((a, b) => a.sequence - b.sequence).at(-1);
      if (end.status === "cancelled") expect([undefined, "CANCEL"]).toContain(last?.method);
      else expect(last).toMatchObject({ method: "REQUEST", startsAt: end.startsAt });
      const times = await s.sql<{ at: number }>(
        `select (extract(epoch from at) * 1000)::float8 as at from audit where entity_id = $1
           and action in ('appointment.confirm', 'appointment.reschedule', 'appointment.cancel', 'appointment.place') order by at`,
        [id],
      );
      expect(times).toHaveLength(truths.length);
      const at = times.map((row) => row.at);
      least.push(notices(truths, at, QUIET_SECONDS + UNCLEAR_SECONDS));
      most.push(notices(truths, at, QUIET_SECONDS));
    }
    const sum = (list: number[]): number => list.reduce((total, one) => total + one, 0);
    if (process.env["TELL_REPORT"]) {
      console.log(
        `seed ${SEED}: ${ended.size} bursts, ${count} messages, ideal ${sum(least)} to ${sum(most)}, ` +
          `${faults.join(" / ")} lost / duplicated / reordered, ${lostAcknowledgements} lost acknowledgements`,
      );
    }
    expect(count).toBeGreaterThanOrEqual(sum(least));
    expect(count).toBeLessThanOrEqual(sum(most) + lostAcknowledgements);
  }, 900_000);

  test(`${BACKLOG} notifications that were due while the queue was down are sent by the cron, once each, within five minutes`, async () => {
    const s = stack();
    await s.qstash.faults.down();
    await fillBacklog(s, BACKLOG);
    const before = s.ses.stats().accepted;
    const began = Date.now();
    const due = async () => {
      const [row] = await s.sql<{ due: number }>("select count(*)::int as due from outbox where due_at is not null");
      return row?.due ?? 0;
    };
    // As Cloudflare does: every minute, whether or not the one before has ended.
    for (let minute = 0; (await due()) > 0 && minute < 10; minute++) {
      const run = s.worker.scheduled("* * * * *");
      const next = new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, began + (minute + 1) * 60_000 - Date.now())),
      );
      await Promise.race([next, run]);
      if ((await due()) > 0) await next;
    }
    const seconds = (Date.now() - began) / 1000;
    await s.qstash.faults.up();
    const accepted = s.ses.stats().accepted - before;
    const [row] = await s.sql<{ expected: number; once: number; more: number }>(
      `select count(*) filter (where kind <> 'nothing')::int as expected,
         count(*) filter (where kind <> 'nothing' and sent = 1)::int as once,
         count(*) filter (where sent > 1 or (kind = 'nothing' and sent > 0))::int as more
       from (select b.kind, (select count(*) from deliveries d where d.appointment_id = b.id and d.state <> 'failed') as sent
         from backlog b) x`,
    );
    if (process.env["TELL_REPORT"]) {
      console.log(
        `${BACKLOG} due, ${accepted} messages in ${seconds.toFixed(1)} s (${(accepted / seconds).toFixed(0)} a second)`,
      );
    }
    expect(row).toEqual({ expected: accepted, once: accepted, more: 0 });
    expect(accepted).toBeGreaterThan(BACKLOG / 2);
    expect(seconds).toBeLessThan(300);
  }, 900_000);
});

/** Books, then changes up to three times, as fast as the answers come. Returns the true state after each. */
async function burst(staff: Api, dice: Random, { patientId, slots }: { patientId: string; slots: string[] }) {
  const override = { reason: "A burst" };
  const truths: Truth[] = [];
  let [id, etag] = ["", ""];
  const learn = ({ status, headers, body }: Awaited<ReturnType<Api>>): void => {
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    [id, etag] = [body.id, headers.get("ETag") ?? ""];
    truths.push({ status: body.status, startsAt: Date.parse(body.startsAt), doctorId: body.doctorId });
  };
  const hold = async (slotId = ""): Promise<string> =>
    (await staff("POST", "/holds", { slotId, patientId, override })).body.id;
  learn(await staff("POST", "/appointments", { holdId: await hold(slots[0]), patientId, override }));
  for (let more = dice.weighted([2, 3, 3, 2]), at = 0; more > 0; more--) {
    if (dice.next() < 0.15) {
      const reason = { by: "patient", code: "other" };
      learn(await staff("POST", `/appointments/${id}/cancel`, { patientId, override, reason }, { "If-Match": etag }));
      break;
    }
    at = (at + 1 + dice.below(2)) % 3;
    const body = { holdId: await hold(slots[at]), patientId, override };
    learn(await staff("POST", `/appointments/${id}/reschedule`, body, { "If-Match": etag }));
  }
  return { id, truths };
}

/** Number of messages for the changes, if a pause of this many seconds ends a burst. */
function notices(truths: Truth[], at: number[], seconds: number): number {
  let known: Truth | null = null;
  let count = 0;
  for (const [n, truth] of truths.entries()) {
    const next = at[n + 1];
    if (next !== undefined && next - (at[n] ?? 0) < seconds * 1000) continue;
    if (isNews(known, truth)) count += 1;
    known = truth;
  }
  return count;
}

async function readMails(s: TestStack): Promise<Told[]> {
  const { emails } = (await (await fetch(new URL("/store", s.urls.inbox))).json()) as {
    emails: { messageId: string }[];
  };
  const told: Told[] = [];
  for (const { messageId } of emails) {
    const raw = await (await fetch(new URL(`/messages/${messageId}/raw`, s.urls.inbox))).text();
    const { attachments } = await simpleParser(raw);
    const text = attachments.find(({ contentType }) => contentType === "text/calendar")?.content.toString();
    if (text === undefined) continue;
    const calendar = new ICAL.Component(ICAL.parse(text));
    const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent") ?? undefined);
    const method = String(calendar.getFirstPropertyValue("method"));
    told.push({ uid: event.uid, sequence: event.sequence, method, startsAt: event.startDate.toJSDate().getTime() });
  }
  return told;
}

/**
 * This number of appointments with a due notification, in a table `backlog` with its expected content. Most are booked, some
 * were cancelled. Some are in the last notified state, so they need no message.
 */
async function fillBacklog(s: TestStack, size: number): Promise<void> {
  await s.sql(
    `create table backlog as
     select uuidv7() as id, s.id as slot, s.doctor_id, s.location_id, s.starts_at, s.ends_at, p.id as patient,
       case when s.n % 10 = 3 then 'cancelled' when s.n % 10 = 7 then 'nothing' else 'booked' end as kind
     from (select s.*, row_number() over (order by starts_at, id) as n from slots s
         where status = 'open' and appointment_id is null and hold_id is null and starts_at > now() + interval '3 days') s
       join (select t.id, row_number() over (order by id) as n, count(*) over () as count from patients t
         where email is not null and active and not exists (select from appointments a where a.patient_id = t.id)) p on p.n = s.n % p.count + 1
     order by s.n limit $1`,
    [size],
  );
  const [made] = await s.sql<{ n: number }>("select count(*)::int as n from backlog");
  if (made?.n !== size) throw new Error(`the seeded clinic has room for ${made?.n} of ${size}`);
  await s.sql(`insert into appointments (id, patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, status,
      overlap_allowed, cancelled_by, cancel_code)
    select id, patient, doctor_id, location_id, case when kind <> 'cancelled' then slot end, starts_at, ends_at,
      case when kind = 'cancelled' then 'cancelled' else 'booked' end, true,
      case when kind = 'cancelled' then 'clinic' end, case when kind = 'cancelled' then 'closed' end from backlog`);
  await s.sql("update slots s set appointment_id = b.id from backlog b where s.id = b.slot and b.kind <> 'cancelled'");
  await s.sql(`insert into outbox (appointment_id, patient_id, first_dirty_at, due_at, sequence, last_notified)
    select b.id, patient, now() - interval '1 minute', now() - interval '1 second',
      case when kind = 'booked' then -1 else 0 end,
      case when kind <> 'booked' then jsonb_build_object('state', 'booked', 'timeZone', l.time_zone,
        'startsAt', floor(1000 * extract(epoch from starts_at)), 'endsAt', floor(1000 * extract(epoch from ends_at)),
        'locationId', location_id, 'doctorId', doctor_id) end
    from backlog b join locations l on l.id = b.location_id`);
}
