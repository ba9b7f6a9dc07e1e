import type { Broker } from "./broker.ts";

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#1c2733}h1{font-size:1.3rem}h2{font-size:1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #dde3ea;vertical-align:top}
td{overflow-wrap:anywhere}.none{color:#667788}`;

/** A page for people: messages that wait, delivered messages and dead letters. */
export function queuePage(broker: Broker, nowMs: number): string {
  const text = (base64: string) => Buffer.from(base64, "base64").toString("utf8").slice(0, 500);
  const waiting = [...broker.messages.values()].toSorted((a, b) => a.nextDelivery - b.nextDelivery);
  const stats = broker.stats();
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Message queue</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>
<h1>Message queue</h1>
<p>${stats.published} published, ${stats.deduplicated} duplicates, ${stats.delivered} delivered, ${stats.pending} waiting, ${broker.deadLetters.size} dead letters.</p>
${table(
  "Waiting",
  ["Due", "Destination", "Retried", "Body"],
  waiting
    .slice(0, 100)
    .map((each) => [
      due(each.nextDelivery, nowMs),
      each.url,
      `${each.retried} of ${each.maxRetries}`,
      text(each.bodyBase64),
    ]),
)}
${table(
  "Delivered (latest 50)",
  ["At", "Destination", "Message"],
  broker.delivered.toReversed().map((each) => [time(each.at), each.url, each.messageId]),
)}
${table(
  "Dead letters",
  ["Published", "Destination", "Last answer", "Body"],
  [...broker.deadLetters.values()]
    .toReversed()
    .slice(0, 100)
    .map((each) => [
      time(each.createdAt),
      each.url,
      `${each.responseStatus} ${text(each.responseBodyBase64)}`,
      text(each.bodyBase64),
    ]),
)}
</body></html>`;
}

function table(title: string, heads: string[], rows: string[][]): string {
  if (rows.length === 0) return `<h2>${title}</h2><p class="none">None.</p>`;
  const cells = (tag: string, row: string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;
  return `<h2>${title}</h2><table>${cells("th", heads)}${rows.map((row) => cells("td", row)).join("")}</table>`;
}

function time(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.\d+Z$/, "Z");
}

function due(unixMs: number, nowMs: number): string {
  return unixMs <= nowMs ? "now" : `${time(unixMs)} (in ${Math.round((unixMs - nowMs) / 1000)} s)`;
}

function escape(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}
