import type { MAIL_LINK_PURPOSES, SUPPRESSION_REASONS } from "#domain/closed-lists.ts";
import { referenceOf } from "#domain/reference.ts";
import type { Times } from "./when.ts";

/** The data of a mail about one appointment, besides its state. Instants are epoch milliseconds. */
export interface Particulars {
  /**
   * `language` is one of the clinic's locales; `suppressed` says why no mail may be sent to this address; `inactive`: the
   * record is switched off.
   */
  patient: {
    name: string;
    email: string | null;
    language: string;
    suppressed: (typeof SUPPRESSION_REASONS)[number] | null;
    inactive: boolean;
  };
  clinic: { name: string; phone: string };
  /** `zoneNamed`: the clinic has locations in other zones, so a time alone would not say which. */
  location: { name: string; address: string; only: boolean; zoneNamed: boolean };
  /** Null unless the policy lets mails name the doctor. */
  doctorName: string | null;
  /** Until when the patient can change it online; null if that time is over or the change budget is spent. */
  changeableUntil: number | null;
  /** For an appointment that the clinic moved: the deadline for an answer, and other times that the patient can have. */
  move: { answerBy: number; alternatives: Alternative[] } | null;
}

/** Another free time; `locationName` is null if it need not be mentioned. */
export interface Alternative extends Times {
  slotId: string;
  locationName: string | null;
}

/** The links that answer without a login, each by one press on its page. */
export type Answers = Record<(typeof MAIL_LINK_PURPOSES)[number], string>;

/** The links of a mail. Opening one changes nothing, because mail programs open links before people do. */
export interface Links {
  see: string;
  choose: string;
  cancel: string;
  book: string;
  preferences: string;
  answers: Answers;
  /** The address that holds one of the alternatives. */
  take: (slotId: string) => string;
  /** Reminders only. */
  stopReminders: string | null;
}

/** Everything that a mail's text needs besides the appointment's state. */
export interface MessageContext extends Particulars {
  reference: string;
  /** The location in words. */
  place: string;
  links: Links;
}

/** `publicUrl` is the app's origin, without a slash; `stopReminders` the address that turns reminders off. */
export function contextOf(
  particulars: Particulars,
  appointmentId: string,
  publicUrl: string,
  answers: Answers,
  stopReminders: string | null = null,
): MessageContext {
  const { name, address, only } = particulars.location;
  const see = `${publicUrl}/appointments/${appointmentId}`;
  return {
    ...particulars,
    reference: referenceOf(appointmentId),
    place: only ? address : `${name}, ${address}`,
    links: {
      see,
      choose: `${publicUrl}/?change=${appointmentId}`,
      cancel: `${see}/cancel`,
      book: `${publicUrl}/`,
      preferences: `${publicUrl}/preferences`,
      answers,
      take: (slotId) => `${publicUrl}/hold/new?slot=${slotId}&change=${appointmentId}`,
      stopReminders,
    },
  };
}
