import type { Services } from "#src/context.ts";
import { random } from "#dev/seed/random.ts";
import type { Outgoing } from "#domain/message/sender.ts";
import { dedupeOf } from "#domain/settle.ts";
import { runOnce as notify } from "#jobs/notify.ts";
import { QUIET_SECONDS, foundSettlingClinic } from "./clinic.ts";
import type { Life } from "./life.ts";
import { Died, mortal } from "./mortal.ts";
import { Sink } from "./sink.ts";
import { Timeline } from "./timeline.ts";
import { type Truth, isNews } from "./truth.ts";
import { UnreliableQueue } from "./unreliable-queue.ts";
import type { VirtualDatabase } from "./virtual-database.ts";

/** Shares of 1: the faults of QStash's messages, of runs, and of mails given to SES. */
export const FAULTS = {
  lost: 0.05,
  duplicated: 0.05,
  reordered: 0.2,
  crashed: 0.05,
  unacknowledged: 0.01,
  refused: 0.01,
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/**
 * Every half second is for people, every whole one for machines. So no change falls between a claim and its message by
 * accident.
 */
const BEGINS = Date.UTC(2026, 10, 30, 8);
const HALF = 500;

/** One appointment, its notifications, and those that the naive way would have sent. */
interface Watched {
  life: Life;
  known: Truth | null;
  sequence: number;
  /** The patient's knowledge when the burst began. The net change is compared with it. */
  knownBefore: Truth | null;
  burst: number;
  /** The next burst begins the moment a message is sent. */
  nextAtSend: boolean;
  naive: Truth | null;
  readonly truth: Truth | null;
}

export interface Report {
  bursts: number;
  appointments: number;
  changes: number;
  /** The messages of a perfect observer. */
  ideal: number;
  messages: number;
  /** Mails that SES accepted without the Worker's knowledge, by SES's fault or because the run died. */
  lostAcknowledgements: number;
  neverNotified: number;
  stale: number;
  /** Bursts that began before the notification of the burst before, so that both have one notification. */
  merged: number;
  begunWhileSending: number;
  crashes: number;
  refusals: number;
  queue: UnreliableQueue["counts"];
  sink: Sink["counts"];
  wrong: string[];
  naive: { messages: number; lostFinalState: number };
}

/**
 * Runs a number of bursts of changes in virtual time, with real verbs and the real notify job on real SQL. The queue and the
 * mail service have the faults of `FAULTS`. The minute's trigger runs too. The naive way beside it has one message per
 * appointment by deduplication, with the state at its publishing. Its queue has the same faults.
 */
export async function simulate(database: VirtualDatabase, settings: { bursts: number; seed: number }): Promise<Report> {
  const { db, admin } = database;
  const timeline = new Timeline(BEGINS);
  const dice = random(settings.seed);
  const queue = new UnreliableQueue(timeline, random(settings.seed + 1), FAULTS);
  const naiveQueue = new UnreliableQueue(timeline, random(settings.seed + 2), FAULTS);
  const naiveDice = random(settings.seed + 3);
  const sink = new Sink(admin);
  const watched = new Map<string, Watched>();
  const all: Watched[] = [];
  const count = {
    bursts: 0,
    changes: 0,
    ideal: 0,
    merged: 0,
    begunWhileSending: 0,
    crashes: 0,
    refusals: 0,
    lostAcknowledgements: 0,
    naiveMessages: 0,
    naiveLost: 0,
  };
  let open = 0;
  await database.setClock(timeline.now);
  const nextLife = await foundSettlingClinic(admin, BEGINS + 60 * DAY_MS);

  /** One run of the job, which may die during its work, or at the end before it is answered. */
  async function run(payload: { appointmentId?: string }): Promise<void> {
    const diesAt = dice.next() < FAULTS.crashed ? dice.below(8) : null;
    const taken: string[] = [];
    const { services, isDead } = mortal(servicesOf(taken), diesAt);
    const failure = await notify(services, payload).then(
      () => null,
      (error: unknown) => error,
    );
    if (diesAt !== null) count.crashes += 1;
    if (isDead()) {
      const { rows } = await admin.query<{ n: number }>(
        "select count(*)::int as n from deliveries where id = any($1) and message_id is null",
        [taken],
      );
      count.lostAcknowledgements += rows[0]?.n ?? 0;
    }
    if (failure) throw failure;
    if (diesAt !== null) throw new Died();
  }

  /** `taken`: the deliveries that SES has taken in this run and said so. */
  function servicesOf(taken: string[]): Services {
    return {
      env: { PUBLIC_URL: "https://clinic.example", SES_FROM: "clinic@clinic.example", SES_PER_SECOND: 1_000_000 },
      db,
      queue: queue.adapter((ids) => run(ids)),
      sender: {
        async send(message: Outgoing) {
          const one = watched.get(message.tags["appointment"] ?? "");
          if (!one) throw new Error("a message about nobody");
          if (dice.next() < FAULTS.refused) {
            count.refusals += 1;
            throw new Error("SES answered 503");
          }
          await sink.read(one, message);
          if (one.nextAtSend) {
            count.begunWhileSending += 1;
            await beginBurst(one, one.burst);
          }
          if (dice.next() < FAULTS.unacknowledged) {
            count.lostAcknowledgements += 1;
            throw new Error("no answer in time");
          }
          taken.push(message.tags["delivery"] ?? "");
          return crypto.randomUUID();
        },
      },
      log: () => {},
    } as unknown as Services;
  }

  /** The result of the burst, once the next begins or all is over. */
  function judge(one: Watched): void {
    if (one.truth === null) return;
    if (isNews(one.naive, one.truth)) count.naiveLost += 1;
    if (isNews(one.known, one.truth)) {
      count.merged += 1;
      return;
    }
    if (isNews(one.knownBefore, one.truth)) count.ideal += 1;
    one.knownBefore = one.known;
  }

  async function beginBurst(one: Watched, expected: number): Promise<void> {
    if (one.burst !== expected || one.life.isOver) return;
    judge(one);
    one.burst += 1;
    one.nextAtSend = false;
    count.bursts += 1;
    await change(one, dice.weighted([2, 4, 3, 2]));
  }

  async function change(one: Watched, more: number): Promise<void> {
    const dueAt = await one.life.change(db, dice);
    count.changes += 1;
    watched.set(one.life.id, one);
    if (dueAt !== null) schedule(one.life.id, dueAt);
    naively(one);
    if (one.life.isOver) {
      open -= 1;
      return;
    }
    const { now } = timeline;
    // Two gaps within the quiet window, for agreeing to a move restarts it not.
    if (more > 0) return timeline.at(later(now, 3, 28), () => change(one, more - 1));
    if (dice.next() < 0.4) {
      open -= 1;
      return;
    }
    const { burst } = one;
    one.nextAtSend = dice.next() < 0.2;
    timeline.at(one.nextAtSend ? later(now, 3000, 3600) : later(now, 1200, 2400), () => beginBurst(one, burst));
  }

  const later = (now: number, least: number, most: number): number =>
    (Math.floor(now / 1000) + least + dice.below(most - least)) * 1000 + HALF;

  function schedule(appointmentId: string, dueAt: number): void {
    const options = { notBefore: dueAt, dedupe: dedupeOf(appointmentId, dueAt) };
    try {
      queue.publish(options, () => run({ appointmentId }));
    } catch {
      // As in the Worker: it is only late.
    }
  }

  function naively(one: Watched): void {
    const said = one.truth;
    try {
      const options = { notBefore: timeline.now + QUIET_SECONDS * 1000, dedupe: one.life.id };
      naiveQueue.publish(options, async () => {
        const crashes = naiveDice.next() < FAULTS.crashed;
        if (crashes && naiveDice.next() < 0.5) throw new Died();
        count.naiveMessages += 1;
        one.naive = said;
        if (crashes) throw new Died();
      });
    } catch {
      // Lost.
    }
  }

  async function arrive(): Promise<void> {
    if (count.bursts + open >= settings.bursts) return;
    const life = await nextLife();
    const one: Watched = {
      life,
      known: null,
      sequence: -1,
      knownBefore: null,
      burst: 0,
      nextAtSend: false,
      naive: null,
      get truth() {
        return life.truth;
      },
    };
    all.push(one);
    open += 1;
    timeline.at(later(timeline.now, 1, 6), arrive);
    await beginBurst(one, 0);
  }

  /** The cron, until no notification is due. */
  async function cron(): Promise<void> {
    await run({}).catch(() => undefined);
    const { rows } = await admin.query<{ dirty: boolean }>(
      "select exists (select from outbox where due_at is not null) as dirty",
    );
    if (open > 0 || rows[0]?.dirty) timeline.at(timeline.now + MINUTE_MS, cron);
  }

  timeline.at(BEGINS + HALF, arrive);
  timeline.at(BEGINS + MINUTE_MS, cron);
  await timeline.run((now) => database.setClock(now));

  for (const one of all) judge(one);
  const unknowing = all.filter(({ known, truth }) => truth !== null && isNews(known, truth));
  return {
    bursts: count.bursts,
    changes: count.changes,
    ideal: count.ideal,
    lostAcknowledgements: count.lostAcknowledgements,
    begunWhileSending: count.begunWhileSending,
    crashes: count.crashes,
    refusals: count.refusals,
    appointments: all.length,
    messages: sink.counts.messages,
    neverNotified: unknowing.length,
    stale: sink.counts.stale,
    merged: count.merged - unknowing.length,
    queue: queue.counts,
    sink: sink.counts,
    wrong: [...sink.wrong, ...unknowing.map(({ life, known }) => `${life.id} believes ${JSON.stringify(known)}`)].slice(
      0,
      20,
    ),
    naive: { messages: count.naiveMessages, lostFinalState: count.naiveLost },
  };
}
