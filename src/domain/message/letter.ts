import type { Fact, Notice } from "#domain/settle.ts";
import { catalogueOf } from "./catalogue.ts";
import type { Catalogue, Opening } from "./texts.ts";
import type { MessageContext } from "./context.ts";
import { momentOf, periodOf, startOf } from "./when.ts";

/** The news of a mail: a net change, or a reminder. */
export type News = Exclude<Notice, { kind: "nothing" }> | { kind: "reminder"; now: Fact; before: null };

export interface Line {
  label: string;
  value: string;
  /** A fact that is true now, one that is no longer true, or neither. */
  tone: "now" | "past" | "plain";
}

export interface Link {
  label: string;
  url: string;
}

/** A mail's content in its language, before it is formatted as text or HTML. */
export interface Letter {
  language: string;
  subject: string;
  /** The text that an inbox shows beside the subject. */
  preheader: string;
  heading: string;
  clinic: { name: string; phone: string };
  paragraphs: string[];
  lines: Line[];
  /** The most likely one first. */
  actions: Link[];
  offers: { intro: string; times: Link[] } | null;
  notes: string[];
  /** Null if a note already names the clinic's number. */
  help: string | null;
  footer: { text: string | null; links: Link[] };
}

/** Decides what a mail says; text.ts and html.ts decide how it looks. */
export function writeLetter(news: News, context: MessageContext): Letter {
  const texts = catalogueOf(context.patient.language);
  const { clinic, reference, place, links } = context;
  const opening = openingOf(news);
  const { zoneNamed } = context.location;
  const start = startOf(texts, news.now, zoneNamed);
  const earlier = unnotifiedMove(news);
  return {
    language: texts.tag,
    subject: texts.subject[opening](earlier ? texts.movedFrom(start, startOf(texts, earlier, zoneNamed)) : start),
    preheader: `${isOver(news) ? clinic.name : place}. ${texts.labels.reference} ${reference}.`,
    heading: texts.heading[opening],
    clinic,
    paragraphs: [
      texts.hello(context.patient.name),
      texts.opening[opening],
      ...(earlier ? [texts.neitherTime] : []),
      ...(opening !== "other-place" && isElsewhere(news) ? [texts.otherPlace] : []),
      ...(news.kind === "reminder" && news.now.state === "moved-by-clinic" ? [texts.stillUnanswered] : []),
    ],
    lines: linesOf(news, texts, context),
    actions: actionsOf(news, texts, context),
    offers: offersOf(news, texts, context),
    notes: notesOf(news, texts, context),
    help: isOver(news) || context.changeableUntil !== null ? texts.help(clinic.name, clinic.phone) : null,
    footer: {
      text: links.stopReminders === null ? null : texts.whyReminded,
      links: [
        ...(links.stopReminders === null ? [] : [{ label: texts.actions.stopReminders, url: links.stopReminders }]),
        { label: texts.actions.preferences, url: links.preferences },
      ],
    },
  };
}

function openingOf({ kind, now, before }: News): Opening {
  if (!before || !isSameTime(before, now) || (kind !== "moved" && kind !== "moved-by-clinic")) return kind;
  if (kind === "moved-by-clinic") return "changed-by-clinic";
  return before.locationId === now.locationId ? "other-detail" : "other-place";
}

/** True if the patient need not come: the appointment is cancelled, or has no time. */
function isOver({ kind }: News): boolean {
  return kind === "cancelled" || kind === "being-placed";
}

/**
 * The time in the last message, if an appointment that is over had been moved since without a message. A patient who moved
 * it knows the new time. Any other patient knows only the old one. So the mail names both.
 */
function unnotifiedMove(news: News): Fact | null {
  return isOver(news) && news.before && !isSameTime(news.before, news.now) ? news.before : null;
}

function isSameTime(a: Fact, b: Fact): boolean {
  return a.startsAt === b.startsAt && a.endsAt === b.endsAt;
}

function isElsewhere({ kind, now, before }: News): boolean {
  return (kind === "moved" || kind === "moved-by-clinic") && before !== null && before.locationId !== now.locationId;
}

function linesOf(news: News, texts: Catalogue, context: MessageContext): Line[] {
  const { labels } = texts;
  const lines: Line[] = [];
  const add = (label: string, value: string, tone: Line["tone"] = "plain") => lines.push({ label, value, tone });
  if (isOver(news)) {
    const earlier = unnotifiedMove(news);
    add(news.kind === "cancelled" ? labels.cancelled : labels.planned, periodOf(texts, news.now), "past");
    if (earlier) add(labels.before, periodOf(texts, earlier), "past");
  } else {
    const opening = openingOf(news);
    const isNew = opening === "moved" || opening === "moved-by-clinic";
    add(isNew ? labels.newTime : labels.when, periodOf(texts, news.now), "now");
    if (isNew && news.before) add(labels.before, periodOf(texts, news.before), "past");
    add(labels.where, context.place);
    if (context.doctorName !== null) add(labels.with, context.doctorName);
    if (asksForAnswer(news, context)) add(labels.answerBy, momentOf(texts, context.move.answerBy, news.now.timeZone));
  }
  add(labels.reference, context.reference);
  return lines;
}

type Asking = MessageContext & { move: NonNullable<MessageContext["move"]> };

function asksForAnswer(news: News, context: MessageContext): context is Asking {
  return news.kind === "moved-by-clinic" && context.move !== null;
}

function actionsOf(news: News, texts: Catalogue, { links, changeableUntil }: MessageContext): Link[] {
  const { see, come, fine, choose, cancel, book } = texts.actions;
  if (news.kind === "cancelled") return [{ label: book, url: links.book }];
  const toSee = { label: see, url: links.see };
  const toChoose = { label: choose, url: links.choose };
  // Without a time there is nothing that could be too close to change, and no time to answer about.
  if (news.kind === "being-placed") return [toSee, toChoose, { label: cancel, url: links.cancel }];
  const { answers } = links;
  const changing = changeableUntil === null ? [] : [toChoose, { label: cancel, url: answers.cancel }];
  if (news.now.state === "moved-by-clinic") return [{ label: fine, url: answers.fine }, ...changing, toSee];
  return [{ label: come, url: answers.come }, toSee, ...changing];
}

function offersOf(news: News, texts: Catalogue, context: MessageContext): Letter["offers"] {
  if (!asksForAnswer(news, context) || context.changeableUntil === null) return null;
  const times = context.move.alternatives.map((slot) => {
    const label = [periodOf(texts, slot), slot.locationName].filter(Boolean).join(", ");
    return { label, url: context.links.take(slot.slotId) };
  });
  return times.length > 0 ? { intro: texts.offers, times } : null;
}

function notesOf(news: News, texts: Catalogue, context: MessageContext): string[] {
  if (isOver(news)) return [];
  const until = context.changeableUntil;
  return [
    ...(asksForAnswer(news, context) ? [texts.unanswered] : []),
    until === null
      ? texts.byPhone(context.clinic.phone)
      : texts.changeableUntil(momentOf(texts, until, news.now.timeZone)),
  ];
}
