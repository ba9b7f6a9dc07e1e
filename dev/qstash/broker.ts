import { randomBytes } from "node:crypto";
import { attempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { DueQueue } from "./due-queue.ts";
import type { BrokerFaults } from "./faults.ts";
import { failureReport } from "./failure-report.ts";
import { FlowGate } from "./flow-gate.ts";
import type { Answer, DeadLetter, Delivered, FlowControl, Message, Publish, State } from "./model.ts";
import { askedDelaySeconds, backoffSeconds, evaluateRetryDelay } from "./retry-delay.ts";
import { newSigningKey } from "./signing.ts";

/** How long a deduplication id is remembered, in milliseconds; the first message with it wins. */
const DEDUPLICATION_MS = 10 * 60 * 1000;
/** Deliveries kept for the page. */
const DELIVERED_LENGTH = 50;

export type Stats = {
  /** Messages accepted, failure callbacks included, duplicates not. */
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

/** Keeps messages and dead letters, and delivers each message at least once. Knows nothing of HTTP servers. */
export class Broker {
  readonly messages = new Map<string, Message>();
  readonly deadLetters = new Map<string, DeadLetter>();
  readonly keys: { current: string; next: string };
  /** Oldest first. */
  readonly delivered: Delivered[];

  readonly #clock: Clock;
  readonly #retryScale: number;
  readonly #faults: BrokerFaults;
  readonly #save: () => Promise<void>;
  readonly #due = new DueQueue();
  readonly #gate = new FlowGate();
  /** Messages that wait for another one of their flow-control key to end. */
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
   * @param options.retryScale multiplies the back-off, so that a test need not wait for it.
   */
  constructor(options: {
    clock: Clock;
    retryScale: number;
    faults: BrokerFaults;
    state: State | null;
    keys: { current: string; next: string } | null;
    save: () => Promise<void>;
  }) {
    const { state } = options;
    this.#clock = options.clock;
    this.#retryScale = options.retryScale;
    this.#faults = options.faults;
    this.#save = options.save;
    this.keys = options.keys ?? state?.keys ?? { current: newSigningKey(), next: newSigningKey() };
    this.delivered = state?.delivered ?? [];
    for (const message of state?.messages ?? []) this.#enqueue(message);
    for (const letter of state?.dlq ?? []) this.deadLetters.set(letter.dlqId, letter);
    for (const { id, ...rest } of state?.deduplication ?? []) this.#deduplication.set(id, rest);
  }

  state(): State {
    const now = this.#clock.now();
    return {
      version: 2,
      keys: this.keys,
      messages: [...this.messages.values()],
      dlq: [...this.deadLetters.values()],
      deduplication: [...this.#deduplication]
        .filter(([, { until }]) => until > now)
        .map(([id, rest]) => ({ id, ...rest })),
      delivered: this.delivered,
    };
  }

  stats(): Stats {
    return { ...this.#counts, pending: this.messages.size, inFlight: this.#inFlight.size };
  }

  /**
   * Accepts a message; durable when this resolves. With a deduplication id of the last ten minutes nothing is stored, and
   * the answer names the first message.
   */
  async publish(
    publish: Publish,
    deduplicationId?: string,
  ): Promise<{ messageId: string; url: string; deduplicated?: true }> {
    const { url } = publish;
    const now = this.#clock.now();
    const first = deduplicationId === undefined ? undefined : this.#deduplication.get(deduplicationId);
    if (first !== undefined && first.until > now) {
      this.#counts.deduplicated += 1;
      return { messageId: first.messageId, url: first.url, deduplicated: true };
    }
    const messageId = newMessageId();
    if (deduplicationId !== undefined) {
      this.#deduplication.set(deduplicationId, { messageId, url, until: now + DEDUPLICATION_MS });
    }
    if (!this.#faults.lose.hit()) this.#accept(publish, messageId);
    await this.#save();
    return { messageId, url };
  }

  /** Unix milliseconds of the next delivery, or null. */
  nextDue(): number | null {
    this.#dropStale();
    return this.#due.first()?.at ?? null;
  }

  /** Starts every delivery that is due. `onEnd` is called after each has ended and its outcome is durable. */
  startDue(onEnd: () => void): void {
    const now = this.#clock.now();
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

  /** Delivers everything that is due at the clock's time, failure callbacks included, and waits for it. */
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

  #accept(publish: Publish, messageId: string): void {
    this.#counts.published += 1;
    const createdAt = this.#clock.now();
    this.#enqueue({ ...publish, messageId, createdAt, nextDelivery: publish.notBefore, retried: 0 });
  }

  #enqueue(message: Message): void {
    this.messages.set(message.messageId, message);
    this.#due.add(message.messageId, message.nextDelivery);
  }

  /** Removes entries of the queue whose message is gone, moved to another time or under way. */
  #dropStale(): void {
    for (let first = this.#due.first(); first !== null; first = this.#due.first()) {
      const message = this.messages.get(first.key);
      if (message?.nextDelivery === first.at && !this.#underWay.has(first.key)) return;
      this.#due.removeFirst();
    }
  }

  async #deliver(message: Message): Promise<void> {
    this.#counts.attempts += 1;
    const answer = await attempt(message, this.keys.current, this.#abort.signal);
    this.#underWay.delete(message.messageId);
    if (message.flowControl !== undefined) this.#release(message.flowControl);
    // Stopped before the answer came: the message is delivered again after a start.
    if (this.#abort.signal.aborted) return;
    if (answer.status >= 200 && answer.status < 300) this.#succeed(message);
    else this.#fail(message, answer);
    await this.#save().catch((error: unknown) => console.error(`Message store not saved: ${String(error)}`));
  }

  #succeed(message: Message): void {
    const { messageId, url } = message;
    this.#counts.delivered += 1;
    this.delivered.push({ at: this.#clock.now(), messageId, url });
    if (this.delivered.length > DELIVERED_LENGTH) this.delivered.shift();
    this.messages.delete(messageId);
    if (message.duplicated === true || !this.#faults.duplicate.hit()) return;
    message.duplicated = true;
    message.nextDelivery = this.#clock.now() + this.#faults.duplicateAfterMs;
    this.#enqueue(message);
  }

  #fail(message: Message, answer: Answer): void {
    this.#counts.failedAttempts += 1;
    const final = answer.status === 489 && answer.header["Upstash-Nonretryable-Error"]?.[0] === "true";
    if (!final && message.retried < message.maxRetries) {
      message.nextDelivery = this.#clock.now() + this.#waitMs(message, answer);
      message.retried += 1;
      this.#enqueue(message);
      return;
    }
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
    if (message.failureCallback === undefined) return;
    const report = failureReport(message, message.failureCallback, answer, dlqId, this.#clock.now());
    this.#accept(report, newMessageId());
  }

  #waitMs(message: Message, answer: Answer): number {
    const asked = askedDelaySeconds(answer.header);
    if (asked !== null) return asked * 1000;
    if (message.retryDelayExpression !== undefined) {
      return Math.round(evaluateRetryDelay(message.retryDelayExpression, message.retried) * this.#retryScale);
    }
    return Math.round(backoffSeconds(message.retried + 1) * 1000 * this.#retryScale);
  }

  /** Sends the key's next waiting message. */
  #release(flow: FlowControl): void {
    this.#gate.leave(flow);
    const next = this.#waiting.get(flow.key)?.shift();
    const waiting = next === undefined ? undefined : this.messages.get(next);
    if (waiting !== undefined) this.#due.add(waiting.messageId, waiting.nextDelivery);
  }
}

function newMessageId(): string {
  return `msg_${randomBytes(20).toString("base64url")}`;
}
