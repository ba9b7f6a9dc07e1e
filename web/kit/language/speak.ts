import { type Messages, i18n } from "@lingui/core";
import { type Language, writtenLanguage } from "./languages.ts";

/** The catalogues of one app. Each is fetched when its language is first used. */
export type Catalogues = Record<Language, () => Promise<{ messages: Messages }>>;

let catalogues: Catalogues | undefined;
let latest: string | undefined;

/** Called once by an app, before it speaks. */
export function provideCatalogues(own: Catalogues): void {
  catalogues = own;
}

/**
 * Switches the app to a language, and fetches its catalogue if needed. Of several calls the last one wins. For a language
 * that the app does not have it is English.
 * @throws TypeError if the catalogue cannot be fetched; the language then stays as it was
 */
export async function speak(tag: string): Promise<void> {
  const language = writtenLanguage(tag) ?? "en";
  latest = language;
  if (!catalogues) throw new Error("The app provides no catalogues");
  const { messages } = await catalogues[language]();
  if (latest !== language) return;
  document.documentElement.lang = language;
  i18n.loadAndActivate({ locale: language, messages });
}
