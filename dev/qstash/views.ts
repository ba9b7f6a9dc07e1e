import type { DeadLetter, LogEvent, Message, Schedule } from "./model.ts";

/** A message as `GET /v2/messages/{id}` shows it. */
export function messageView(message: Message): Record<string, unknown> {
  return {
    messageId: message.messageId,
    url: message.url,
    method: message.method,
    header: message.header,
    ...bodyView("body", message.bodyBase64),
    maxRetries: message.maxRetries,
    retryDelayExpression: message.retryDelayExpression,
    notBefore: message.notBefore,
    createdAt: message.createdAt,
    callback: message.callback,
    failureCallback: message.failureCallback,
    scheduleId: message.scheduleId,
    callerIP: message.callerIP,
    ...labelView(message.labels),
    ...flowView(message),
  };
}

/** A dead letter as `GET /v2/dlq` shows it. */
export function deadLetterView(letter: DeadLetter): Record<string, unknown> {
  return {
    ...messageView(letter),
    dlqId: letter.dlqId,
    responseStatus: letter.responseStatus,
    responseHeader: letter.responseHeader,
    ...bodyView("responseBody", letter.responseBodyBase64),
  };
}

/** A schedule as `GET /v2/schedules` shows it. */
export function scheduleView({ publish, ...schedule }: Schedule): Record<string, unknown> {
  return {
    scheduleId: schedule.scheduleId,
    cron: schedule.cron,
    createdAt: schedule.createdAt,
    destination: publish.url,
    method: publish.method,
    header: publish.header,
    ...bodyView("body", publish.bodyBase64),
    retries: publish.maxRetries,
    retryDelayExpression: publish.retryDelayExpression,
    delay: publish.delaySeconds === 0 ? undefined : publish.delaySeconds,
    callback: publish.callback,
    failureCallback: publish.failureCallback,
    callerIP: publish.callerIP,
    isPaused: schedule.isPaused,
    lastScheduleTime: schedule.lastScheduleTime,
    nextScheduleTime: schedule.nextScheduleTime,
    ...labelView(publish.labels),
    ...flowView(publish),
  };
}

/** What a list can be narrowed by, in the words of the query string. */
export function matchesQuery(
  item: Message & { dlqId?: string; responseStatus?: number },
  query: URLSearchParams,
): boolean {
  const values: Record<string, string[]> = {
    messageId: [item.messageId],
    messageIds: [item.messageId],
    dlqIds: item.dlqId === undefined ? [] : [item.dlqId],
    url: [item.url],
    label: item.labels,
    scheduleId: item.scheduleId === undefined ? [] : [item.scheduleId],
    flowControlKey: item.flowControl === undefined ? [] : [item.flowControl.key],
    callerIp: [item.callerIP],
    responseStatus: item.responseStatus === undefined ? [] : [String(item.responseStatus)],
  };
  for (const [name, own] of Object.entries(values)) {
    // A list comes as the name again and again, or with commas; a URL may itself have commas.
    const wanted = query.getAll(name).flatMap((value) => (name === "url" ? [value] : value.split(",")));
    if (wanted.length > 0 && !wanted.some((value) => own.includes(value))) return false;
  }
  const from = Number(query.get("fromDate") ?? Number.NEGATIVE_INFINITY);
  const to = Number(query.get("toDate") ?? Number.POSITIVE_INFINITY);
  return item.createdAt >= from && item.createdAt <= to;
}

/** Newest first, as `GET /v2/events` shows them. */
export function eventsView(log: LogEvent[], query: URLSearchParams): LogEvent[] {
  const ids = [...query.getAll("messageIds"), ...query.getAll("messageId")].flatMap((value) => value.split(","));
  const state = query.get("state");
  return log
    .filter((event) => (ids.length === 0 || ids.includes(event.messageId)) && (state === null || state === event.state))
    .toReversed()
    .slice(0, Number(query.get("count") ?? 100));
}

/** Text as it is; other bytes as base64 under another name. */
function bodyView(name: string, base64: string): Record<string, string> {
  const bytes = Buffer.from(base64, "base64");
  try {
    return { [name]: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { [`${name}Base64`]: base64 };
  }
}

function labelView(labels: string[]): Record<string, unknown> {
  return labels.length === 0 ? {} : { label: labels[0], labels };
}

function flowView({ flowControl: flow }: Pick<Message, "flowControl">): Record<string, unknown> {
  if (flow === undefined) return {};
  return { flowControlKey: flow.key, parallelism: flow.parallelism, rate: flow.rate, period: flow.periodSeconds };
}
