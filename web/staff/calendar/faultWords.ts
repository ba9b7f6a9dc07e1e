import { i18n } from "@lingui/core";
import { t } from "@lingui/core/macro";
import type { FaultCode } from "#domain/schedule/issue.ts";

/** A fault as the API says it. Its `detail` is English and exact; the code has words in each language. */
export interface SaidFault {
  detail: string;
  why?: FaultCode;
}

/** Why a change cannot be made, in the app's language. Null where the API gave no code, so that only its English is left. */
export function faultWords({ detail, why }: SaidFault): string | null {
  if (i18n.locale === "en") return detail;
  return why === undefined ? null : (wordsOf()[why] ?? null);
}

const wordsOf = (): Record<FaultCode, string> => ({
  "too-many": t`There are too many entries.`,
  "bad-weekday": t`That is no weekday.`,
  "bad-time": t`That is no time of the day in whole minutes.`,
  "bad-date": t`That is no date.`,
  "date-out-of-bounds": t`The date is too far away.`,
  inverted: t`The end must be after the beginning.`,
  "too-long": t`That is too long for one session.`,
  "bad-slot-length": t`A time lasts 5 to 120 whole minutes.`,
  "not-a-multiple": t`The hours are no multiple of the length of a time.`,
  "unknown-location": t`There is no such location.`,
  "unknown-zone": t`The location's time zone does not exist.`,
  "unknown-doctor": t`There is no such doctor.`,
  never: t`This never takes place: its dates or hours do not exist.`,
  overlap: t`The doctor already has times or a session then.`,
  past: t`That is in the past.`,
  "too-far": t`That is more than two years ahead.`,
  holiday: t`It is a public holiday there. Change that first.`,
  absent: t`The doctor is absent then. Change that first.`,
  left: t`The doctor no longer works here then.`,
  inactive: t`The doctor's record is switched off. Switch it on first.`,
  begun: t`What has begun or taken place is not changed any more.`,
});
