import type { Fact, Notice } from "./settle.ts";

export interface MessageContext {
  patientName: string;
  clinicName: string;
  clinicPhone: string;
  /** Left out when the clinic has one location only. */
  locationName: string | null;
  address: string;
  reference: string;
  appointmentUrl: string;
}

export interface Message {
  subject: string;
  text: string;
  html: string;
}

/**
 * The e-mail for a notice: date, time (in the location's zone, which is named) and place; never a reason, a speciality or
 * a doctor, for others may read it. Plain text, and HTML that stands without images and follows the reader's dark mode.
 */
export function writeMessage(notice: Exclude<Notice, { kind: "nothing" }>, context: MessageContext): Message {
  const when = whenOf(notice.now);
  const place = [context.locationName, context.address].filter(Boolean).join(", ");
  const heading = keepsItsTime(notice) ? "Your appointment has changed" : HEADINGS[notice.kind];
  const paragraphs = [`Hello ${context.patientName},`, ...body(notice, when)];
  const facts: [string, string][] =
    notice.kind === "booked" || notice.kind === "moved" || notice.kind === "moved-by-clinic"
      ? [
          ["When", when.long],
          ["Where", place],
          ["Reference", context.reference],
        ]
      : [["Reference", context.reference]];
  const close = `Need help? Call ${context.clinicName} on ${context.clinicPhone}.`;
  const text = [
    ...paragraphs,
    facts.map(([name, value]) => `${name}: ${value}`).join("\n"),
    `See your appointment: ${context.appointmentUrl}`,
    close,
  ].join("\n\n");
  return {
    subject: `${heading}: ${when.short}`,
    text: `${text}\n`,
    html: page(heading, paragraphs, facts, context, close),
  };
}

const HEADINGS = {
  booked: "Your appointment is booked",
  moved: "Your appointment has a new time",
  "moved-by-clinic": "We had to move your appointment",
  "being-placed": "We are finding you a new time",
  cancelled: "Your appointment is cancelled",
} as const;

/** Moved to another place or door at the same time: a mail of a "new time" would send people looking for it. */
function keepsItsTime({ kind, now, before }: Exclude<Notice, { kind: "nothing" }>): boolean {
  return kind === "moved" && before.startsAt === now.startsAt && before.endsAt === now.endsAt;
}

function body(notice: Exclude<Notice, { kind: "nothing" }>, when: { long: string }): string[] {
  switch (notice.kind) {
    case "booked":
      return [
        "Your appointment is booked. The details are below, and in the calendar file that comes with this e-mail.",
      ];
    case "moved":
      return keepsItsTime(notice)
        ? ["Your appointment has changed, but not its time. The details are below; please look at where it is."]
        : [`Your appointment was ${whenOf(notice.before).long}. It now has a new time.`];
    case "moved-by-clinic": {
      const then = notice.before ? `on ${whenOf(notice.before).long}` : "as you booked it";
      return [
        `Your appointment cannot take place ${then}. We have moved it to the time below; please accept it or choose another one.`,
      ];
    }
    case "being-placed":
      return [
        `Your appointment on ${when.long} cannot take place then. We are finding you a new time and will write to you when we have it. You need not do anything.`,
      ];
    case "cancelled":
      return [`Your appointment on ${when.long} is cancelled. You need not come.`];
  }
}

function whenOf(fact: Fact): { long: string; short: string } {
  const zone = { timeZone: fact.timeZone } as const;
  const date = new Intl.DateTimeFormat("en-IE", {
    ...zone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const time = new Intl.DateTimeFormat("en-IE", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const city = (fact.timeZone.split("/").at(-1) ?? fact.timeZone).replaceAll("_", " ");
  const day = date.format(fact.startsAt).replace(",", "");
  const from = time.format(fact.startsAt);
  return { long: `${day}, ${from} to ${time.format(fact.endsAt)} (${city} time)`, short: `${day}, ${from}` };
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function page(
  heading: string,
  paragraphs: string[],
  facts: [string, string][],
  context: MessageContext,
  close: string,
) {
  const rows = facts
    .map(
      ([name, value]) =>
        `<tr><th align="left" style="padding:8px 16px 8px 0;font-weight:400;vertical-align:top" class="soft">${escape(name)}</th><td style="padding:8px 0;font-weight:600">${escape(value)}</td></tr>`,
    )
    .join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escape(heading)}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; background: #f2f5f4; color: #14211d; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.card { background: #ffffff; border: 1px solid #d5dedb; border-radius: 8px; padding: 24px; }
.soft { color: #4a5b55; }
a { color: #0b5d4e; }
.button { display: inline-block; padding: 12px 20px; border-radius: 6px; background: #0b5d4e; color: #ffffff; text-decoration: none; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  body { background: #101715; color: #e8efec; }
  .card { background: #18211e; border-color: #33423c; }
  .soft { color: #a9b8b2; }
  a { color: #7fd1be; }
  .button { background: #7fd1be; color: #0c1613; }
}
</style></head>
<body><div style="max-width:560px;margin:0 auto;padding:24px 16px">
<p style="font-weight:600;margin:0 0 12px">${escape(context.clinicName)}</p>
<div class="card"><h1 style="font-size:22px;line-height:1.3;margin:0 0 16px">${escape(heading)}</h1>
${paragraphs.map((text) => `<p>${escape(text)}</p>`).join("\n")}
<table role="presentation" style="border-collapse:collapse;margin:8px 0 20px">${rows}</table>
<p><a class="button" href="${escape(context.appointmentUrl)}">See your appointment</a></p></div>
<p class="soft" style="font-size:14px">${escape(close)}</p>
</div></body></html>
`;
}
