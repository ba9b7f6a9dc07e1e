import type { MAIL_LINK_PURPOSES } from "#domain/closed-lists.ts";
import { type Callable, run } from "../call.ts";

/** The purpose of a link in a mail, and the place that the mail named: start (epoch milliseconds) and location. */
export interface MailLink {
  purpose: (typeof MAIL_LINK_PURPOSES)[number];
  appointmentId: string;
  patientId: string;
  told: { startsAt: number; locationId: string };
}

/** The data of the page behind a link. Instants are epoch milliseconds. */
export interface MailLinkRow {
  /** `current`: as the mail said, and still to come; `gone`: not this patient's; `over`: the link has expired. */
  state: "current" | "changed" | "cancelled" | "to-place" | "over" | "gone";
  language: string;
  clinicName: string;
  phone: string;
  /** Null if it is `gone` or `over`. */
  appointment: {
    version: number;
    /** Moved by the clinic, and not agreed to. */
    unanswered: boolean;
    willCome: boolean;
    frozen: boolean;
    startsAt: number;
    endsAt: number;
    timeZone: string;
    location: { name: string; address: string; only: boolean };
  } | null;
}

/** Changes nothing: find_mail_link.sql. */
export function findMailLink(db: Callable, { appointmentId, patientId, told }: MailLink): Promise<MailLinkRow> {
  return run(db, "find_mail_link", { appointment: appointmentId, patient: patientId, told });
}
