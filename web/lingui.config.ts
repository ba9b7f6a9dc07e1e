import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** The texts in the sources are English. Every other language has a complete catalogue. */
export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de"],
  // The kit's texts are in both, so that each app fetches one catalogue.
  catalogs: ["patient", "staff"].map((app) => ({
    path: `<rootDir>/${app}/language/locales/{locale}`,
    include: [`<rootDir>/${app}`, "<rootDir>/kit"],
  })),
  // Without line numbers, so that moving a text within its file changes no catalogue.
  format: formatter({ lineNumbers: false }),
});
