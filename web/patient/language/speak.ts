import { i18n } from "@lingui/core";
import { loadMessages, writtenLanguage } from "./catalogues.ts";

let latest: string | undefined;

/**
 * From now on the app speaks this language; its catalogue is fetched if it was not yet. Asked for another one meanwhile,
 * the last one asked for stays. A language that the app is not written in is English.
 * @throws TypeError when the catalogue cannot be fetched; the language then stays as it was
 */
export async function speak(tag: string): Promise<void> {
  const language = writtenLanguage(tag) ?? "en";
  latest = language;
  const messages = await loadMessages(language);
  if (latest !== language) return;
  document.documentElement.lang = language;
  i18n.loadAndActivate({ locale: language, messages });
}
