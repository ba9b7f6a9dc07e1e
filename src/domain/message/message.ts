import type { MessageContext } from "./context.ts";
import { setHtml } from "./html.ts";
import { type News, writeLetter } from "./letter.ts";
import { setText } from "./text.ts";

export interface Message {
  subject: string;
  text: string;
  html: string;
}

/**
 * The e-mail for some news, in the patient's language: date, time (in the location's zone, which is named) and place;
 * never a reason or a speciality, and a doctor only where the clinic switched that on, for others may read it.
 */
export function writeMessage(news: News, context: MessageContext): Message {
  const letter = writeLetter(news, context);
  return { subject: letter.subject, text: setText(letter), html: setHtml(letter) };
}
