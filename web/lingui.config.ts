import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** What is written in the sources is English; every other language is a catalogue beside it, complete at any time. */
export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de"],
  catalogs: [{ path: "<rootDir>/patient/language/locales/{locale}", include: ["<rootDir>/patient", "<rootDir>/kit"] }],
  // Without line numbers, so that a text moved within its file changes no catalogue.
  format: formatter({ lineNumbers: false }),
});
