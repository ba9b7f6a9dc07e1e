import type { CandidateSlot, DisplacedAppointment, Unplaceable } from "#domain/reassignment/model.ts";
import { type Act, runAs } from "../call.ts";
import type { SlotRow } from "../rows.ts";
import type { ReassignmentRules } from "../queries/candidates.ts";
import type { Transaction } from "../transaction.ts";

/** Why a named case was not placed. */
export type NotPlaced =
  | Unplaceable
  | { code: "not-found" | "patient-inactive" | "closed" | "slot-taken" }
  /** Another person works on it; `by` is their name. */
  | { code: "claimed"; by: string };

/** A named case. Either `why` it cannot be placed, or what the solver needs. */
export type NamedCase =
  | { caseId: string; appointmentId: string | null; why: NotPlaced; displaced: null }
  | { caseId: string; appointmentId: string; why: null; displaced: DisplacedAppointment };

export interface CasesToPlace {
  /** In the order in which they were named. */
  named: NamedCase[];
  candidates: CandidateSlot[];
  rules: ReassignmentRules;
}

/** Locks the cases' patients, and reads the cases and up to `maxSlots` of the nearest free slots: cases_to_place.sql. */
export function casesToPlace(
  tx: Transaction,
  act: Act,
  ids: readonly string[],
  maxSlots: number,
): Promise<CasesToPlace> {
  return runAs(tx, act, "cases_to_place", { case_ids: ids, max_slots: maxSlots });
}

/** Locks the wanted slots that are still free, and returns their ids: lock_free_slots.sql. */
export function lockFreeSlots(tx: Transaction, act: Act, wanted: readonly CandidateSlot[]): Promise<string[]> {
  return runAs(tx, act, "lock_free_slots", { wanted: JSON.stringify(wanted) });
}

export interface Choice {
  appointmentId: string;
  slotId: string;
}

export interface Placed {
  placed: { appointmentId: string; slot: SlotRow; doctorName: string }[];
  /** When the last notification falls due, epoch milliseconds; null when nothing was placed. */
  dueAt: number | null;
}

/** Moves appointments into slots that this transaction has locked: place_chosen.sql. */
export function placeChosen(tx: Transaction, act: Act, choices: readonly Choice[]): Promise<Placed> {
  return runAs(tx, act, "place_chosen", { choices: JSON.stringify(choices) });
}
