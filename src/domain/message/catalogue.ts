import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Catalogue } from "./texts.ts";

const CATALOGUES = { en, de } as const satisfies Record<string, Catalogue>;

/** The languages in which mails are written; the clinic's policy says which of them are offered. */
export type MailLanguage = keyof typeof CATALOGUES;
export const MAIL_LANGUAGES = Object.keys(CATALOGUES) as MailLanguage[];

/** The texts for a language tag such as `de` or `de-AT`; English for a language without texts. */
export function catalogueOf(tag: string): Catalogue {
  const language = tag.split("-")[0] ?? "";
  return Object.hasOwn(CATALOGUES, language) ? CATALOGUES[language as MailLanguage] : en;
}
