import { i18n } from "@lingui/core";
import { loadMessages, writtenLanguage } from "./catalogues.ts";

let latest: string | undefined;

/**
 * Switches the app to a language, and fetches its catalogue if needed. Of several calls the last one wins. For a language
 * that the app does not have it is English.
 * @throws TypeError if the catalogue cannot be fetched; the language then stays as it was
 */
export async function speak(tag: string): Promise<void> {
  const language = writtenLanguage(tag) ?? "en";
  latest = language;
  const messages = await loadMessages(language);
  if (latest !== language) return;
  document.documentElement.lang = language;
  i18n.loadAndActivate({ locale: language, messages });
}
