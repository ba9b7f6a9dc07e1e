import { i18n } from "@lingui/core";

/** The name of a country (ISO 3166-1 alpha-2) in the app's language. */
export function countryName(code: string): string {
  return new Intl.DisplayNames([i18n.locale], { type: "region", fallback: "code" }).of(code) ?? code;
}

/** The zones that this browser knows: help while typing. The API decides. */
export const knownZones = (): string[] => Intl.supportedValuesOf("timeZone");
