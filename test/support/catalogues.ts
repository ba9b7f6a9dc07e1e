import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createCompiledCatalog } from "@lingui/cli/api";
import { formatter } from "@lingui/format-po";
import { ROOT } from "#dev/build.ts";

export interface Text {
  id: string;
  /** The text in the sources, and its translation. */
  source: string;
  translation: string;
}

/** The texts of one of an app's catalogues. */
export async function textsOf(
  locale: string,
  app: "patient" | "patient/doctor" | "staff" = "patient",
): Promise<Text[]> {
  const filename = join(ROOT, "web", app, "language", "locales", `${locale}.po`);
  const context = { locale, sourceLocale: "en", filename };
  const catalogue = await formatter().parse(await readFile(filename, "utf8"), context);
  return Object.entries(catalogue).map(([id, { message = "", translation = "" }]) => ({
    id,
    source: message,
    translation,
  }));
}

/** English as no language is, 40 % longer and with accents on every letter, compiled as the app fetches it. */
export async function pseudoCatalogue(): Promise<string> {
  const texts = Object.fromEntries((await textsOf("en")).map(({ id, translation }) => [id, translation]));
  // Joined to the last word, which then is as long as words of other languages are.
  const pseudoLocaleOptions = { extend: 0.4, extendCharacter: "ōńēŵōŕď " };
  const pseudo = { pseudoLocale: "en", pseudoLocaleOptions };
  const { source, errors } = createCompiledCatalog("en", texts, { namespace: "es", ...pseudo });
  if (errors.length > 0) throw new Error("The pseudo-catalogue does not compile.");
  return source;
}
