import { createHash, randomBytes } from "node:crypto";
import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { nextRun } from "./cron.ts";
import { DueQueue } from "./due-queue.ts";
import type { BrokerFaults } from "./faults.ts";
import { FlowGate } from "./flow-gate.ts";
import type {
  Answer,
  DeadLetter,
  FlowControl,
  LogEvent,
  LogState,
  Message,
  Publish,
  Schedule,
  State,
} from "./model.ts";
import { readPublish } from "./publish.ts";
import { askedDelaySeconds, backoffSeconds, evaluateRetryDelay } from "./retry-delay.ts";
import { newSigningKey } from "./signing.ts";

/** How long a deduplication id is remembered, in milliseconds; the first message with it wins. */
const DEDUPLICATION_MS = 10 * 60 * 1000;
const LOG_LENGTH = 500;

export type Stats = {
  /** Messages accepted, callbacks and scheduled ones included, duplicates not. */
  published: number;
  deduplicated: number;
  /** Requests made to destinations. */
  attempts: number;
  delivered: number;
  /** Attempts that did not end in 2xx. */
  failedAttempts: number;
  deadLettered: number;
  pending: number;
  inFlight: number;
};

/** Keeps messages, schedules and dead letters, and delivers each message at least once. Knows nothing of HTTP servers. */
export class Broker {
  readonly messages = new Map<string, Message>();
  readonly deadLetters = new Map<string, DeadLetter>();
  readonly schedules = new Map<string, Schedule>();
  keys: { current: string; next: string };
  log: LogEvent[] = [];

  readonly #clock: Clock;
  readonly #retryScale: number;
  readonly #faults: BrokerFaults;
  readonly #save: () => Promise<void>;
  readonly #due = new DueQueue();
  readonly #gate = new FlowGate();
  readonly #waiting = new Map<string, string[]>();
  /** Deliveries whose outcome is not durable yet. */
  readonly #inFlight = new Set<Promise<void>>();
  /** Messages whose answer has not come yet. */
  readonly #underWay = new Set<string>();
  readonly #deduplication = new Map<string, { messageId: string; url: string; until: number }>();
  readonly #abort = new AbortController();
  readonly #counts = { published: 0, deduplicated: 0, attempts: 0, delivered: 0, failedAttempts: 0, deadLettered: 0 };
  #letterNumber = 0;

