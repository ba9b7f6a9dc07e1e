import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { offeredBy, wantedLanguage } from "../../web/kit/language/wanted.ts";
import { ROOT } from "#dev/build.ts";
import { textsOf } from "../support/catalogues.ts";

/** The placeholders of a text: `{name}`, `{n, plural, …}` and the elements around or between its words; no choices. */
const fillings = (text: string) =>
  new Set(
    [...text.matchAll(/(?<!(?:one|other) )\{(\w+)(?:, \w+,|\})|<\/?(\d+)\/?>/g)].map(([, name, tag]) => name ?? tag),
  );

/** Words that German writes as English does. */
const ALIKE = ["Administrator", "Filter", "Limit", "Name", "Patient", "Region", "Status", "Version"];

describe.each([
  ["patient", 300],
  ["staff", 100],
  ["patient/doctor", 50],
] as const)("the catalogues of the %s app", (app, least) => {
  test.each(["en", "de"])(
    "The catalogue %s has every text, with the same placeholders as the sources",
    async (locale) => {
      const texts = await textsOf(locale, app);
      expect(texts.length).toBeGreaterThan(least);
      for (const { source, translation } of texts) {
        expect({ source, empty: translation === "" }).toEqual({ source, empty: false });
        expect({ source, fillings: fillings(translation) }).toEqual({ source, fillings: fillings(source) });
      }
    },
  );

  test("German uses the formal address and contains no English", async () => {
    for (const { source, translation } of await textsOf("de", app)) {
      expect(translation).not.toMatch(/\b(du|dich|dir|deine?[mnrs]?|the|your|please)\b/i);
      const words = source.replaceAll(/\{[^}]*\}|<\/?\d+>|:/g, "").trim();
      if (!ALIKE.includes(words) && /[a-z]{4}/i.test(words)) {
        expect(translation).not.toBe(source);
      }
    }
  });
});

describe("the page before any script", () => {
  test.each(["en", "de"])("The first page in %s has the app's own texts", async (locale) => {
    const page = await readFile(join(ROOT, "web", "index.html"), "utf8");
    const said = [...page.matchAll(/<span class="shell-words" lang="(\w+)"\s*>([^<]+)</g)];
    const words = said.filter(([, lang]) => lang === locale).map(([, , text]) => text);
    const texts = await textsOf(locale);
    const translate = (source: string) => texts.find((text) => text.source === source)?.translation;
    const intro = "Pick a free time, and we hold it for you while you check the details and confirm.";
    expect(words).toEqual(["Choose a time", intro, "Loading…"].map(translate));
    const [, german, english] = /<title data-de="([^"]+)">([^<]+)</.exec(page) ?? [];
    expect(locale === "de" ? german : english).toBe(words[0]);
  });
});

describe("the choice of the language", () => {
  const nobody = { chosen: null, preferred: undefined, remembered: null, browser: [] };
  const offered = ["en", "de"];

  test("The language is the chosen one, else the preference, else the device's last one, else the browser's", () => {
    const wishes = { chosen: "de", preferred: "en", remembered: "en", browser: ["en"] };
    expect(wantedLanguage(wishes, offered)).toBe("de");
    expect(wantedLanguage({ ...wishes, chosen: null, preferred: "de" }, offered)).toBe("de");
    expect(wantedLanguage({ ...wishes, chosen: null, preferred: undefined, remembered: "de" }, offered)).toBe("de");
    expect(wantedLanguage({ ...nobody, browser: ["fr-FR", "de-CH", "en"] }, offered)).toBe("de");
  });

  test("A language that the clinic does not offer becomes the clinic's first", () => {
    expect(wantedLanguage({ ...nobody, browser: ["fr"] }, ["de", "en"])).toBe("de");
    expect(wantedLanguage({ ...nobody, chosen: "en", browser: ["en-IE"] }, ["de-AT"])).toBe("de-AT");
  });

  test("A language is offered once for all its regions, and only if the app has it", () => {
    const config = (locales: string[]) => ({ locales }) as Parameters<typeof offeredBy>[0];
    expect(offeredBy(config(["fr", "de-AT", "en-IE", "de"]))).toEqual(["de-AT", "en-IE"]);
    expect(offeredBy(config(["ga"]))).toEqual(["en"]);
  });
});
