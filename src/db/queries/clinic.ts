import { type CallerRef, type Found, read, run } from "../call.ts";
import type { Database } from "../client.ts";
import type { Columns } from "../rows.ts";
import type { clinic, locations, policy } from "../schema/clinic.ts";
import type { doctors } from "../schema/people.ts";

export interface ClinicRow
  extends Columns<typeof clinic, "name" | "phone" | "timeZone">, Columns<typeof policy, "holdSeconds" | "freezeHours"> {
  locales: string[];
  /** The newest key of each of our own apps, by the app. */
  apiKeyIds: { patient?: string; staff?: string };
  locations: Columns<typeof locations, "id" | "name" | "address" | "timeZone" | "country" | "region">[];
}

/** The clinic, its locations in their order, and the policy numbers the apps show: read_clinic.sql. */
export async function readClinic(db: Database): Promise<ClinicRow> {
  const found = await run<ClinicRow | null>(db, "read_clinic");
  if (!found) throw new Error("the clinic and its policy are not set up");
  return found;
}

export interface DoctorRow extends Columns<typeof doctors, "id" | "name" | "specialty" | "active"> {
  /** The doctor's own, or the policy's. */
  slotMinutes: number;
  locationIds: string[];
}

/** Doctors by name, and the specialties of those who are active. */
export interface DoctorList {
  items: DoctorRow[];
  specialties: string[];
}

/** The active doctors, all or of one specialty, for anyone: list_active_doctors.sql. */
export function listActiveDoctors(db: Database, specialty: string | undefined): Promise<DoctorList> {
  return run(db, "list_active_doctors", { wanted_specialty: specialty ?? null });
}

/** Doctors for staff, also those who no longer work here: list_doctors.sql. */
export function listDoctors(
  db: Database,
  caller: CallerRef,
  { status, specialty }: { status: "inactive" | "all"; specialty: string | undefined },
): Promise<Found<DoctorList>> {
  return read(db, caller, "list_doctors", { which: status, wanted_specialty: specialty ?? null });
}

/** Instants in epoch milliseconds; offsets are local time minus UTC in milliseconds. */
export interface ReadinessRow {
  now: number;
  /** How many notifications are due and not sent. */
  due: number;
  overdueSince: number | null;
  unsealedSince: number | null;
  offsets: { zone: string; at: number; offset: number }[];
}

/** The data for readiness, with zones over the next `months` months: read_readiness.sql. */
export function readReadiness(db: Database, months: number): Promise<ReadinessRow> {
  return run(db, "read_readiness", { months });
}
