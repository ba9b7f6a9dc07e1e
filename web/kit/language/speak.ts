import { type Messages, i18n } from "@lingui/core";
import { type Language, writtenLanguage } from "./languages.ts";

/** The catalogues of one app. Each is fetched when its language is first used. */
export type Catalogues = Record<Language, () => Promise<{ messages: Messages }>>;

const catalogues: Catalogues[] = [];
let latest: string | undefined;

/** Called once by an app, before its first text. */
export function provideCatalogues(own: Catalogues): void {
  catalogues.push(own);
}

/**
 * Adds the texts of a part of the app, in the present language, when that part is first opened.
 * @throws TypeError if the catalogue cannot be fetched; the app then tries again
 */
export async function addCatalogues(own: Catalogues): Promise<void> {
  const language = writtenLanguage(i18n.locale) ?? "en";
  const { messages } = await own[language]();
  if (!catalogues.includes(own)) catalogues.push(own);
  i18n.load(language, messages);
  // The language was switched while this part was fetched: its texts in the new one are missing.
  if (i18n.locale !== language) await speak(i18n.locale);
}

/**
 * Switches the app to a language, and fetches its catalogue if needed. Of several calls the last one wins. For a language
 * that the app does not have it is English.
 * @throws TypeError if the catalogue cannot be fetched; the language then stays as it was
 */
export async function speak(tag: string): Promise<void> {
  const language = writtenLanguage(tag) ?? "en";
  latest = language;
  if (catalogues.length === 0) throw new Error("The app provides no catalogues");
  const parts = await Promise.all(catalogues.map((one) => one[language]()));
  if (latest !== language) return;
  document.documentElement.lang = language;
  for (const { messages } of parts) i18n.load(language, messages);
  i18n.activate(language);
}
