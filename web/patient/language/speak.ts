import { type Messages, i18n } from "@lingui/core";

type Load = () => Promise<{ messages: Messages }>;

const english: Load = () => import("../locales/en.po");
const CATALOGUES: Record<string, Load> = { en: english, de: () => import("../locales/de.po") };

/** `de` of `de-AT`. */
const languageOf = (tag: string) => tag.split("-")[0] ?? "";

/** Whether the app can be read in a language; its region does not matter. */
export function isWritten(tag: string): boolean {
  return Object.hasOwn(CATALOGUES, languageOf(tag));
}

/** The first wanted language that is offered, the region aside if need be; else the first offered. */
export function matchLanguage(wanted: readonly string[], offered: readonly string[]): string | undefined {
  const found = wanted.flatMap((tag) => {
    const match = offered.find((one) => one === tag) ?? offered.find((one) => languageOf(one) === languageOf(tag));
    return match === undefined ? [] : [match];
  });
  return found[0] ?? offered[0];
}

let latest = "";

/**
 * From now on the app speaks this language; its catalogue is fetched if it was not yet. Asked for another one meanwhile,
 * the last one asked for stays.
 * @throws TypeError when the catalogue cannot be fetched; the language then stays as it was
 */
export async function speak(tag: string): Promise<void> {
  const language = isWritten(tag) ? languageOf(tag) : "en";
  latest = language;
  const { messages } = await (CATALOGUES[language] ?? english)();
  if (latest !== language) return;
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = tag;
}
