import { t } from "@lingui/core/macro";
import type { PlacementCase, PlacementCaseDetail } from "#contract/answers/cases.ts";
import { amountOf } from "#kit/appointments/placing.ts";

type PlacementCandidate = PlacementCaseDetail["candidates"][number];

/** The clinic's change. */
export function reasonWords(reason: PlacementCase["reason"]): string {
  switch (reason) {
    case "schedule":
      return t`New schedule`;
    case "absence":
      return t`Doctor absent`;
    case "extra":
      return t`Extra session dropped`;
    case "holiday":
      return t`Holiday`;
    case "slot-closed":
      return t`Time closed`;
    case "slot-moved":
      return t`Time moved`;
    case "slot-removed":
      return t`Time removed`;
    case "doctor-left":
      return t`Doctor has left`;
  }
}

/** `due in 2 h`, `overdue for 3 d` */
export function dueWords(dueAt: string, now: Date): { text: string; overdue: boolean } {
  const ms = Date.parse(dueAt) - now.getTime();
  const much = amountOf(Math.abs(ms));
  return ms < 0 ? { text: t`overdue for ${much}`, overdue: true } : { text: t`due in ${much}`, overdue: false };
}

/** Warnings to staff about a time before they give it away. */
export function markWords(mark: PlacementCandidate["marks"][number]): string {
  switch (mark) {
    case "offered":
      return t`just came free`;
    case "late-opening":
      return t`late opening`;
    case "within-freeze":
      return t`speak to the patient`;
    case "short-notice":
      return t`very soon`;
  }
}

/** Why a case was not placed in bulk. */
export function notPlacedWords(code: string): string {
  switch (code) {
    case "patient-inactive":
      return t`the record is switched off`;
    case "closed":
    case "not-found":
      return t`it is closed already`;
    case "claimed":
      return t`a colleague works on it`;
    case "frozen":
      return t`speak to the patient first`;
    case "slot-taken":
      return t`the time was taken, try again`;
    default:
      return t`no free time fits`;
  }
}
