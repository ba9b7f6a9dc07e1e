import type { Message } from "./message.ts";

/** A message to one patient. */
export interface Outgoing extends Message {
  to: string;
  fromName: string;
  /** The calendar part; reminders have none, because they change nothing in a calendar. */
  calendar?: { method: "REQUEST" | "CANCEL"; content: string };
  /** More header fields, such as List-Unsubscribe (RFC 8058). */
  headers?: Record<string, string>;
  /** Ids only: SES returns them with bounces and complaints. */
  tags: Record<string, string>;
}

/** A way to reach patients. E-mail is the only one. */
export interface Sender {
  /**
   * Sends a message and returns its id at the mail service.
   * @throws MessageRefused if the service refused it for good
   * @throws MessageNotTaken if it was certainly not sent and can be sent later
   * @throws any other error if it may or may not have been sent
   */
  send(message: Outgoing): Promise<string>;
}

/** The message was refused (a bad address, a bad request): sending it again does not help. */
export class MessageRefused extends Error {
  override name = "MessageRefused";
}

/** The message was not sent, but not because of its content: too many at once, a quota, sending is paused. */
export class MessageNotTaken extends Error {
  override name = "MessageNotTaken";
}
