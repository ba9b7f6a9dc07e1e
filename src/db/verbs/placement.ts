import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import type { CaseRow } from "../queries/cases.ts";
import type { RefusalOf } from "../refusal.ts";
import type { Override } from "./appointments.ts";

/** The placement case that a verb changes or ends, in the version (ETag) that its caller has read. */
export interface CaseTarget {
  caseId: string;
  /** The versions that the caller accepts, usually one. */
  versions: number[];
}

/** The appointment to place, by itself or by its placement case. The versions are those of the one that is named. */
export type PlaceTarget = CaseTarget | { appointmentId: string; versions: number[] };

export interface PlaceInput {
  slotId: string;
  /** The patient has agreed, on the phone or at the desk. Otherwise they are asked as after any move by the clinic. */
  agreed: boolean;
  /** Sets aside the freeze of the present time, a closed slot, one that does not suit, and an overlap. */
  override: Override | null;
  /** Only if the slot is a late opening. */
  lateOpening?: boolean;
}

/** Staff put an appointment straight into a free slot: place_appointment.sql. */
export function place(
  db: Database,
  act: Act,
  target: PlaceTarget,
  { slotId, agreed, override, lateOpening = false }: PlaceInput,
): Promise<
  Outcome<
    AppointmentRow,
    RefusalOf<
      | "not-found"
      | "case-claimed"
      | "version-conflict"
      | "wrong-state"
      | "frozen"
      | "no-such-slot"
      | "slot-taken"
      | "slot-unsuitable"
      | "overlaps-own-appointment"
    >
  >
> {
  return call(db, act, "place_appointment", {
    appointment: "appointmentId" in target ? target.appointmentId : null,
    placement: "caseId" in target ? target.caseId : null,
    versions: target.versions,
    slot: slotId,
    agreed,
    override: override?.reason ?? null,
    late_only: lateOpening,
  });
}

/** The refusals of every verb on a placement case. */
type AnyCaseChange = "not-found" | "case-claimed" | "version-conflict" | "wrong-state";

/** Takes a case to work on: claim_case.sql. */
export function claimCase(
  db: Database,
  act: Act,
  { caseId, versions }: CaseTarget,
): Promise<Outcome<CaseRow, RefusalOf<AnyCaseChange>>> {
  return call(db, act, "claim_case", { placement: caseId, versions });
}

/** The patient must be called again at `at`, epoch milliseconds: contact_later.sql. */
export async function contactLater(
  db: Database,
  act: Act,
  { caseId, versions }: CaseTarget,
  { at, note }: { at: number; note: string | null },
): Promise<Outcome<CaseRow, RefusalOf<AnyCaseChange | "not-in-future" | "too-far-ahead">>> {
  const sealed = await db.fields.seal("cases.contact_note", caseId, note);
  const args = { placement: caseId, versions, call_at: new Date(at).toISOString(), note: sealed };
  return call(db, act, "contact_later", args);
}

/** Hands a case back before its claim ends: release_case.sql. */
export function releaseCase(
  db: Database,
  act: Act,
  caseId: string,
): Promise<Outcome<CaseRow, RefusalOf<"not-found" | "case-claimed">>> {
  return call(db, act, "release_case", { placement: caseId });
}
