import type { Catalogues } from "#kit/language/speak.ts";

export const DOCTOR_CATALOGUES = {
  en: () => import("./locales/en.po"),
  de: () => import("./locales/de.po"),
} satisfies Catalogues;
