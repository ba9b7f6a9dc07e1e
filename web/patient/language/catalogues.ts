import type { Messages } from "@lingui/core";

/** The languages of the app. Each catalogue is fetched when its language is first used. */
const CATALOGUES = {
  en: () => import("./locales/en.po"),
  de: () => import("./locales/de.po"),
} satisfies Record<string, () => Promise<{ messages: Messages }>>;

export type Language = keyof typeof CATALOGUES;

/** The app's language for a tag such as `de-AT` (RFC 5646); undefined if it has none. */
export function writtenLanguage(tag: string): Language | undefined {
  const language = tag.split("-")[0] ?? "";
  return Object.hasOwn(CATALOGUES, language) ? (language as Language) : undefined;
}

/** @throws TypeError if the catalogue cannot be fetched */
export async function loadMessages(language: Language): Promise<Messages> {
  return (await CATALOGUES[language]()).messages;
}
