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
 * The e-mail for some news in the patient's language: date, place, and time in the location's zone, which it names. Other
 * people may read it. So it never has a reason or a speciality. It has a doctor only if the clinic's policy says so.
 */
export function writeMessage(news: News, context: MessageContext): Message {
  const letter = writeLetter(news, context);
  return { subject: letter.subject, text: setText(letter), html: setHtml(letter) };
}
