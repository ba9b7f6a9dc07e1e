import type { Message } from "./message.ts";

/** A message on its way to one patient. */
export interface Outgoing extends Message {
  to: string;
  fromName: string;
  /** What goes into the reader's calendar; a reminder changes nothing there and has none. */
  calendar?: { method: "REQUEST" | "CANCEL"; content: string };
  /** More header fields, such as List-Unsubscribe (RFC 8058). */
  headers?: Record<string, string>;
  /** Ids only: they come back with bounces and complaints. */
  tags: Record<string, string>;
}

/** A way to reach patients. E-mail is the one there is; another one takes of a message what it can carry. */
export interface Sender {
  /**
   * Answers the message's id at whoever delivers it. Throws MessageRefused on a final refusal, MessageNotTaken when it
   * surely was not sent but can be later; any other error means that it may or may not have been sent.
   */
  send(message: Outgoing): Promise<string>;
}

/** This very message was refused (a bad address, a bad request): sending it again is of no use. */
export class MessageRefused extends Error {
  override name = "MessageRefused";
}

/** Nothing was sent, for reasons that are not the message's: too many at once, a quota, sending is paused. */
export class MessageNotTaken extends Error {
  override name = "MessageNotTaken";
}
