/** Limits for the requests with the same key. */
export type FlowControl = {
  key: string;
  /** Maximum number of requests in flight. */
  parallelism?: number;
  /** Maximum number of requests started in each period. */
  rate?: number;
  periodSeconds: number;
};

/** The parameters of a publish. */
export type Publish = {
  /** The destination, exactly as published, because the signature names it. */
  url: string;
  contentType: string | undefined;
  bodyBase64: string;
  maxRetries: number;
  retryDelayExpression?: string;
  /** Unix milliseconds of the first attempt. */
  notBefore: number;
  failureCallback?: string;
  flowControl?: FlowControl;
  callerIP: string;
};

export type Message = Publish & {
  messageId: string;
  /** Unix milliseconds. */
  createdAt: number;
  /** Unix milliseconds of the next attempt. */
  nextDelivery: number;
  /** Failed attempts so far. */
  retried: number;
  /** Set by faults, so that each strikes a message once. */
  duplicated?: true;
  reordered?: true;
};

/** A destination's answer; without one `status` is 0 and the body is the reason. */
export type Answer = { status: number; header: Record<string, string[]>; body: Buffer };

export type DeadLetter = Message & {
  dlqId: string;
  responseStatus: number;
  responseHeader: Record<string, string[]>;
  responseBodyBase64: string;
};

/** For the page: a message that was delivered. `at` is Unix milliseconds. */
export type Delivered = { at: number; messageId: string; url: string };

/** The content of the file. */
export type State = {
  version: 2;
  keys: { current: string; next: string };
  messages: Message[];
  dlq: DeadLetter[];
  deduplication: { id: string; messageId: string; url: string; until: number }[];
  delivered: Delivered[];
};

/** A refusal with its status and the text of its `{error}` body. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
