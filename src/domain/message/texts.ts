import type { MAIL_LINK_PURPOSES, MESSAGE_KINDS } from "#domain/closed-lists.ts";

/** The subject of a mail: a net change, or a reminder. */
export type Occasion = (typeof MESSAGE_KINDS)[number];

/** How the mail opens. The last three keep the time: a mail about a "new time" would make patients look for one. */
export type Opening = Occasion | "other-place" | "other-detail" | "changed-by-clinic";

export interface DateParts {
  weekday: string;
  day: string;
  month: string;
  year: string;
}

/** The page behind the link in a reminder. */
export interface StopTexts {
  askTitle: string;
  ask: (clinic: string) => string;
  button: string;
  doneTitle: string;
  done: (clinic: string) => string;
  invalidTitle: string;
  invalid: string;
}

/** The page behind a link that answers a mail. */
export interface AnswerTexts {
  /** The question above the button of each answer. */
  ask: Record<(typeof MAIL_LINK_PURPOSES)[number], string>;
  done: Record<(typeof MAIL_LINK_PURPOSES)[number], string>;
  changedTitle: string;
  changed: string;
  overTitle: string;
  over: (phone: string) => string;
  invalid: (phone: string) => string;
  /** A link does not work, and the clinic is not known. */
  cut: string;
  frozenTitle: string;
  /** Said when a press came without the form of the page, or from a page that is old. */
  pressAgain: string;
}

/** Every text of the mails in one language. A text that is missing in one does not compile. */
export interface Catalogue {
  /** The language as Intl and the `lang` attribute want it (RFC 5646). */
  tag: string;
  date: (parts: DateParts) => string;
  /** A start, short, for the subject: `date` as above, `time` as 10:15, or 01:30 UTC+1 where it comes twice. */
  at: (date: string, time: string) => string;
  /** An instant with the zone named by its city. */
  moment: (date: string, time: string, city: string) => string;
  /** Start and end, with the zone named by its city. */
  period: (date: string, from: string, to: string, city: string) => string;
  hello: (name: string) => string;
  subject: Record<Opening, (start: string) => string>;
  /** In a subject: the start, and the start in the last message. */
  movedFrom: (start: string, before: string) => string;
  heading: Record<Opening, string>;
  opening: Record<Opening, string>;
  /** Added when the new time is at another location. */
  otherPlace: string;
  /** Added when an appointment that is over had been moved since the last message. */
  neitherTime: string;
  /** Added to a reminder of a time that the clinic chose and the patient has not answered. */
  stillUnanswered: string;
  unanswered: string;
  labels: Record<
    "when" | "newTime" | "before" | "planned" | "cancelled" | "where" | "with" | "reference" | "answerBy",
    string
  >;
  actions: Record<"see" | "come" | "fine" | "choose" | "cancel" | "book" | "preferences" | "stopReminders", string>;
  /** Introduces the other free times. */
  offers: string;
  changeableUntil: (moment: string) => string;
  /** Replaces `changeableUntil` if the appointment can no longer be changed online. */
  byPhone: (phone: string) => string;
  help: (clinic: string, phone: string) => string;
  whyReminded: string;
  stop: StopTexts;
  answer: AnswerTexts;
}
