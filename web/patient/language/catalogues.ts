import type { Messages } from "@lingui/core";

/** The languages the app is written in, each by the catalogue that is fetched when it is first spoken. */
const CATALOGUES = {
  en: () => import("./locales/en.po"),
  de: () => import("./locales/de.po"),
} satisfies Record<string, () => Promise<{ messages: Messages }>>;

export type Language = keyof typeof CATALOGUES;

/** The language of a tag such as `de-AT` (RFC 5646), if the app is written in it. */
export function writtenLanguage(tag: string): Language | undefined {
  const language = tag.split("-")[0] ?? "";
  return Object.hasOwn(CATALOGUES, language) ? (language as Language) : undefined;
}

/** @throws TypeError when the catalogue cannot be fetched */
export async function loadMessages(language: Language): Promise<Messages> {
  return (await CATALOGUES[language]()).messages;
}
