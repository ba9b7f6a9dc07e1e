import type { Config } from "#contract/clinic.ts";
import { writtenLanguage } from "./catalogues.ts";

/** Also read by the page's first script. */
const DEVICE = "language";
const VISIT = "language-chosen";

/** The clinic's languages that the app is written in, the clinic's first one first, each once whatever its regions. */
export function offeredBy({ locales }: Config): string[] {
  const written = locales.filter((tag) => writtenLanguage(tag) !== undefined);
  const offered = written.filter((tag, at) => written.findIndex((one) => same(one, tag)) === at);
  return offered.length === 0 ? ["en"] : offered;
}

const same = (one: string, other: string) => writtenLanguage(one) === writtenLanguage(other);

export interface Wishes {
  /** Pressed in this tab since nobody else has logged in or out. */
  chosen: string | null;
  /** The preference of whoever is logged in. */
  preferred: string | undefined;
  /** Spoken on this device before. */
  remembered: string | null;
  /** What the browser asks for, best first. */
  browser: readonly string[];
}

/** The language to speak: the first wish that is offered, the region aside, else the clinic's first. */
export function wantedLanguage({ chosen, preferred, remembered, browser }: Wishes, offered: readonly string[]): string {
  for (const wish of [chosen, preferred, remembered, ...browser]) {
    if (wish === null || wish === undefined || writtenLanguage(wish) === undefined) continue;
    const match = offered.find((tag) => same(tag, wish));
    if (match !== undefined) return match;
  }
  return offered[0] ?? "en";
}

export const remembered = () => localStorage.getItem(DEVICE);
export const remember = (tag: string) => localStorage.setItem(DEVICE, tag);

/**
 * What was pressed in this tab outranks a preference that may never have been chosen: whoever reads German and then logs
 * in to book goes on in German.
 */
export const chosen = () => sessionStorage.getItem(VISIT);
export const keepChoice = (tag: string) => sessionStorage.setItem(VISIT, tag);
export const forgetChoice = () => sessionStorage.removeItem(VISIT);

/** A language in its own words. */
export function nameOf(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}
