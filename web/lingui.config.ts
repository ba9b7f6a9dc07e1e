import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** The doctors' part of the patients' app has a catalogue of its own, which patients never fetch. */
const DOCTORS = ["<rootDir>/patient/doctor", "<rootDir>/kit/board", "<rootDir>/kit/shortcuts"];

/** The texts in the sources are English. Every other language has a complete catalogue. */
export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de"],
  catalogs: [
    // The kit's texts are in both apps' catalogues, so that each app fetches one.
    {
      path: "<rootDir>/patient/language/locales/{locale}",
      include: ["<rootDir>/patient", "<rootDir>/kit"],
      exclude: DOCTORS,
    },
    { path: "<rootDir>/staff/language/locales/{locale}", include: ["<rootDir>/staff", "<rootDir>/kit"] },
    { path: "<rootDir>/patient/doctor/language/locales/{locale}", include: DOCTORS },
  ],
  runtimeConfigModule: { Trans: ["#kit/language/trans.ts", "Trans"] },
  // Without line numbers, so that moving a text within its file changes no catalogue.
  format: formatter({ lineNumbers: false }),
});
