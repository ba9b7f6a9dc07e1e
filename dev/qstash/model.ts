/** A wish to hold requests with the same key back. */
export type FlowControl = {
  key: string;
  /** At most this many requests under way at once. */
  parallelism?: number;
  /** At most this many requests started in each period. */
  rate?: number;
  periodSeconds: number;
};

/** Everything a publish decides; schedules keep it and publish it again and again. */
export type Publish = {
  /** The destination, exactly as published: it is what the signature names. */
  url: string;
  method: string;
  /** Headers for the destination, names as in `Content-Type`. */
  header: Record<string, string[]>;
  bodyBase64: string;
  maxRetries: number;
  retryDelayExpression?: string;
  delaySeconds: number;
  timeoutSeconds?: number;
  callback?: string;
  failureCallback?: string;
  /** `upstash-*` headers for the messages that carry callbacks, small letters. */
  callbackHeaders: Record<string, string>;
  failureCallbackHeaders: Record<string, string>;
  labels: string[];
  flowControl?: FlowControl;
  callerIP: string;
};

export type Message = Publish & {
  messageId: string;
  /** Unix milliseconds. */
  createdAt: number;
  /** Unix milliseconds; when it was to be delivered at first. */
  notBefore: number;
  /** Unix milliseconds of the next attempt. */
  nextDelivery: number;
  /** Failed attempts so far. */
  retried: number;
  scheduleId?: string;
  /** Set by faults, so that each strikes a message once. */
  duplicated?: true;
  reordered?: true;
};

/** What came back from a destination; `status` 0 and the reason as the body when nothing did. */
export type Answer = { status: number; header: Record<string, string[]>; body: Buffer };

export type DeadLetter = Message & {
  dlqId: string;
  responseStatus: number;
  responseHeader: Record<string, string[]>;
  responseBodyBase64: string;
};

export type Schedule = {
  scheduleId: string;
  cron: string;
  createdAt: number;
  publish: Publish;
  isPaused: boolean;
  lastScheduleTime?: number;
  nextScheduleTime: number;
};

export type LogState = "CREATED" | "ACTIVE" | "RETRY" | "ERROR" | "DELIVERED" | "FAILED" | "CANCELLED";

export type LogEvent = {
  /** Unix milliseconds. */
  time: number;
  state: LogState;
  messageId: string;
  url: string;
  nextDeliveryTime?: number;
  scheduleId?: string;
  responseStatus?: number;
  error?: string;
};

/** What the file keeps. */
export type State = {
  version: 1;
  keys: { current: string; next: string };
  messages: Message[];
  dlq: DeadLetter[];
  schedules: Schedule[];
  deduplication: { id: string; messageId: string; url: string; until: number }[];
  log: LogEvent[];
};

/** A refusal with the status and the words of its `{error}` body. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