  /**
   * @param options.save makes the state durable; called after every change.
   * @param options.retryScale multiplies the back-off, whoever asked for it, so that a test need not wait for it.
   */
  constructor(options: {
    clock: Clock;
    retryScale: number;
    faults: BrokerFaults;
    state: State | null;
    keys: { current: string; next: string } | null;
    save: () => Promise<void>;
  }) {
    this.#clock = options.clock;
    this.#retryScale = options.retryScale;
    this.#faults = options.faults;
    this.#save = options.save;
    this.keys = options.keys ?? options.state?.keys ?? { current: newSigningKey(), next: newSigningKey() };
    if (options.state === null) return;
    this.log = options.state.log;
    for (const message of options.state.messages) this.#enqueue(message);
    for (const letter of options.state.dlq) this.deadLetters.set(letter.dlqId, letter);
    for (const { id, ...rest } of options.state.deduplication) this.#deduplication.set(id, rest);
    for (const schedule of options.state.schedules) {
      // Runs missed while the stack was off are not made up for.
      schedule.nextScheduleTime = nextRun(schedule.cron, this.#clock.now());
      this.schedules.set(schedule.scheduleId, schedule);
    }
  }

  state(): State {
    const now = this.#clock.now();
    return {
      version: 1,
      keys: this.keys,
      messages: [...this.messages.values()],
      dlq: [...this.deadLetters.values()],
      schedules: [...this.schedules.values()],
      deduplication: [...this.#deduplication]
        .filter(([, { until }]) => until > now)
        .map(([id, rest]) => ({ id, ...rest })),
      log: this.log,
    };
  }

  stats(): Stats {
    return { ...this.#counts, pending: this.messages.size, inFlight: this.#inFlight.size };
  }

  /**
   * Accepts a message; durable when this resolves. With a deduplication id used in the last ten minutes nothing new is
   * kept and the answer names the first message.
   */
  async publish(
    publish: Publish,
    deduplication: { id?: string | undefined; byContent?: boolean } = {},
  ): Promise<{ messageId: string; url: string; deduplicated?: true }> {
    const id = deduplication.id ?? (deduplication.byContent === true ? contentId(publish) : undefined);
    const now = this.#clock.now();
    if (id !== undefined) {
      const first = this.#deduplication.get(id);
      if (first !== undefined && first.until > now) {
        this.#counts.deduplicated += 1;
        return { messageId: first.messageId, url: first.url, deduplicated: true };
      }
    }
    const messageId = `msg_${randomBytes(20).toString("base64url")}`;
    if (id !== undefined) this.#deduplication.set(id, { messageId, url: publish.url, until: now + DEDUPLICATION_MS });
    const lost = this.#faults.lose.hit();
    if (!lost) this.#accept(publish, messageId);
    await this.#save();
    return { messageId, url: publish.url };
  }

  /** Forgets a message that is not delivered yet; false when there is none. */
  async cancel(messageId: string): Promise<boolean> {
    const message = this.messages.get(messageId);
    if (message === undefined) return false;
    this.messages.delete(messageId);
    this.#note(message, "CANCELLED");
    await this.#save();
    return true;
  }

  async schedule(schedule: Omit<Schedule, "nextScheduleTime" | "createdAt">): Promise<void> {
    const now = this.#clock.now();
    const nextScheduleTime = nextRun(schedule.cron, now);
    this.schedules.set(schedule.scheduleId, { ...schedule, createdAt: now, nextScheduleTime });
    await this.#save();
  }

  async changeSchedule(scheduleId: string, change: "pause" | "resume" | "delete"): Promise<boolean> {
    const schedule = this.schedules.get(scheduleId);
    if (schedule === undefined) return false;
    if (change === "delete") this.schedules.delete(scheduleId);
    else schedule.isPaused = change === "pause";
    if (change === "resume") schedule.nextScheduleTime = nextRun(schedule.cron, this.#clock.now());
    await this.#save();
    return true;
  }

  async deleteDeadLetter(dlqId: string): Promise<boolean> {
    const found = this.deadLetters.delete(dlqId);
    if (found) await this.#save();
    return found;
  }

  /** Publishes a dead letter again as a new message and takes it off the queue; null when there is none. */
  async retryDeadLetter(dlqId: string): Promise<{ messageId: string } | null> {
    const letter = this.deadLetters.get(dlqId);
    if (letter === undefined) return null;
    this.deadLetters.delete(dlqId);
    const { messageId } = await this.publish({ ...publishOf(letter), delaySeconds: 0 });
    return { messageId };
  }

  /** The next key becomes the current one and a new next key is made. */
  async rotateKeys(): Promise<{ current: string; next: string }> {
    this.keys = { current: this.keys.next, next: newSigningKey() };
    await this.#save();
    return this.keys;
  }

  /** Unix milliseconds at which something is to be done next, or null. */
  nextDue(): number | null {
    this.#dropStale();
    const runs = [...this.schedules.values()].filter((each) => !each.isPaused).map((each) => each.nextScheduleTime);
    const first = this.#due.first();
    const times = first === null ? runs : [first.at, ...runs];
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Starts every delivery that is due. `onEnd` is called after each has ended and its outcome is durable. */
  startDue(onEnd: () => void): void {
    const now = this.#clock.now();
    this.#runSchedules(now);
    for (;;) {
      this.#dropStale();
      const first = this.#due.first();
      if (first === null || first.at > now) return;
      this.#due.removeFirst();
      const message = this.messages.get(first.key)!;
      if (message.reordered !== true && this.#faults.reorder.hit()) {
        message.reordered = true;
        message.nextDelivery = now + this.#faults.reorderByMs;
        this.#enqueue(message);
        continue;
      }
      if (message.flowControl !== undefined) {
        const answer = this.#gate.enter(message.flowControl, now);
        if (answer === "wait") {
          const { key } = message.flowControl;
          this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), message.messageId]);
          continue;
        }
        if (answer !== "go") {
          message.nextDelivery = answer;
          this.#enqueue(message);
          continue;
        }
      }
      this.#underWay.add(message.messageId);
      const delivery: Promise<void> = this.#deliver(message).finally(() => {
        this.#inFlight.delete(delivery);
        onEnd();
      });
      this.#inFlight.add(delivery);
    }
  }

