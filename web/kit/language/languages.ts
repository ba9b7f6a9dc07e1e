/** The languages that both apps are written in. Each app has a catalogue for each (web/lingui.config.ts). */
const LANGUAGES = ["en", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** The apps' language for a tag such as `de-AT` (RFC 5646); undefined if they have none. */
export function writtenLanguage(tag: string): Language | undefined {
  return LANGUAGES.find((language) => language === tag.split("-")[0]);
}
