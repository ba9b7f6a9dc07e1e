import type { Config } from "#contract/answers/clinic.ts";
import { writtenLanguage } from "./languages.ts";

/**
 * The clinic's languages that the app is written in, in the clinic's order. Two regions of one language count once. English
 * if there is none.
 */
export function offeredBy({ locales }: Config): string[] {
  const written = locales.filter((tag) => writtenLanguage(tag) !== undefined);
  const offered = written.filter((tag, at) => written.findIndex((one) => same(one, tag)) === at);
  return offered.length === 0 ? ["en"] : offered;
}

const same = (one: string, other: string) => writtenLanguage(one) === writtenLanguage(other);

export interface Wishes {
  /** Chosen in this tab since the last log-out. */
  chosen: string | null;
  /** The preference of the patient who is logged in. */
  preferred: string | undefined;
  /** Spoken on this device before. */
  remembered: string | null;
  /** The browser's languages, best first. */
  browser: readonly string[];
}

/** The app's language: the first wish that is offered, in any region, else the clinic's first language. */
export function wantedLanguage({ chosen, preferred, remembered, browser }: Wishes, offered: readonly string[]): string {
  for (const wish of [chosen, preferred, remembered, ...browser]) {
    if (wish === null || wish === undefined || writtenLanguage(wish) === undefined) continue;
    const match = offered.find((tag) => same(tag, wish));
    if (match !== undefined) return match;
  }
  return offered[0] ?? "en";
}
