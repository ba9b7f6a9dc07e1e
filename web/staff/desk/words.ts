import { t } from "@lingui/core/macro";
import type { Patient } from "#contract/answers/patients.ts";
import { shortDayOf } from "#kit/time/format.ts";

/** `born 3 December 1985 · LC-10007` */
export function identityOf({ dateOfBirth, number }: Pick<Patient, "dateOfBirth" | "number">): string {
  return `${bornOn(dateOfBirth)} · ${number}`;
}

/** `born 3 December 1985` */
export function bornOn(dateOfBirth: string): string {
  const date = dateWithYear(dateOfBirth);
  return t`born ${date}`;
}

/** `3 December 1985` */
export function dateWithYear(date: string): string {
  return `${shortDayOf(date)} ${date.slice(0, 4)}`;
}
