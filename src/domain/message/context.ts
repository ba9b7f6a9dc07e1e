import { referenceOf } from "#domain/reference.ts";
import type { Times } from "./when.ts";

/** What the database says for a mail about one appointment, beside what is true of it. Instants are epoch milliseconds. */
export interface Particulars {
  /** `language` is one of the clinic's locales; `suppressed`: why no mail may go to this address any more. */
  patient: { name: string; email: string | null; language: string; suppressed: "bounce" | "complaint" | null };
  clinic: { name: string; phone: string };
  location: { name: string; address: string; only: boolean };
  /** Null unless the clinic has its mails name the doctor. */
  doctorName: string | null;
  /** Until when the patient can move it online; null when that is over, or was done as often as possible. */
  changeableUntil: number | null;
  /** Of an appointment that the clinic moved: by when to answer, and other times that the patient could have. */
  move: { answerBy: number; alternatives: Alternative[] } | null;
}

/** Another time that is free; `locationName` is null where it goes without saying. */
export interface Alternative extends Times {
  slotId: string;
  locationName: string | null;
}

/** The addresses a mail leads to. None of them changes anything by being opened: programs open them before people do. */
export interface Links {
  see: string;
  choose: string;
  cancel: string;
  book: string;
  preferences: string;
  /** How to take one of the alternatives, by its slot. */
  take: (slotId: string) => string;
  /** Reminders only. */
  stopReminders: string | null;
}

/** All that a mail's text is made of, beside what is true of the appointment. */
export interface MessageContext extends Particulars {
  reference: string;
  /** Where to go, as people read it. */
  place: string;
  links: Links;
}

/** `publicUrl` is the app's origin, without a slash; `stopReminders` the address that turns reminders off. */
export function contextOf(
  particulars: Particulars,
  appointmentId: string,
  publicUrl: string,
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
      take: (slotId) => `${publicUrl}/hold/new?slot=${slotId}&change=${appointmentId}`,
      stopReminders,
    },
  };
}