  /** Delivers everything that is due at the clock's time, callbacks and freed flow control included, and waits for it. */
  async tick(): Promise<void> {
    this.startDue(() => {});
    while (this.#inFlight.size > 0) {
      await Promise.race(this.#inFlight);
      this.startDue(() => {});
    }
  }

  /** Breaks off what is under way; those messages stay and are delivered again after a start. */
  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.allSettled(this.#inFlight);
    await this.#save();
  }

  #accept(publish: Publish, messageId: string, scheduleId?: string): void {
    const createdAt = this.#clock.now();
    const notBefore = createdAt + Math.round(publish.delaySeconds * 1000);
    const message: Message = { ...publish, messageId, createdAt, notBefore, nextDelivery: notBefore, retried: 0 };
    if (scheduleId !== undefined) message.scheduleId = scheduleId;
    this.#counts.published += 1;
    this.#note(message, "CREATED");
    this.#enqueue(message);
  }

  #enqueue(message: Message): void {
    this.messages.set(message.messageId, message);
    this.#due.add(message.messageId, message.nextDelivery);
  }

  /** Takes entries off the queue whose message is gone, moved to another time or under way. */
  #dropStale(): void {
    for (let first = this.#due.first(); first !== null; first = this.#due.first()) {
      const message = this.messages.get(first.key);
      if (message?.nextDelivery === first.at && !this.#underWay.has(first.key)) return;
      this.#due.removeFirst();
    }
  }

  #runSchedules(now: number): void {
    for (const schedule of this.schedules.values()) {
      if (schedule.isPaused || schedule.nextScheduleTime > now) continue;
      schedule.lastScheduleTime = schedule.nextScheduleTime;
      schedule.nextScheduleTime = nextRun(schedule.cron, now);
      this.#accept(schedule.publish, `msg_${randomBytes(20).toString("base64url")}`, schedule.scheduleId);
      // A run that is lost in a crash is followed by the next one; the message itself is saved with its outcome.
      this.#save().catch(() => {});
    }
  }

  async #deliver(message: Message): Promise<void> {
    this.#counts.attempts += 1;
    this.#note(message, "ACTIVE");
    const answer = await attempt(message, this.keys.current, this.#abort.signal);
    this.#underWay.delete(message.messageId);
    if (message.flowControl !== undefined) this.#release(message.flowControl);
    // Stopped or cancelled meanwhile: the first is delivered again after a start, the second is nobody's business.
    if (this.#abort.signal.aborted || !this.messages.has(message.messageId)) return;
    const { retried } = message;
    const delivered = answer.status >= 200 && answer.status < 300;
    if (delivered) this.#delivered(message);
    else this.#failed(message, answer);
    this.#callback("callback", message, retried, answer);
    await this.#save().catch((error: unknown) => console.error(`Message store not saved: ${String(error)}`));
  }

  #delivered(message: Message): void {
    this.#counts.delivered += 1;
    this.#note(message, "DELIVERED");
    this.messages.delete(message.messageId);
    if (message.duplicated === true || !this.#faults.duplicate.hit()) return;
    message.duplicated = true;
    message.nextDelivery = this.#clock.now() + this.#faults.duplicateAfterMs;
    this.#enqueue(message);
  }

  #failed(message: Message, answer: Answer): void {
    this.#counts.failedAttempts += 1;
    const final = answer.status === 489 && answer.header["Upstash-Nonretryable-Error"]?.[0] === "true";
    if (final || message.retried >= message.maxRetries) {
      this.messages.delete(message.messageId);
      const dlqId = `${this.#clock.now()}-${this.#letterNumber++}`;
      this.deadLetters.set(dlqId, {
        ...message,
        dlqId,
        responseStatus: answer.status,
        responseHeader: answer.header,
        responseBodyBase64: answer.body.toString("base64"),
      });
      this.#counts.deadLettered += 1;
      this.#note(message, "FAILED", answer);
      this.#callback("failureCallback", message, message.retried, answer, dlqId);
      return;
    }
    message.nextDelivery = this.#clock.now() + this.#waitMs(message, answer);
    this.#note(message, "RETRY", answer);
    message.retried += 1;
    this.#enqueue(message);
  }

  #waitMs(message: Message, answer: Answer): number {
    const asked = askedDelaySeconds(answer.header, this.#clock.now());
    if (asked !== null) return Math.round(asked * 1000);
    if (message.retryDelayExpression !== undefined) {
      return Math.round(evaluateRetryDelay(message.retryDelayExpression, message.retried) * this.#retryScale);
    }
    return Math.round(backoffSeconds(message.retried + 1) * 1000 * this.#retryScale);
  }

  /** Lets the next message in line for the key go; one that was cancelled meanwhile gives its turn on. */
  #release(flow: FlowControl): void {
    this.#gate.leave(flow);
    const line = this.#waiting.get(flow.key) ?? [];
    for (let next = line.shift(); next !== undefined; next = line.shift()) {
      const waiting = this.messages.get(next);
      if (waiting === undefined) continue;
      this.#due.add(next, waiting.nextDelivery);
      return;
    }
  }

  /** Source of the body: https://upstash.com/docs/qstash/features/callbacks */
  #callback(
    kind: "callback" | "failureCallback",
    message: Message,
    retried: number,
    answer: Answer,
    dlqId?: string,
  ): void {
    const url = message[kind];
    if (url === undefined) return;
    const headers = message[`${kind}Headers`];
    const body = {
      status: answer.status,
      header: answer.header,
      body: answer.body.toString("base64"),
      retried,
      maxRetries: message.maxRetries,
      ...(dlqId !== undefined && { dlqId }),
      sourceMessageId: message.messageId,
      url: message.url,
      method: message.method,
      sourceHeader: message.header,
      sourceBody: message.bodyBase64,
      notBefore: String(message.notBefore),
      createdAt: String(message.createdAt),
      ...(message.scheduleId !== undefined && { scheduleId: message.scheduleId }),
      callerIP: message.callerIP,
    };
    const publish = readPublish({
      destination: url,
      headers: { "upstash-retries": String(message.maxRetries), ...headers, "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(body)),
      nowMs: this.#clock.now(),
      callerIP: message.callerIP,
    });
    this.#accept(publish, `msg_${randomBytes(20).toString("base64url")}`);
  }

  #note(message: Message, state: LogState, answer?: Answer): void {
    this.log.push({
      time: this.#clock.now(),
      state,
      messageId: message.messageId,
      url: message.url,
      ...(state === "RETRY" && { nextDeliveryTime: message.nextDelivery }),
      ...(message.scheduleId !== undefined && { scheduleId: message.scheduleId }),
      ...(answer !== undefined && { responseStatus: answer.status }),
      ...(answer?.status === 0 && { error: answer.body.toString() }),
    });
    if (this.log.length > LOG_LENGTH) this.log = this.log.slice(-LOG_LENGTH / 2);
  }
}

/** Only what a publish decides, without the life of the message that came of it. */
function publishOf(message: Message): Publish {
  const { url, method, header, bodyBase64, maxRetries, retryDelayExpression, delaySeconds, timeoutSeconds } = message;
  const { callback, failureCallback, callbackHeaders, failureCallbackHeaders, labels, flowControl, callerIP } = message;
  return {
    url,
    method,
    header,
    bodyBase64,
    maxRetries,
    delaySeconds,
    callbackHeaders,
    failureCallbackHeaders,
    labels,
    callerIP,
    ...(retryDelayExpression !== undefined && { retryDelayExpression }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(callback !== undefined && { callback }),
    ...(failureCallback !== undefined && { failureCallback }),
    ...(flowControl !== undefined && { flowControl }),
  };
}

/** Content-based deduplication looks at destination, body and forwarded headers. */
function contentId({ url, method, bodyBase64, header }: Publish): string {
  const content = JSON.stringify([
    url,
    method,
    bodyBase64,
    Object.entries(header).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return `content:${createHash("sha256").update(content).digest("hex")}`;
}
