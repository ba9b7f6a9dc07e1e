import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** The texts in the sources are English. Every other language has a complete catalogue. */
export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de"],
  catalogs: [{ path: "<rootDir>/patient/language/locales/{locale}", include: ["<rootDir>/patient", "<rootDir>/kit"] }],
  // Without line numbers, so that moving a text within its file changes no catalogue.
  format: formatter({ lineNumbers: false }),
});
