import { type Callable, type CallerRef, type Found, read } from "../call.ts";
import type { SlotRow } from "../rows.ts";

/** The first free slot of a clinic date. */
export interface OpeningRow {
  date: string;
  slot: SlotRow;
  doctorName: string;
  specialty: string;
  lateOpening: boolean;
}

export interface OpeningsFilter {
  /** The patient whose other appointments are avoided: staff's choice; patients ask for themselves. */
  patientId?: string | undefined;
  doctorId?: string | undefined;
  specialty?: string | undefined;
  locationId?: string | undefined;
  /** The first clinic date looked at; today when left out. */
  from?: string | undefined;
}

/** How many dates one answer names (api.md). */
const OPENING_DATES = 10;

/**
 * The first free time on each of the next ten dates that have one: read_openings.sql. A hold would take it and a
 * confirmation accept it. `item` null: no such patient.
 */
export function readOpenings(db: Callable, caller: CallerRef, filter: OpeningsFilter): Promise<Found<OpeningRow[]>> {
  return read(db, caller, "read_openings", {
    patient: filter.patientId ?? null,
    doctor: filter.doctorId ?? null,
    wanted_specialty: filter.specialty ?? null,
    wanted_location: filter.locationId ?? null,
    from_date: filter.from ?? null,
    max_count: OPENING_DATES,
  });
}
