import type { QueueSlot } from "#domain/placement.ts";
import type { DisplacedAppointment, Unplaceable } from "#domain/reassignment/model.ts";
import { type Callable, type CallerRef, type Found, read } from "../call.ts";
import type { ReassignmentRules } from "./candidates.ts";
import type { Columns } from "../rows.ts";
import type { appointments } from "../schema/appointments.ts";
import type { cases } from "../schema/cases.ts";
import type { patients } from "../schema/people.ts";

/** A placement case with its appointment. Instants are epoch milliseconds, `zone` is the location's. */
export interface CaseRow
  extends
    Columns<
      typeof cases,
      | "id"
      | "status"
      | "reason"
      | "operationId"
      | "appointmentId"
      | "dueAt"
      | "createdAt"
      | "closedAt"
      | "contactAfter"
      | "contactNote"
      | "version"
    >,
    Columns<typeof appointments, "patientId" | "doctorId" | "locationId" | "startsAt" | "endsAt">,
    Columns<typeof patients, "dateOfBirth" | "phone" | "email"> {
  causedBy: string | null;
  why: Unplaceable | null;
  patientName: string;
  patientNumber: string;
  patientActive: boolean;
  /** In E.164; null without a number. */
  phoneE164: string | null;
  /** No phone number, and no address that takes mail. */
  unreachable: boolean;
  doctorName: string;
  zone: string;
  /** Only while it lasts. */
  claim: { by: string; mine: boolean; expiresAt: number; expiresInMs: number } | null;
}

export interface CasesFilter {
  status?: CaseRow["status"] | undefined;
  /** Only those that the caller has claimed. */
  mine: boolean;
  /** Only those closed on this clinic date or later. */
  closedFrom?: string | undefined;
  after?: { dueAt: number; id: string } | undefined;
  limit: number;
}

export interface CasesPage {
  /** One more than `limit` when there are more. */
  items: CaseRow[];
  counts: { open: number; mine: number };
}

/** A page of placement cases, the most pressing first: list_cases.sql. */
export function listCases(
  db: Callable,
  caller: CallerRef,
  { status, mine, closedFrom, after, limit }: CasesFilter,
  requestId: string,
): Promise<Found<CasesPage>> {
  const wanted = { only_status: status ?? null, only_mine: mine, closed_from: closedFrom ?? null };
  return read(db, caller, "list_cases", { ...wanted, after: after ?? null, page_size: limit }, requestId);
}

/** A free slot that could be a case's, `zone` its location's. */
export interface CaseCandidate extends QueueSlot {
  doctorName: string;
  zone: string;
}

export interface CaseDetail extends ReassignmentRules {
  case: CaseRow;
  displaced: DisplacedAppointment;
  /** None once the case is closed. */
  candidates: CaseCandidate[];
}

/** One placement case with the slots and rules that rank free slots for it. `item` null: no such case. find_case.sql. */
export function findCase(db: Callable, caller: CallerRef, id: string, requestId: string): Promise<Found<CaseDetail>> {
  return read(db, caller, "find_case", { placement: id }, requestId);
}
