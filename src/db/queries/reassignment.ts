import type { CandidateSlot, DisplacedAppointment } from "#domain/reassignment/model.ts";
import type { Days, Supply } from "#domain/reassignment/window.ts";
import { type CallerRef, read, run } from "../call.ts";
import type { Database } from "../client.ts";
import type { ReassignmentRules } from "./candidates.ts";

/** Which appointments must be placed, by which rules, and how many slots are free on which days. */
export interface Stock extends ReassignmentRules {
  displaced: DisplacedAppointment[];
  supply: Supply[];
}

/** The free slots of specialties on some days, as patients could have them, in the order of time: read_candidates.sql. */
export function readCandidates(
  db: Database,
  specialties: readonly string[],
  days: readonly Days[],
): Promise<CandidateSlot[]> {
  return run(db, "read_candidates", { specialties, days: JSON.stringify(days) });
}

/** A slot that a change makes, or opens (`stored`: its id). `holdEnds`: the change ends a hold on it. */
export interface MadeSlot {
  id: string;
  stored: string | null;
  doctorId: string;
  locationId: string;
  startsAt: number;
  endsAt: number;
  date: string;
  holdEnds: boolean;
}

/** The patient of an appointment. `unreachable`: no phone number, and no address that takes mail. */
export interface PatientShown {
  name: string;
  unreachable: boolean;
}

export interface PreviewStock {
  stock: Stock;
  made: CandidateSlot[];
  /** By appointment. */
  people: Record<string, PatientShown>;
}

/** The appointments that a change would have to place, and free slots for them: preview_stock.sql. Null: no such caller. */
export async function readPreviewStock(
  db: Database,
  caller: CallerRef,
  appointmentIds: readonly string[],
  made: readonly MadeSlot[],
): Promise<PreviewStock | null> {
  const args = { appointment_ids: appointmentIds, made_slots: JSON.stringify(made) };
  return (await read<PreviewStock>(db, caller, "preview_stock", args)).item;
}
