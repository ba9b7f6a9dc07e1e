import { t } from "@lingui/core/macro";

/** A doctor's specialty in the app's language. The clinic writes it in English; one that is not known here stays as written. */
export function specialtyWords(specialty: string): string {
  const words: Record<string, string> = {
    "General practice": t`General practice`,
    Paediatrics: t`Paediatrics`,
    Cardiology: t`Cardiology`,
    Dermatology: t`Dermatology`,
    "Women's health": t`Women's health`,
    Gynaecology: t`Gynaecology`,
    Orthopaedics: t`Orthopaedics`,
    Psychiatry: t`Psychiatry`,
    Physiotherapy: t`Physiotherapy`,
    Dentistry: t`Dentistry`,
    Ophthalmology: t`Ophthalmology`,
    "Internal medicine": t`Internal medicine`,
  };
  return words[specialty] ?? specialty;
}
