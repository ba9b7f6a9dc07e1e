/** Characters that phones put around and between the digits: dashes and minus signs of every kind, and spaces. */
const NUMBER = /^(?:tel:)?\s*\+?[\d\s()./\p{Pd}\u2212]+(?:(?:;?ext(?:ension|n)?[.:=]?|x|#)\s*\d{1,7})?$/iu;

/**
 * A telephone number as it was typed, without the spaces around it and the invisible direction characters that phones copy.
 * Arabic and full-width digits become those that are dialled.
 */
export function readPhone(typed: string): string {
  const digits = typed.replaceAll(
    /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g,
    (digit) => `${digit.charCodeAt(0) & 15}`,
  );
  return digits
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll("\uff0b", "+")
    .trim();
}

/** Whether a text, as {@link readPhone} gives it, has the form of a telephone number: 5 to 15 digits (ITU-T E.164). */
export function isPhone(text: string): boolean {
  const main = text.replace(/(?:;?ext|x|#).*$/i, "");
  return NUMBER.test(text) && /^\d{5,15}$/.test(main.replaceAll(/\D/g, ""));
}

/** The address that calls a number as it was typed, without its extension (RFC 3966). */
export function phoneLink(typed: string): string {
  const main = typed.replace(/(?:;?ext|x|#).*$/i, "");
  // Behind a country's code the prefix for calls within the country is not dialled: +353 (0)1.
  return `tel:${main.replace(/^(\s*\+.*?)\(0\)/, "$1").replaceAll(/[^+\d]/g, "")}`;
}
